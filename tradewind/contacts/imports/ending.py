"""How an import ends, of people or of events: it is through, or it cannot go on."""

from tradewind.contacts.models import Import
from tradewind.journal.actions import record
from tradewind.lib import clock


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
