"""How an import ends, of people or of events: it is looked at, it is through, or it cannot go on."""

from typing import Any

from django.db import transaction

from tradewind.contacts.models import Import
from tradewind.journal.actions import record
from tradewind.lib import clock


def checked(of: Import, preview: dict[str, Any]) -> None:
    """The whole file was read, and a member may look at what would come of it; unless it was given up meanwhile."""
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=of.pk)
        if row.state == "checking":
            row.preview, row.state = preview, "draft"
            row.rows_total = row.rows_checked = preview.get("rows", 0)
            row.save(update_fields=["preview", "state", "rows_total", "rows_checked"])


def done(row: Import) -> None:
    """The import, whose row is held and runs, is through; the file itself is not needed any more."""
    row.state, row.finished_at = "done", clock.now()
    row.save(update_fields=["state", "finished_at", "rows_total"])
    row.pieces.all().delete()
    record(
        "import.done",
        workspace_id=row.workspace_id,
        member_id=row.member_id,
        data={"import": row.pk, "file": row.file_name, **row.counts},
    )


def fail(of: Import, sentence: str) -> None:
    """It cannot go on, with a sentence for people; what was written stays."""
    Import.objects.filter(pk=of.pk, state__in=("running", "checking")).update(
        state="failed", problem=sentence[:300], finished_at=clock.now()
    )
