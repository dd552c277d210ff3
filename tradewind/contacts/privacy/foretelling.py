"""How much would go if a workspace kept things for so many days: counted before anything is deleted.

Rows are written in the order of time, so the border is found by halving, with some twenty look-ups by key.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from tradewind.contacts.models import Retention
from tradewind.contacts.privacy.bodies import APPS
from tradewind.contacts.privacy.retention import PLAIN
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.workspaces import walls

Cursor = psycopg.Cursor[Any]
# More is "100,000+": a figure to decide by, not to wait for.
MOST = 100_000

NEWEST = "SELECT coalesce(max({key}), 0) FROM {table}"
PROBE = "SELECT {key}, {at} FROM {table} WHERE {key} >= %s ORDER BY {order} LIMIT 1"
TEXTS = """
SELECT count(*) FROM (
  SELECT FROM message WHERE id > %s AND id < %s AND workspace_id = %s AND state <> 'queued' AND created_at < %s
    AND (text <> '' OR payload IS NOT NULL OR variables IS NOT NULL) LIMIT %s) stretch
"""
DETAILS = f"""
SELECT count(*) FROM (
  SELECT FROM journal j WHERE tx >= %s AND tx < %s AND workspace_id = %s AND at < %s AND data IS NOT NULL
    AND data IS DISTINCT FROM {PLAIN} LIMIT %s) stretch
"""  # noqa: S608  our own words
BODIES = """
SELECT count(*) FROM (SELECT FROM webhook_inbox WHERE app_id = ANY(%b::bigint[]) AND received_at < %s LIMIT %s) stretch
"""


@dataclass(frozen=True, slots=True)
class Going:
    """How many rows lose what is in them; `is_more`: at least so many."""

    rows: int

    @property
    def is_more(self) -> bool:
        return self.rows >= MOST


def foretell(workspace_id: int, days: dict[str, int]) -> dict[str, Going]:
    """By kind, what would go now; for kinds that are asked for."""
    row = Retention.objects.filter(pk=workspace_id).first() or Retention(texts_reached=0, details_tx=0)
    now = clock.now()
    found = {}
    with walls.outside(), hot_cursor() as cursor:
        for kind, value in days.items():
            cutoff = now - timedelta(days=value)
            found[kind] = Going(COUNTS[kind](cursor, workspace_id, row, cutoff))
    return found


def texts(cursor: Cursor, workspace_id: int, row: Retention, cutoff: datetime) -> int:
    before = border(cursor, "message", "id", "created_at", cutoff)
    return one(cursor, TEXTS, [row.texts_reached, before, workspace_id, cutoff, MOST])


def details(cursor: Cursor, workspace_id: int, row: Retention, cutoff: datetime) -> int:
    before = border(cursor, "journal", "tx", "at", cutoff, order="tx, id")
    return one(cursor, DETAILS, [row.details_tx, before, workspace_id, cutoff, MOST])


def bodies(cursor: Cursor, workspace_id: int, row: Retention, cutoff: datetime) -> int:
    cursor.execute(APPS, [workspace_id, workspace_id])
    return one(cursor, BODIES, [[app for (app,) in cursor.fetchall()], cutoff, MOST])


COUNTS = {"texts": texts, "details": details, "bodies": bodies}


def one(cursor: Cursor, sql: str, values: list[Any]) -> int:
    cursor.execute(sql, values)
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def border(cursor: Cursor, table: str, key: str, at: str, cutoff: datetime, *, order: str = "") -> int:
    """The first key whose row is not before the cutoff; one past the newest when all are."""
    low, high = 0, one(cursor, NEWEST.format(table=table, key=key), []) + 1
    probe = PROBE.format(table=table, key=key, at=at, order=order or key)
    while low < high:
        middle = (low + high) // 2
        cursor.execute(probe, [middle])
        row = cursor.fetchone()
        if row is None or row[1] >= cutoff:
            high = middle
        else:
            low = row[0] + 1
    return low
