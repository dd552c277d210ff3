"""Reading the journal from where one stopped, so that nothing is skipped and nothing is read by two at once.

    with transaction.atomic(), hot_cursor() as cursor:
        entries = cursors.read(cursor, "tags", limit=500)     # [] when another process is reading under this name
        …                                                     # what follows from them, safe to do twice
        cursors.advance(cursor, "tags", entries)

An entry is read only when every transaction that began to write before it has ended: a late commit is never skipped.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import psycopg
from django.db import transaction

from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock

LOCK_SPACE = 7402  # first half of the advisory locks of cursors

LOCK = "SELECT pg_try_advisory_xact_lock(%s::int, hashtext(%s))"
PLACE = "SELECT tx, entry FROM cursor WHERE name = %s"
# Below the oldest transaction that may still write; ids within a transaction are in order.
READ = """
SELECT tx, id, workspace_id, at, kind, contact_id, number_id, message_id, run_id, member_id, data::text FROM journal
WHERE (tx, id) > (%s, %s) AND tx < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
ORDER BY tx, id LIMIT %s
"""
MOVE = """
INSERT INTO cursor (name, tx, entry, moved_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (name) DO UPDATE SET tx = excluded.tx, entry = excluded.entry, moved_at = excluded.moved_at
"""

Cursor = psycopg.Cursor[Any]


class Told(NamedTuple):
    """One entry of the journal."""

    tx: int
    id: int
    workspace_id: int
    at: datetime
    kind: str
    contact_id: int | None
    number_id: int | None
    message_id: int | None
    run_id: int | None
    member_id: int | None
    data: dict[str, Any] | None


def read(cursor: Cursor, name: str, *, limit: int) -> list[Told]:
    """The next entries under this name; the name is locked until the transaction ends."""
    place = lock(cursor, name)
    if place is None:
        return []
    cursor.execute(READ, [*place, limit])
    return [told(*row) for row in cursor.fetchall()]


def told(*row: Any) -> Told:
    *columns, data = row
    return Told._make([*columns, None if data is None else orjson.loads(data)])


def lock(cursor: Cursor, name: str) -> tuple[int, int] | None:
    """Where the reader stands, as (transaction, entry); None when another process reads under this name."""
    cursor.execute(LOCK, [LOCK_SPACE, name])
    if cursor.fetchone() != (True,):
        return None
    cursor.execute(PLACE, [name])
    return cursor.fetchone() or (0, 0)


def step(name: str, sql: str, *, batch: int) -> bool:
    """Have one statement read the next entries under this name and do what follows; True when there may be more.

    Its parameters are the place (transaction, entry) and the batch; its row, if any, the last entry's transaction and
    id and how many it read. Doing and moving on are one transaction: nothing is done twice.
    """
    with transaction.atomic(), hot_cursor() as cursor:
        place = lock(cursor, name)
        if place is None:
            return False
        cursor.execute(sql, [*place, batch])
        row = cursor.fetchone()
        if row is None:
            return False
        tx, entry, n = row
        move(cursor, name, tx, entry)
        return bool(n == batch)


def advance(cursor: Cursor, name: str, entries: Sequence[Told]) -> None:
    """Everything up to the last of these is done."""
    if entries:
        move(cursor, name, entries[-1].tx, entries[-1].id)


def move(cursor: Cursor, name: str, tx: int, entry: int) -> None:
    """Set where the reader stands."""
    cursor.execute(MOVE, [name, tx, entry, clock.now()])
