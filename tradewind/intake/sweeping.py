"""What is kept of webhooks, and for how long; deleted in small batches, so that nobody waits for it."""

from datetime import timedelta

from django.db import connection

from tradewind.lib import clock
from tradewind.lib.watchdog import alive

# Raw bodies are what everything can be projected from anew; after a month nobody asks for it.
KEEP_BODIES = timedelta(days=30)
# A status without its message (delivery.md §2.4).
KEEP_ORPHANS = timedelta(days=7)
KEEP_UNROUTED = timedelta(days=30)
KEEP_REPLAYED = timedelta(days=30)
BATCH = 1_000

BODIES = """
DELETE FROM webhook_inbox WHERE id IN (
  SELECT id FROM webhook_inbox AS old WHERE received_at < %s
    AND NOT EXISTS (SELECT FROM webhook_waiting WHERE app_id = old.app_id AND inbox_id = old.id)
    AND NOT EXISTS (SELECT FROM dead_letter WHERE inbox_id = old.id AND replayed_at IS NULL)
  ORDER BY received_at LIMIT %s
)
"""
ORPHANS = """
DELETE FROM orphan WHERE id IN (SELECT id FROM orphan WHERE received_at < %s ORDER BY received_at LIMIT %s)
"""
UNROUTED = "DELETE FROM unrouted WHERE id IN (SELECT id FROM unrouted WHERE received_at < %s ORDER BY id LIMIT %s)"
LETTERS = """
DELETE FROM dead_letter WHERE id IN (SELECT id FROM dead_letter WHERE replayed_at < %s ORDER BY id LIMIT %s)
"""
KEPT = ((ORPHANS, KEEP_ORPHANS), (UNROUTED, KEEP_UNROUTED), (LETTERS, KEEP_REPLAYED), (BODIES, KEEP_BODIES))


def step() -> bool:
    """One batch of each kind; True when there may be more."""
    deleted = [delete(sql, keep) for sql, keep in KEPT]
    return max(deleted) == BATCH


def delete(sql: str, keep: timedelta) -> int:
    alive()
    with connection.cursor() as cursor:
        cursor.execute(sql, [clock.now() - keep, BATCH])
        return int(cursor.rowcount)
