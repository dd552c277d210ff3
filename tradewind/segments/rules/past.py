# ruff: noqa: S608  SQL is put together here: from our own words and placeholders, never from values.
"""A tree tried on the past (X5): how many would have fitted on earlier days.

What happened, tags, consent, windows and campaigns are taken as they stood on that day, and people who came later are
left out. Honest about its limits: fields and scores are as they are now, because nobody keeps how they were.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tradewind.lib import clock
from tradewind.segments import compile, queries
from tradewind.segments.leaves import Desk
from tradewind.segments.nodes import (
    All,
    AnyOf,
    Days,
    Event,
    Field,
    Leaf,
    Node,
    Not,
    OptedIn,
    Saved,
    Sent,
    Tagged,
    Test,
    WindowOpen,
    children,
    leaves,
)
from tradewind.segments.sentence import say
from tradewind.segments.sets import condition

DAYS = (7, 30, 90)
WINDOW = timedelta(hours=24)
# Points of the line over a stretch of days; fewer when counting is slow, so that nobody waits long.
MOST_POINTS, FEWEST_POINTS, BUDGET_MS = 31, 4, 3_000


@dataclass(frozen=True, slots=True)
class Then:
    """How many fitted `days` ago, and how many of them still fit."""

    days: int
    at: datetime
    people: int
    still: int


@dataclass(frozen=True, slots=True)
class Point:
    """How many fitted on a day of the past."""

    days: int
    at: datetime
    people: int


def path_of(node: Node, *, workspace_id: int, days: int = 30) -> list[Point]:
    """How many fitted on each of the past days, the oldest first; every few days when the tree takes long to count.

    The oldest day is the dearest, because most has changed since: how long it takes says how many more there will be.
    """
    now = clock.now()
    oldest = now - timedelta(days=days)
    first = queries.count(as_of(node, oldest), workspace_id=workspace_id, now=oldest)
    points = max(FEWEST_POINTS, min(MOST_POINTS, days + 1, int(BUDGET_MS / max(first.ms, 1.0))))
    places = sorted({round(days * place / (points - 1)) for place in range(points)}, reverse=True)
    return [Point(days, oldest, first.people)] + [point(node, workspace_id, now, each) for each in places[1:]]


def point(node: Node, workspace_id: int, now: datetime, days: int) -> Point:
    at = now - timedelta(days=days)
    return Point(days, at, queries.count(as_of(node, at), workspace_id=workspace_id, now=at).people)


def as_today(node: Node) -> list[str]:
    """The conditions that are taken as they are now, because nobody keeps how they were, each in words."""
    found = dict.fromkeys(say(leaf) for leaf in inner(node) if not is_kept(leaf))
    return [each for each in found if each]


def inner(node: Node) -> list[Leaf]:
    """The leaves, with those of saved segments in place of the segment; a frozen one is the people it keeps."""
    found: list[Leaf] = []
    for leaf in leaves(node):
        found += inner(leaf.node) if isinstance(leaf, Saved) and leaf.node is not None else [leaf]
    return found


def is_kept(leaf: Leaf) -> bool:
    """Whether the past of a condition can be told. Whom a campaign left out is written without a time."""
    if isinstance(leaf, Field):
        return not leaf.is_own and leaf.key == "created_at"
    if isinstance(leaf, Sent):
        return leaf.outcome != "excluded"
    return isinstance(leaf, Event | Tagged | OptedIn | WindowOpen)


def tried(node: Node, *, workspace_id: int, days: tuple[int, ...] = DAYS) -> list[Then]:
    """The answers of earlier days, the latest first: all of them in one walk over everybody."""
    now = clock.now()
    moments = [now - timedelta(days=each) for each in days]
    sql, values = tried_sql(node, workspace_id, moments, now)
    with queries.asking() as cursor:
        cursor.execute(sql, values)
        people, still = (row := cursor.fetchone())[: len(days)], row[len(days) :]
    return [Then(*each) for each in zip(days, moments, map(int, people), map(int, still), strict=True)]


def tried_sql(node: Node, workspace_id: int, moments: list[datetime], now: datetime) -> compile.Compiled:
    """How many fitted at each moment, and how many of each still fit: each condition is asked at its own time."""
    today = Desk("n", workspace_id, now)
    desks = [Desk(f"p{place}_", workspace_id, at) for place, at in enumerate(moments)]
    asked = [f"{condition(compile.people_of(node, today))} AS today"]
    asked += [
        f"{condition(compile.people_of(as_of(node, desk.now), desk))} AS then{place}"
        for place, desk in enumerate(desks)
    ]
    counts = [f"count(*) FILTER (WHERE then{place})" for place in range(len(desks))]
    counts += [f"count(*) FILTER (WHERE then{place} AND today)" for place in range(len(desks))]
    people = f"SELECT {', '.join(asked)} FROM contact_row n WHERE {today.ground.of('n', 'contact_id')} OFFSET 0"
    values = today.values | {name: value for desk in desks for name, value in desk.values.items()}
    return f"SELECT {', '.join(counts)} FROM ({people}) AS walk", values


def as_of(node: Node, at: datetime) -> Node:
    """The tree as it was to be asked at that moment: nothing that happened later, nobody who came later."""
    known = Test("lte", (Days(at, at, at),), "moment")
    return All((until(node, at), Field("created_at", False, (known,))))


def until(node: Node, at: datetime) -> Node:
    if isinstance(node, All | AnyOf):
        return type(node)(tuple(until(each, at) for each in children(node)))
    if isinstance(node, Not):
        return Not(until(node.of, at))
    if isinstance(node, Saved) and node.node is not None:
        return until(node.node, at)
    if isinstance(node, Event) and (node.until is None or node.until.end > at):
        return replace(node, until=Days(at, at, at))
    if isinstance(node, WindowOpen):
        return window(node, at)
    return replace(node, at=at) if isinstance(node, Tagged | OptedIn | Sent) else node


def window(node: WindowOpen, at: datetime) -> Node:
    """A window is open for a day after each message to us."""
    wrote = Event("message.received", 1, None, since=Days(*[at - WINDOW] * 3), until=Days(at, at, at))
    return wrote if node.is_so else Not(wrote)
