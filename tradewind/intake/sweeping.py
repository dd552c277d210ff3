"""What is kept of webhooks, and for how long; deleted in small batches, so that nobody waits for it."""

from datetime import timedelta

from django.db import connection

from tradewind.lib import clock
from tradewind.lib.watchdog import alive

# Raw bodies are what everything can be projected from anew; after a month nobody asks for it. A workspace may keep them
# longer or shorter (contacts/privacy/retention.py); of several that share an app the shortest holds.
KEEP_BODIES_DAYS = 30
# A status without its message (delivery.md §2.4).
KEEP_ORPHANS = timedelta(days=7)
KEEP_UNROUTED = timedelta(days=30)
KEEP_REPLAYED = timedelta(days=30)
BATCH = 1_000

DAYS = """
SELECT app.id, min(coalesce(kept.bodies_days, %s))
FROM app LEFT JOIN account ON account.app_id = app.id
JOIN workspace w ON w.id IN (app.workspace_id, account.workspace_id)
LEFT JOIN retention kept ON kept.workspace_id = w.id
GROUP BY app.id
"""
BODIES = """
DELETE FROM webhook_inbox WHERE id IN (
  SELECT id FROM webhook_inbox AS old
  LEFT JOIN unnest(%s::bigint[], %s::int[]) AS app (app_id, days) USING (app_id)
  WHERE received_at < %s::timestamptz - make_interval(days => %s)
    AND received_at < %s::timestamptz - make_interval(days => coalesce(app.days, %s))
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
KEPT = ((ORPHANS, KEEP_ORPHANS), (UNROUTED, KEEP_UNROUTED), (LETTERS, KEEP_REPLAYED))


def step() -> bool:
    """One batch of each kind; True when there may be more."""
    deleted = [delete(sql, keep) for sql, keep in KEPT] + [delete_bodies()]
    return max(deleted) == BATCH


def delete(sql: str, keep: timedelta) -> int:
    alive()
    with connection.cursor() as cursor:
        cursor.execute(sql, [clock.now() - keep, BATCH])
        return int(cursor.rowcount)


def delete_bodies() -> int:
    """Raw webhooks, each as long as the workspaces of its app keep them."""
    alive()
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(DAYS, [KEEP_BODIES_DAYS])
        days = dict(cursor.fetchall())
        shortest = min([*days.values(), KEEP_BODIES_DAYS])
        apps = [list(days), list(days.values())]
        cursor.execute(BODIES, [*apps, now, shortest, now, KEEP_BODIES_DAYS, BATCH])
        return int(cursor.rowcount)
