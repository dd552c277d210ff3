"""Events that cannot be projected: kept with their error, shown without what anybody wrote, tried again on demand.

The event itself stays in the inbox; `inbox_id` and `position` find it there. So a dead letter holds no text, name or
phone number, and its error is ours: sentences of the database and of Python may quote values.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
import psycopg

from tradewind.contacts.people import Nobody
from tradewind.intake.items import Item
from tradewind.intake.outline import outline
from tradewind.intake.routing import find
from tradewind.journal.actions import Line, record_many
from tradewind.lib import logs

log = logs.get(__name__)
Cursor = psycopg.Cursor[Any]

BURY = """
INSERT INTO dead_letter (app_id, workspace_id, inbox_id, position, kind, event, error, tries, died_at)
VALUES (%(app)s, coalesce(%(workspace)s, (SELECT workspace_id FROM app WHERE id = %(app)s)), %(inbox)s, %(position)s,
        %(kind)s, %(event)s::jsonb, %(error)s, %(tries)s, %(now)s)
ON CONFLICT (inbox_id, position) DO NOTHING
RETURNING id, workspace_id
"""
WHOLE_BODY = -1  # `position` of a body that cannot be read at all


def burial(cursor: Cursor, app_id: int, now: datetime) -> Callable[[Item, Exception, int], None]:
    """What `halving.carefully` does with an event that failed to the last."""

    def bury(item: Item, error: Exception, tries: int) -> None:
        # No traceback: with it would come the event, and with that what somebody wrote.
        log.error("event buried", inbox_id=item.inbox_id, position=item.position, error=sentence(error), tries=tries)
        desk = find(cursor, app_id, [item]).of(item)
        write(
            cursor,
            now,
            app=app_id,
            workspace=desk.workspace_id if desk else None,
            inbox=item.inbox_id,
            position=item.position,
            kind=item.event.kind,
            event=outline(item.event.as_json()),
            error=sentence(error),
            tries=tries,
        )

    return bury


def bury_body(cursor: Cursor, app_id: int, inbox_id: int, size: int, error: ValueError, now: datetime) -> None:
    """A body that is signed but cannot be read: one dead letter for the whole of it."""
    write(
        cursor,
        now,
        app=app_id,
        workspace=None,
        inbox=inbox_id,
        position=WHOLE_BODY,
        kind="body",
        event={"bytes": size},
        error=str(error),
        tries=1,
    )


def write(cursor: Cursor, now: datetime, *, event: Any, **columns: Any) -> None:
    """Insert it once, and tell the journal of its workspace."""
    cursor.execute(BURY, {**columns, "event": orjson.dumps(event, default=str).decode(), "now": now})
    row = cursor.fetchone()
    if row is not None and row[1] is not None:
        data = {"id": row[0], "kind": columns["kind"]}
        record_many(cursor, [Line(row[1], now, "deadletter.died", data=data)])


class Refusal(ValueError):
    """An event cannot be dealt with, for a reason that may be shown: the message quotes nothing that anybody wrote."""


def sentence(error: BaseException) -> str:
    """What may be kept of an error: our own words, or its class and where it happened."""
    if isinstance(error, Refusal | Nobody):
        return str(error)
    place = where(error)
    if isinstance(error, psycopg.Error) and error.sqlstate:
        return f"{type(error).__name__} (SQLSTATE {error.sqlstate}){place}"
    return f"{type(error).__name__}{place}"


def where(error: BaseException) -> str:
    """The innermost line of our own code in the traceback."""
    place, trace = "", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if "/tradewind/" in code.co_filename:
            place = f" in {code.co_filename.rpartition('/tradewind/')[2]}, line {trace.tb_lineno} ({code.co_name})"
        trace = trace.tb_next
    return place
