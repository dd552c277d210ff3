"""The parts of a tree once it is read: names resolved, operands checked, dates turned into moments.

A tree is groups (`All`, `AnyOf`, `Not`) of leaves. What the leaves mean is said in docs/segments.md.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

Reading: TypeAlias = Literal["text", "number", "date", "moment", "yes_no", "member"]
"""As what a value is compared: `date` is a day in text, `moment` a time with its zone."""


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of time: from `begin` on, before `end`. `said` is how the tree wrote it, for the sentence."""

    begin: datetime
    end: datetime
    said: date | datetime


Operand: TypeAlias = str | Decimal | bool | int | date | Days


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: `operands` has one entry, two for `between`, any number for `in`."""

    __test__ = False  # pytest takes the name for a test otherwise

    op: str
    operands: tuple[Operand, ...]
    reading: Reading
    zone: str = "UTC"
    """Whose days count: the workspace's."""


@dataclass(frozen=True, slots=True)
class All:
    of: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    of: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: "Node"


@dataclass(frozen=True, slots=True)
class Tagged:
    """Has the tag or one below it; `ids` are all of these, `places` the bits of those that have one. `at` here and
    below: had it at that moment of the past."""

    name: str
    tag_id: int
    ids: tuple[int, ...]
    places: tuple[int, ...] = ()
    unplaced: tuple[int, ...] = ()
    """Those of `ids` that have no bit."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of a person. `is_own`: a field of the business's own, by its key."""

    key: str
    is_own: bool
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened at least `least` and at most `most` times (None: any number) in a stretch of time."""

    kind: str
    least: int
    most: int | None
    within_days: int | None = None
    older_than_days: int | None = None
    since: Days | None = None
    until: Days | None = None
    where: tuple[tuple[str, tuple[Test, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """A figure of where a person stands; who has none has 0."""

    name: str
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """The people of a saved segment: its tree read now, or, when it is frozen, the people it keeps (node None)."""

    segment_id: int
    name: str
    node: "Node | None"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a campaign's message to this person."""

    campaign_id: int
    run_id: int | None
    name: str
    outcome: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OptedIn:
    is_so: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WindowOpen:
    is_so: bool


Leaf: TypeAlias = Tagged | Field | Event | Score | Saved | Sent | OptedIn | WindowOpen
Group: TypeAlias = All | AnyOf | Not
Node: TypeAlias = Group | Leaf


def children(node: Node) -> tuple[Node, ...]:
    """The nodes of a group; none of a leaf."""
    if isinstance(node, All | AnyOf):
        return node.of
    return (node.of,) if isinstance(node, Not) else ()


def leaves(node: Node) -> list[Leaf]:
    """All leaves in the order in which they are read."""
    if isinstance(node, All | AnyOf | Not):
        return [leaf for child in children(node) for leaf in leaves(child)]
    return [node]
