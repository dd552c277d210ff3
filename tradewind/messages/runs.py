"""The verbs of a run: pause, resume, close. A brake and a person use the same ones."""

from datetime import datetime

from django.db import connection, transaction

from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.messages.models import Run
from tradewind.messages.sql import load

PARKED = datetime.fromisoformat("9000-01-01T00:00:00+00:00")
"""The due time of what a sender has found waiting in a paused run: it is not looked at again until the run goes on."""

UNPARK = """
UPDATE outbox SET due_at = %(now)s
WHERE message_id IN (SELECT message_id FROM outbox WHERE run_id = %(run)s AND stage = 'waiting' AND due_at = %(parked)s
                     ORDER BY message_id FOR UPDATE)
"""

FORGET_SECOND_TRIES = """
DELETE FROM second_try USING message WHERE message.id = second_try.message_id AND message.run_id = %s
"""


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
        now = clock.now()
        moved = Run.objects.filter(pk=run.pk, state="paused").update(state="open", state_reason="", state_at=now)
        if moved:
            cursor.execute(UNPARK, {"run": run.pk, "now": now, "parked": PARKED})
            cursor.execute("NOTIFY outbox")
    run.refresh_from_db()
    return bool(moved)


def close(run: Run, *, reason: str = "") -> int:
    """End the run for good: what waits is cancelled, what is in flight runs out, what failed is not tried again.

    Returns how many were cancelled.
    """
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).exclude(state="closed").update(
            state="closed", state_reason=reason[:200], state_at=clock.now()
        )
        cancelled = cancel_waiting(run, reason=reason)
        with connection.cursor() as cursor:
            cursor.execute(FORGET_SECOND_TRIES, [run.pk])
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
