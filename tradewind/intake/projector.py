"""From raw bodies to rows: every event of every stored body, serial per app (docs/decisions/0004), in batches.

A batch is one transaction under the app's advisory lock: what became of the events, and that the bodies wait no more.
An event that fails is tried three times, alone and in a savepoint, and then is a dead letter; the rest goes on.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.db import transaction

from tradewind.intake import dead_letters
from tradewind.intake.halving import carefully
from tradewind.intake.items import Item
from tradewind.intake.projection import project
from tradewind.journal.connections import hot_cursor, young_plans
from tradewind.lib import clock
from tradewind.lib.watchdog import alive
from tradewind.whatsapp import webhooks

Cursor = psycopg.Cursor[Any]

LARGEST_BATCH = 1_000  # bodies
FULL_BATCH = 500
LARGEST_BATCH_BYTES = 4 * 1024 * 1024
LOCK_SPACE = 7401  # first half of the advisory lock's key: projection; the second half is the app

# The apps that have something waiting: one index probe for each, however much waits.
WAITING_APPS = """
WITH RECURSIVE apps AS (
  (SELECT app_id FROM webhook_waiting ORDER BY app_id LIMIT 1)
  UNION ALL
  SELECT (SELECT app_id FROM webhook_waiting WHERE app_id > apps.app_id ORDER BY app_id LIMIT 1)
  FROM apps WHERE apps.app_id IS NOT NULL
)
SELECT app_id FROM apps WHERE app_id IS NOT NULL
"""
LOCK = "SELECT pg_try_advisory_xact_lock(%s::int, %s::int)"
READ = """
SELECT id, received_at, body FROM (
  SELECT inbox.id, inbox.received_at, inbox.body, sum(octet_length(inbox.body)) OVER (ORDER BY inbox.id) AS size,
         row_number() OVER (ORDER BY inbox.id) AS place
  FROM (SELECT inbox_id FROM webhook_waiting WHERE app_id = %s ORDER BY inbox_id LIMIT %s) AS waiting
  JOIN webhook_inbox AS inbox ON inbox.id = waiting.inbox_id
) AS sized
WHERE size <= %s OR place = 1
ORDER BY id
"""
DONE = "DELETE FROM webhook_waiting WHERE app_id = %s AND inbox_id = ANY(%b::bigint[])"


def step() -> bool:
    """One batch of each app that has something waiting and no other projector; True when one of them was full.

    A batch that is not full was all there was. To rest a moment then, and not to take the next few at once, spares
    much: a batch costs 2 ms of processor time, whatever is in it, and an event in it 70 µs.
    """
    projected = [project_app(app_id) for app_id in waiting_apps()]
    return any(bodies >= FULL_BATCH for bodies in projected)


def waiting_apps() -> list[int]:
    with hot_cursor() as cursor:
        cursor.execute(WAITING_APPS)
        return [app_id for (app_id,) in cursor.fetchall()]


def project_app(app_id: int) -> int:
    """Project one batch of an app; how many bodies. 0 when nothing waits or another worker is at it."""
    alive()
    now = clock.now()
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(LOCK, [LOCK_SPACE, app_id])
        if cursor.fetchone() != (True,):
            return 0
        young_plans(cursor)
        bodies = read(cursor, app_id)
        items = [item for body in bodies for item in items_of(cursor, app_id, body, now)]
        project_carefully(cursor, app_id, items, now)
        cursor.execute(DONE, [app_id, [inbox_id for inbox_id, _, _ in bodies]])
    return len(bodies)


def project_carefully(cursor: Cursor, app_id: int, items: Sequence[Item], now: datetime) -> None:
    """Project events; those that fail to the last are buried, the rest goes on. The caller holds the app's lock."""
    carefully(items, lambda some: project(cursor, app_id, some, now=now), dead_letters.burial(cursor, app_id, now))


def read(cursor: Cursor, app_id: int) -> list[tuple[int, datetime, bytes]]:
    """The oldest waiting bodies: (inbox id, received at, body)."""
    cursor.execute(READ, [app_id, LARGEST_BATCH, LARGEST_BATCH_BYTES], binary=True)
    return cursor.fetchall()


def items_of(cursor: Cursor, app_id: int, body: tuple[int, datetime, bytes], now: datetime) -> list[Item]:
    """The events of a body. One that cannot be read as a whole, and parts that break their form, are dead letters."""
    inbox_id, received_at, content = body
    try:
        events = webhooks.parse(content)
    except webhooks.WebhookError as error:
        dead_letters.bury_body(cursor, app_id, inbox_id, len(content), error, now)
        return []
    return [Item(inbox_id, position, received_at, event) for position, event in enumerate(events)]
