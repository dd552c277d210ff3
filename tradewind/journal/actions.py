"""Writing the journal: one entry from a page's verb, or thousands from a hot path, always in the caller's transaction.

Kinds are words such as "message.read" (docs/glossary.md lists them); `data` is small JSON. An entry's `at` is when it
happened (Meta's time for what Meta tells), not when it was written down.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import psycopg

from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock


class Line(NamedTuple):
    """One entry to be written."""

    workspace_id: int
    at: datetime
    kind: str
    contact_id: int | None = None
    number_id: int | None = None
    message_id: int | None = None
    run_id: int | None = None
    member_id: int | None = None
    data: dict[str, Any] | None = None


# Arrays in, rows out: one statement however many entries.
WRITE = """
INSERT INTO journal (workspace_id, at, kind, contact_id, number_id, message_id, run_id, member_id, data)
SELECT w, to_timestamp(a), k, c, n, m, r, b, d::jsonb
FROM unnest(%b::bigint[], %b::float8[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[],
            %b::bigint[], %b::text[]) AS line (w, a, k, c, n, m, r, b, d)
"""


def record(
    kind: str,
    *,
    workspace_id: int,
    at: datetime | None = None,
    contact_id: int | None = None,
    number_id: int | None = None,
    message_id: int | None = None,
    run_id: int | None = None,
    member_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Write one entry in the current transaction of Django's connection."""
    line = Line(workspace_id, at or clock.now(), kind, contact_id, number_id, message_id, run_id, member_id, data)
    with hot_cursor() as cursor:
        record_many(cursor, [line])


def record_many(cursor: psycopg.Cursor[Any], lines: Iterable[Line]) -> None:
    """Write entries over a server-side cursor (`psycopg.Cursor`, which understands `%b`), in its transaction."""
    lines = list(lines)
    if lines:
        cursor.execute(WRITE, columns(lines))


def columns(lines: Sequence[Line]) -> list[list[Any]]:
    workspaces, times, kinds, contacts, numbers, messages, runs, members, data = map(list, zip(*lines, strict=True))
    return [
        workspaces,
        [at.timestamp() for at in times],
        kinds,
        contacts,
        numbers,
        messages,
        runs,
        members,
        [None if each is None else orjson.dumps(each, default=str).decode() for each in data],
    ]
