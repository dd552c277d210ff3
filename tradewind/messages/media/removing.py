"""Taking a file away: only when nothing that may still be sent needs it."""

from django.db import transaction

from tradewind.journal.actions import record
from tradewind.messages.media import forgetting, uses
from tradewind.messages.media.errors import MediaError
from tradewind.messages.media.models import MediaFile
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member


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
    audit.note(member, "media.removed", locked, locked.name)
    forgetting.forget([locked.pk])
    record("media.removed", workspace_id=locked.workspace_id, member_id=member.pk, data={"file": locked.pk})
