"""Reckon people anew from the journal, and tell the journal of what has moved."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg

from tradewind.contacts.standing import settings as standing_settings
from tradewind.contacts.standing.figures import Figures, figures
from tradewind.contacts.standing.moves import moves
from tradewind.contacts.standing.reading import histories
from tradewind.contacts.standing.settings import Settings
from tradewind.journal.actions import Line, record_many
from tradewind.lib import clock

Cursor = psycopg.Cursor[Any]

# Rows are locked by number, so that two who reckon the same people wait for each other and tell of a move once.
LOCK = """
SELECT contact_id, told::text FROM contact_standing
WHERE workspace_id = %s AND contact_id = ANY(%b::bigint[]) ORDER BY contact_id FOR UPDATE
"""
WRITE = """
INSERT INTO contact_standing (
  contact_id, workspace_id, engagement, intent, heat, grade, recency, frequency, monetary, stage, orders, last_order_at,
  matrix, growth, is_potential_vip, zone_group, dialect, climate, habit, spent, reasons, told, reckoned_at, due_at)
SELECT id, %s, engagement, intent, heat, grade, recency, frequency, monetary, stage, orders, to_timestamp(last_order),
       matrix, growth, is_potential_vip, zone_group, dialect, climate, habit, spent::jsonb, reasons::jsonb, told::jsonb,
       %s, to_timestamp(due)
FROM unnest(%b::bigint[], %b::int[], %b::float8[], %b::int[], %b::text[], %b::int[], %b::int[], %b::int[], %b::text[],
            %b::int[], %b::float8[], %b::text[], %b::int[], %b::bool[], %b::text[], %b::text[], %b::text[], %b::text[],
            %b::text[], %b::text[], %b::text[], %b::float8[])
  AS g (id, engagement, intent, heat, grade, recency, frequency, monetary, stage, orders, last_order, matrix, growth,
        is_potential_vip, zone_group, dialect, climate, habit, spent, reasons, told, due)
ORDER BY id
ON CONFLICT (contact_id) DO UPDATE SET
  engagement = excluded.engagement, intent = excluded.intent, heat = excluded.heat, grade = excluded.grade,
  recency = excluded.recency, frequency = excluded.frequency, monetary = excluded.monetary, stage = excluded.stage,
  orders = excluded.orders, last_order_at = excluded.last_order_at, matrix = excluded.matrix, growth = excluded.growth,
  is_potential_vip = excluded.is_potential_vip, zone_group = excluded.zone_group, dialect = excluded.dialect,
  climate = excluded.climate, habit = excluded.habit, spent = excluded.spent, reasons = excluded.reasons,
  told = excluded.told, reckoned_at = excluded.reckoned_at, due_at = excluded.due_at
"""


def reckon(
    cursor: Cursor, workspace_id: int, contact_ids: Iterable[int], *, now: datetime | None = None
) -> dict[int, Figures]:
    """Reckon these contacts as of now, in the caller's transaction; returns the figures of each that is there.

    Safe to repeat: the same journal at the same moment gives the same row, and a move is told once. A few hundred at
    a time, so that the transaction stays short: who reads the journal waits for it. `cursor` speaks `%b`.
    """
    now = now or clock.now()
    ids = sorted(set(contact_ids))
    if not ids:
        return {}
    settings = standing_settings.of(cursor, workspace_id)
    cursor.execute(LOCK, [workspace_id, ids])
    told = {contact: orjson.loads(before) for contact, before in cursor.fetchall()}
    found: dict[int, Figures] = {}
    lines: list[Line] = []
    for contact, history in histories(cursor, workspace_id, ids, now=now.timestamp()).items():
        found[contact] = figures(history, now.timestamp(), settings)
        told[contact], news = moves(told.get(contact, {}), found[contact], history.orders, now.timestamp(), settings)
        lines += [Line(workspace_id, now, move.kind, contact, data=move.data) for move in news]
    write(cursor, workspace_id, found, told, now)
    record_many(cursor, lines)
    return found


def write(
    cursor: Cursor, workspace_id: int, found: dict[int, Figures], told: dict[int, dict[str, Any]], now: datetime
) -> None:
    if found:
        columns = zip(*(row_of(each, found[each], told[each], now) for each in found), strict=True)
        cursor.execute(WRITE, [workspace_id, now, *map(list, columns)])


def row_of(contact: int, of: Figures, told: dict[str, Any], now: datetime) -> tuple[Any, ...]:
    return (
        contact, of.engagement, of.intent, of.heat, of.grade, of.recency, of.frequency, of.monetary, of.stage,
        of.orders, of.last_order_at, of.matrix, of.growth, of.is_potential_vip, of.zone_group, of.dialect, of.climate,
        of.habit, packed(of.spent), packed(of.reasons), packed(told),
        None if of.due_in is None else now.timestamp() + of.due_in,
    )  # fmt: skip


def packed(value: Any) -> str:
    return orjson.dumps(value).decode()


def preview(cursor: Cursor, workspace_id: int, contact_id: int, settings: Settings) -> Figures | None:
    """The figures of one contact under other settings, without writing anything; None when there is nobody."""
    now = clock.now().timestamp()
    found = histories(cursor, workspace_id, [contact_id], now=now)
    return figures(found[contact_id], now, settings) if contact_id in found else None


def moment(seconds: float | None) -> datetime | None:
    """Unix seconds as an aware time."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def batches(ids: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
