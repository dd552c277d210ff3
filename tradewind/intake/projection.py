"""What each kind of event becomes. One call is one part of a batch, inside the caller's savepoint."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from tradewind.contacts import people
from tradewind.intake import routing
from tradewind.intake.dead_letters import Refusal
from tradewind.intake.items import Item
from tradewind.intake.routing import Desk
from tradewind.journal.actions import Line, record_many
from tradewind.messages import inbound, statuses
from tradewind.messages.inbound import Arrived
from tradewind.messages.news import KNOWN_WORDS, Heard
from tradewind.numbers import news as number_news
from tradewind.numbers.models import Account
from tradewind.templates import news as template_news
from tradewind.whatsapp.webhooks import (
    Event,
    InboundMessage,
    PlatformError,
    Status,
    SystemMessage,
    Unreadable,
    UserAction,
    UserPreference,
)

Cursor = psycopg.Cursor[Any]
Routed = tuple[Item, Desk]

UNROUTED = """
INSERT INTO unrouted (app_id, address, inbox_id, position, received_at)
SELECT %s, address, inbox, position, to_timestamp(at)
FROM unnest(%b::text[], %b::bigint[], %b::int[], %b::float8[]) AS given (address, inbox, position, at)
ON CONFLICT (inbox_id, position) DO NOTHING
"""
ORPHANS = """
INSERT INTO orphan (app_id, wamid, inbox_id, position, received_at)
SELECT %s, wamid, inbox, position, to_timestamp(at)
FROM unnest(%b::text[], %b::bigint[], %b::int[], %b::float8[]) AS given (wamid, inbox, position, at)
ON CONFLICT (inbox_id, position) DO NOTHING
"""
TOUCH_AGAIN_AFTER = timedelta(seconds=5)
MOVES = frozenset({"user_changed_number", "user_changed_user_id"})


def project(cursor: Cursor, app_id: int, items: Sequence[Item], *, now: datetime) -> None:
    """Bring events into the rooms' rows and the journal, in the caller's transaction. Safe to repeat.

    Events of numbers and accounts that this app does not have are set aside as unrouted. Raises for an event that
    cannot be dealt with; then nothing of this call may stay (the caller rolls back).
    """
    desks = routing.find(cursor, app_id, items)
    routed: list[Routed] = []
    lost: list[Item] = []
    for item in items:
        desk = desks.of(item)
        lost.append(item) if desk is None else routed.append((item, desk))
    set_aside(cursor, app_id, lost)
    for takes, handle in PARTS:
        part = [each for each in routed if takes(each[0].event)]
        if part:
            handle(cursor, app_id, part, now)
    touch(cursor, app_id, {desk.number_id for _, desk in routed if desk.number_id}, now)


def touch(cursor: Cursor, app_id: int, numbers: set[int], now: datetime) -> None:
    """When the last webhook came, for the health page; told every few seconds only."""
    due = [number for number in numbers if is_due(("number", number), now)]
    if due:
        cursor.execute(routing.TOUCH, {"now": now, "numbers": sorted(due)})
    if is_due(("app", app_id), now):
        cursor.execute(routing.TOUCH_APP, {"now": now, "app": app_id})


_touched: dict[tuple[str, int], datetime] = {}


def is_due(thing: tuple[str, int], now: datetime) -> bool:
    last = _touched.get(thing)
    if last is not None and last <= now < last + TOUCH_AGAIN_AFTER:
        return False
    _touched[thing] = now
    return True


def set_aside(cursor: Cursor, app_id: int, lost: Sequence[Item]) -> None:
    if lost:
        rows = [(routing.address_of(i), i.inbox_id, i.position, i.received_at.timestamp()) for i in lost]
        cursor.execute(UNROUTED, [app_id, *map(list, zip(*rows, strict=True))])


def move_people(cursor: Cursor, app_id: int, part: list[Routed], now: datetime) -> None:
    """Numbers and user ids that people changed, in the order of arrival; before the messages from the new ones."""
    for item, desk in part:
        event = item.event
        assert isinstance(event, SystemMessage)
        at = min(datetime.fromtimestamp(event.at, UTC), item.received_at) if event.at else item.received_at
        place = (desk.workspace_id, desk.portfolio_id)
        if event.type in MOVES:
            people.move(cursor, *place, event.previous, event.person, at=at)
        else:
            record_many(cursor, [line_of(item, desk, "contact.changed", {"system": event.type[:40]})])


def store_messages(cursor: Cursor, app_id: int, part: list[Routed], now: datetime) -> None:
    inbound.store(cursor, [arrived(each) for each in part], now=now)


def store_preferences(cursor: Cursor, app_id: int, part: list[Routed], now: datetime) -> None:
    inbound.prefer(cursor, [arrived(each) for each in part], now=now)


def arrived(routed: Routed) -> Arrived:
    item, desk = routed
    if not desk.number_id:
        raise Refusal("The event names no number of the business.")
    return Arrived(item.event, desk.workspace_id, desk.portfolio_id, desk.number_id, item.received_at)


def apply_statuses(cursor: Cursor, app_id: int, part: list[Routed], now: datetime) -> None:
    """Statuses of messages that are not known yet wait as orphans."""
    heard = {Heard(i.event, d.workspace_id, d.number_id, i.received_at): i for i, d in part}  # type: ignore[arg-type]
    orphans = [heard[each] for each in statuses.apply(cursor, heard, now=now)]
    if orphans:
        rows = [(i.event.id[:255], i.inbox_id, i.position, i.received_at.timestamp()) for i in orphans]  # type: ignore[attr-defined]
        cursor.execute(ORPHANS, [app_id, *map(list, zip(*rows, strict=True))])


def apply_notice(cursor: Cursor, app_id: int, part: list[Routed], now: datetime) -> None:
    """News of templates, numbers and accounts, each to its room; what no room knows is shown as unsupported."""
    others = [each for each in part if not goes_to_a_room(*each)]
    record_many(cursor, [line_of_other(*each) for each in others])


def goes_to_a_room(item: Item, desk: Desk) -> bool:
    """Give an event to the room that knows its kind, if there is one."""
    for room in (template_news, number_news):
        if type(item.event) in room.HANDLERS:
            return room.apply(item.event, account=Account.objects.get(pk=desk.account_id), at=item.at)
    return False


def line_of_other(item: Item, desk: Desk) -> Line:
    event = item.event
    if isinstance(event, PlatformError):
        error = {"code": event.error.code, "title": event.error.title[:200]}
        return line_of(item, desk, "number.changed" if desk.number_id else "account.changed", {"error": error})
    if isinstance(event, UserAction):
        return line_of(item, desk, "message.clicked", {"type": event.type[:60], "click_id": event.click_id})
    kind = getattr(event, "type", "") or getattr(event, "status", "")
    return line_of(item, desk, "webhook.unsupported", {"field": event.field[:60], "type": str(kind)[:60]})


def line_of(item: Item, desk: Desk, kind: str, data: dict[str, Any]) -> Line:
    return Line(desk.workspace_id, item.at, kind, number_id=desk.number_id or None, data=data)


def refuse(cursor: Cursor, app_id: int, part: list[Routed], now: datetime) -> None:
    event = part[0][0].event
    assert isinstance(event, Unreadable)
    raise Refusal(event.reason)


def is_person_to_person(event: Event) -> bool:
    return isinstance(event, InboundMessage) and not event.group_id


def is_known_status(event: Event) -> bool:
    return isinstance(event, Status) and event.status in KNOWN_WORDS


def is_other(event: Event) -> bool:
    """Group messages (not supported here), status words that are newer than this program, and all notices."""
    known = (SystemMessage, UserPreference, Unreadable)
    return not (is_person_to_person(event) or is_known_status(event) or isinstance(event, known))


# In this order: people move before their messages are filed; what somebody wrote comes before what became of ours.
PARTS: tuple[tuple[Callable[[Event], bool], Callable[[Cursor, int, list[Routed], datetime], None]], ...] = (
    (lambda event: isinstance(event, Unreadable), refuse),
    (lambda event: isinstance(event, SystemMessage), move_people),
    (is_person_to_person, store_messages),
    (lambda event: isinstance(event, UserPreference), store_preferences),
    (is_known_status, apply_statuses),
    (is_other, apply_notice),
)
