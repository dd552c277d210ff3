"""The verbs of a run: pause, resume, close. A brake and a person use the same ones."""

from django.db import connection, transaction

from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.messages.models import Run
from tradewind.messages.sql import load

CANCEL_BATCH = 5_000


def pause(run: Run, *, reason: str, by_brake: bool = False) -> bool:
    """Hold everything of the run that has no intent yet. False when it was not open.

    `by_brake` leaves the journal entry `run.paused`, which the campaign's page shows; a person's own verb notes itself.
    """
    with transaction.atomic():
        moved = Run.objects.filter(pk=run.pk, state="open").update(
            state="paused", state_reason=reason[:200], state_at=clock.now()
        )
        if moved and by_brake:
            record("run.paused", workspace_id=run.workspace_id, run_id=run.pk, data={"reason": reason[:200]})
    run.refresh_from_db()
    return bool(moved)


def resume(run: Run) -> bool:
    """Let it go on, whoever paused it. False when it was not paused."""
    with transaction.atomic(), connection.cursor() as cursor:
        moved = Run.objects.filter(pk=run.pk, state="paused").update(
            state="open", state_reason="", state_at=clock.now()
        )
        if moved:
            cursor.execute("NOTIFY outbox")
    run.refresh_from_db()
    return bool(moved)


def close(run: Run, *, reason: str = "") -> int:
    """End the run for good: what waits is cancelled, what is in flight runs out. Returns how many were cancelled."""
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).exclude(state="closed").update(
            state="closed", state_reason=reason[:200], state_at=clock.now()
        )
        cancelled = cancel_waiting(run, reason=reason)
    run.refresh_from_db()
    return cancelled


def cancel_waiting(run: Run, *, reason: str) -> int:
    """Take what has no intent yet out of the outbox; those messages end as `cancelled`."""
    with connection.cursor() as cursor:
        cursor.execute(
            load("cancel_run").decode(), {"run": run.pk, "now": clock.now(), "reason": (reason or "run closed")[:60]}
        )
        (cancelled,) = cursor.fetchone()
    return int(cancelled)
