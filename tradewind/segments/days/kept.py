"""The reader of the journal that notes who did what on which day, a bit a person.

What it has not read yet, a question reads from the journal itself, in the same snapshot (`event_tail`): so an answer is
exact whether the reader is quick or late, and it may take its time. The hot kinds of each message are left out.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import psycopg
from django.db import transaction

from tradewind.journal import cursors
from tradewind.journal.connections import hot_cursor
from tradewind.lib.watchdog import alive
from tradewind.segments.leaves import UNINDEXED

NAME = "event days"
"""The journal cursor; the database function `event_tail` knows it, too."""
READ_AT_ONCE = 50_000
PEOPLE = 32_768
"""People in one row, by number."""
BYTES = PEOPLE // 8

# An entry is settled when every transaction that began to write before it has ended.
SETTLED = "tx < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"
READ = """
WITH fresh AS MATERIALIZED (
  SELECT tx, id, workspace_id, contact_id, kind, at FROM journal WHERE (tx, id) > (%s, %s) AND {settled}
  ORDER BY tx, id LIMIT %s
)
SELECT workspace_id, kind, (at AT TIME ZONE 'UTC')::date, contact_id / {people},
       array_agg((contact_id %% {people})::int), NULL::bigint[]
FROM fresh WHERE contact_id IS NOT NULL AND kind <> ALL (%b::text[]) GROUP BY 1, 2, 3, 4
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL,
       (SELECT ARRAY[tx, id, (SELECT count(*) FROM fresh)] FROM fresh ORDER BY tx DESC, id DESC LIMIT 1)
"""
# How often something was done in all is added up by bits: three times is three, two and one, or one and two.
NOTE = f"""
INSERT INTO event_day AS kept (workspace_id, kind, day, stretch, once, twice, thrice)
SELECT workspace_id, kind, day, stretch, once::bit({PEOPLE}), twice::bit({PEOPLE}), thrice::bit({PEOPLE})
FROM unnest(%b::bigint[], %b::text[], %b::date[], %b::bigint[], %b::text[], %b::text[], %b::text[])
  AS given (workspace_id, kind, day, stretch, once, twice, thrice)
ORDER BY workspace_id, kind, day, stretch
ON CONFLICT (workspace_id, kind, day, stretch) DO UPDATE SET
  once = kept.once | excluded.once,
  twice = kept.twice | excluded.twice | (kept.once & excluded.once),
  thrice = kept.thrice | excluded.thrice | (kept.twice & excluded.once) | (kept.once & excluded.twice)
"""  # noqa: S608  our own words

Cursor = psycopg.Cursor[Any]


class Done(NamedTuple):
    """Some people of one stretch, as often as they did something of a kind on a day; their numbers in the stretch."""

    workspace_id: int
    kind: str
    day: date
    stretch: int
    people: list[int]


def step() -> bool:
    """Note one stretch of the journal; whether there is more."""
    alive()
    with transaction.atomic(), hot_cursor() as cursor:
        place = cursors.lock(cursor, NAME)
        if place is None:
            return False
        done, end = read(cursor, place)
        if end is None:
            return False
        note(cursor, done)
        cursors.move(cursor, NAME, end[0], end[1])
    return end[2] == READ_AT_ONCE


def read(cursor: Cursor, place: tuple[int, int]) -> tuple[list[Done], tuple[int, int, int] | None]:
    """What was done after a place, and (transaction, entry, entries) of the last one read; None when there is none."""
    cursor.execute(READ.format(people=PEOPLE, settled=SETTLED), [*place, READ_AT_ONCE, list(UNINDEXED)])
    rows = cursor.fetchall()
    end = rows.pop()[-1]
    return [Done(*row[:-1]) for row in rows], tuple(end) if end else None


def note(cursor: Cursor, done: list[Done]) -> None:
    """Add these to what is kept."""
    if done:
        columns = zip(*((*each[:4], *bits_of(each.people)) for each in done), strict=True)
        cursor.execute(NOTE, [list(column) for column in columns])


def bits_of(people: Iterable[int]) -> tuple[str, str, str]:
    """Who stands there at least once, twice, three times: bits in PostgreSQL's hexadecimal form."""
    times = (bytearray(BYTES), bytearray(BYTES), bytearray(BYTES))
    for each in people:
        byte, bit = each >> 3, 0x80 >> (each & 7)
        for count in times:
            if not count[byte] & bit:
                count[byte] |= bit
                break
    once, twice, thrice = (f"x{count.hex()}" for count in times)
    return once, twice, thrice
