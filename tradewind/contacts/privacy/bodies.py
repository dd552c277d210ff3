"""Raw webhooks without one person: a body holds the events of several, so what is theirs is blanked out of it.

The row itself stays, with the digest of the body as it came: if Meta sends it again, it is known and not filed anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from re import Pattern
from typing import Any

import orjson
import psycopg

from tradewind.contacts.privacy.needles import pattern
from tradewind.whatsapp import webhooks

Cursor = psycopg.Cursor[Any]
# Bodies looked through in one transaction.
STRETCH = 500
BLANK = b"{}"

LAST_OF_STRETCH = """
SELECT max(id) FROM (SELECT id FROM webhook_inbox WHERE id > %s AND id <= %s ORDER BY id LIMIT %s) AS stretch
"""
APPS = "SELECT id FROM app WHERE workspace_id = %s UNION SELECT app_id FROM account WHERE workspace_id = %s"
# Bodies that wait came after the request; they are the projector's, and whoever wrote them did so again.
FIND = """
SELECT id, body FROM webhook_inbox AS inbox
WHERE id > %s AND id <= %s AND app_id = ANY(%b::bigint[])
  AND EXISTS (SELECT FROM unnest(%b::text[]) AS needle WHERE position(convert_to(needle, 'UTF8') IN body) > 0)
  AND NOT EXISTS (SELECT FROM webhook_waiting WHERE app_id = inbox.app_id AND inbox_id = inbox.id)
ORDER BY id FOR UPDATE OF inbox
"""
WRITE = "UPDATE webhook_inbox SET body = %b WHERE id = %s"
# What was set aside of the events that are gone; of the whole body where its events cannot be told apart any more.
FORGET = tuple(
    f"DELETE FROM {table} WHERE inbox_id = %s AND (position = ANY(%b::int[]) OR %s)"  # noqa: S608  our own names
    for table in ("orphan", "unrouted", "dead_letter")
)


@dataclass(frozen=True, slots=True)
class Blanked:
    """A body without the person. `positions`: which events were theirs; None when that cannot be told."""

    body: bytes
    positions: list[int] | None


def blank_stretch(cursor: Cursor, workspace_id: int, needles: Sequence[str], after: int, upto: int) -> int | None:
    """Blank the next bodies in the caller's transaction; the last one looked at, None when there are no more."""
    cursor.execute(LAST_OF_STRETCH, [after, upto, STRETCH])
    last: int | None = (cursor.fetchone() or (None,))[0]
    if last is None or not needles:
        return None
    cursor.execute(APPS, [workspace_id, workspace_id])
    apps = [app for (app,) in cursor.fetchall()]
    theirs = pattern(list(needles))
    cursor.execute(FIND, [after, last, apps, list(needles)], binary=True)
    for inbox_id, body in cursor.fetchall():
        blank(cursor, inbox_id, bytes(body), theirs)
    return last


def blank(cursor: Cursor, inbox_id: int, body: bytes, theirs: "Pattern[str]") -> None:
    found = without(body, theirs)
    if found.body == body:
        return
    cursor.execute(WRITE, [found.body, inbox_id])
    for sql in FORGET:
        cursor.execute(sql, [inbox_id, found.positions or [], found.positions is None])


def without(body: bytes, theirs: "Pattern[str]") -> Blanked:
    """The body with the person's messages, statuses and cards emptied; all of it where it cannot be read."""
    try:
        root = orjson.loads(body)
        before = webhooks.parse(body)
    except (orjson.JSONDecodeError, webhooks.WebhookError):
        return Blanked(BLANK, None) if theirs.search(body.decode("utf-8", "replace")) else Blanked(body, [])
    after = orjson.dumps(emptied(root, theirs))
    if theirs.search(after.decode()):
        return Blanked(BLANK, None)
    try:
        events = webhooks.parse(after)
    except webhooks.WebhookError:
        return Blanked(after, None)
    if len(events) != len(before):
        return Blanked(after, None)
    return Blanked(after, [place for place, pair in enumerate(zip(before, events, strict=True)) if differ(*pair)])


def differ(one: Any, other: Any) -> bool:
    return bool(one.as_json() != other.as_json())


def emptied(node: Any, theirs: "Pattern[str]") -> Any:
    """The same tree; an element of a list of events in which the person stands becomes {}, their places stay.

    Lists of events are those below a change's `value`; entries and changes themselves keep their form.
    """
    if isinstance(node, dict):
        return {key: value_of(key, value, theirs) for key, value in node.items()}
    if isinstance(node, list):
        return [emptied(each, theirs) for each in node]
    return "" if isinstance(node, str) and theirs.search(node) else node


def value_of(key: str, value: Any, theirs: "Pattern[str]") -> Any:
    if key != "value" or not isinstance(value, dict):
        return emptied(value, theirs)
    return {name: part_of(name, part, theirs) for name, part in value.items()}


def part_of(name: str, part: Any, theirs: "Pattern[str]") -> Any:
    """One part of a change's value: a list of events loses those of the person, anything else goes as a whole.

    Cards go without a place kept for them: a card is no event, but an empty one would count as one.
    """
    if isinstance(part, list) and name == "contacts":
        return [each for each in part if not stands_in(each, theirs)]
    if isinstance(part, list):
        return [{} if stands_in(each, theirs) else each for each in part]
    if isinstance(part, dict):
        return {} if stands_in(part, theirs) else part
    return emptied(part, theirs)


def stands_in(node: Any, theirs: "Pattern[str]") -> bool:
    """Whether the person stands anywhere in it. Numbers count as text: a user id may come as one."""
    return theirs.search(orjson.dumps(node).decode()) is not None
