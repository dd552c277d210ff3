"""A tree tried on the past (X5): how many would have fitted on earlier days.

What happened, tags, consent, windows and campaigns are taken as they stood on that day, and people who came later are
left out. Honest about its limits: fields and scores are as they are now, because nobody keeps how they were.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tradewind.lib import clock
from tradewind.segments import compile, queries
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
    """How many fitted on each of the past days, the oldest first; every few days when the tree takes long to count."""
    now = clock.now()
    last = queries.count(as_of(node, now), workspace_id=workspace_id, now=now)
    points = max(FEWEST_POINTS, min(MOST_POINTS, days + 1, int(BUDGET_MS / max(last.ms, 1.0))))
    places = sorted({round(days * place / (points - 1)) for place in range(points)}, reverse=True)
    return [point(node, workspace_id, now, each) for each in places[:-1]] + [Point(0, now, last.people)]


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
    """The answers of earlier days, the latest first."""
    return [then(node, workspace_id, each) for each in days]


def then(node: Node, workspace_id: int, days: int) -> Then:
    now = clock.now()
    at = now - timedelta(days=days)
    fitted = as_of(node, at)
    people = queries.count(fitted, workspace_id=workspace_id, now=at).people
    return Then(days, at, people, still(fitted, node, workspace_id, at, now))


def still(fitted: Node, node: Node, workspace_id: int, at: datetime, now: datetime) -> int:
    """People of both moments: each half is asked at its own time."""
    before, values = compile.contacts_sql(fitted, workspace_id=workspace_id, now=at, prefix="a")
    today, more = compile.contacts_sql(node, workspace_id=workspace_id, now=now, prefix="b")
    with queries.asking() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ({before}) a JOIN ({today}) b ON b.contact_id = a.contact_id",  # noqa: S608
            {**values, **more},
        )
        return int(cursor.fetchone()[0])


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
