"""Taking a file away: only when nothing that may still be sent needs it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from tradewind.journal.actions import record
from tradewind.messages.media import forgetting, uses
from tradewind.messages.media.errors import MediaError
from tradewind.messages.media.models import MediaFile
from tradewind.workspaces import audit
from tradewind.workspaces.models import AuditEntry, Member

REMOVED = "media.removed"


@transaction.atomic
def remove(file: MediaFile, *, member: Member) -> None:
    """Take it away here; Meta forgets its own copy by itself. Twice is once. Raises MediaError when it is needed.

    Its row is locked first: who begins to use it meanwhile (`actions.want`) either is seen here, or sees it gone.
    """
    locked = MediaFile.objects.select_for_update().filter(pk=file.pk).first()
    if locked is None:
        return
    if reason := uses.why_not_remove(locked):
        raise MediaError(reason)
    audit.note(member, REMOVED, locked, locked.name)
    forgetting.forget([locked.pk])
    record(REMOVED, workspace_id=locked.workspace_id, member_id=member.pk, data={"file": locked.pk})


class Gone(NamedTuple):
    """A file that was taken away, with its name of that day."""

    name: str
    at: datetime


def gone(files: Iterable[int], workspace_id: int) -> list[Gone]:
    """Those of these files (by row number) that somebody removed, in this order, as the audit trail has kept them."""
    wanted = list(dict.fromkeys(files))
    missing = set(wanted) - set(MediaFile.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if not missing:
        return []
    rows = AuditEntry.objects.filter(workspace_id=workspace_id, verb=REMOVED, object_id__in=missing)
    found = {entry.object_id: Gone(entry.summary, entry.at) for entry in rows}
    return [found[file] for file in wanted if file in found]
