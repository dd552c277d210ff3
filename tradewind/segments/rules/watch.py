"""What can change the answer of a tree: kinds of journal entries, tags, and time alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from tradewind.segments import figures
from tradewind.segments.leaves import ANSWERS
from tradewind.segments.nodes import Event, Field, Leaf, Node, Saved, Score, Sent, Tagged, WindowOpen, leaves

TAGGED = ("contact.tagged", "contact.untagged")
# Comparisons whose answer moves with the clock.
BY_DAYS = ("within_days", "older_than_days", "anniversary_within_days")
STANDING = ("grade", "stage", *figures.COLUMNS)
OUTCOMES = {name: (f"message.{name}",) for name in ("accepted", "sent", "delivered", "read", "failed")} | ANSWERS


@dataclass(frozen=True, slots=True)
class Watch:
    """`kinds`: entries about a person after which they may fit or not; `tags`: the tags it looks at; `is_timed`: the
    answer may change although nothing happens."""

    kinds: frozenset[str]
    tags: frozenset[int]
    is_timed: bool
    has_campaigns: bool

    def hears(self, kind: str, tag: int | None) -> bool:
        """Whether an entry about a person concerns this tree. What is known of somebody may always (`contact.*`)."""
        if kind in TAGGED:
            return tag in self.tags
        return kind in self.kinds or kind.startswith("contact.")


def watch_of(node: Node) -> Watch:
    """What to watch for a tree, with the saved segments in it."""
    found = list(all_leaves(node))
    return Watch(
        kinds=frozenset(kind for leaf in found for kind in kinds_of(leaf)),
        tags=frozenset(tag for leaf in found if isinstance(leaf, Tagged) for tag in leaf.ids),
        is_timed=any(is_timed(leaf) for leaf in found),
        has_campaigns=any(isinstance(leaf, Sent) for leaf in found),
    )


def all_leaves(node: Node) -> Iterator[Leaf]:
    """The leaves, and in place of a live segment those of its tree."""
    for leaf in leaves(node):
        if isinstance(leaf, Saved) and leaf.node is not None:
            yield from all_leaves(leaf.node)
        else:
            yield leaf


def kinds_of(leaf: Leaf) -> tuple[str, ...]:
    if isinstance(leaf, Event):
        return (leaf.kind,)
    if isinstance(leaf, Sent):
        return OUTCOMES.get(leaf.outcome, ())
    if isinstance(leaf, Score) or (isinstance(leaf, Field) and not leaf.is_own and leaf.key in STANDING):
        return ("standing.changed",)
    if isinstance(leaf, WindowOpen) or (isinstance(leaf, Field) and leaf.key == "last_inbound_at"):
        return ("message.received",)
    return ()


def is_timed(leaf: Leaf) -> bool:
    """Scores decay, windows close, days pass; a campaign's audience is written without an entry for each person."""
    if isinstance(leaf, Score | WindowOpen | Sent):
        return True
    if isinstance(leaf, Event):
        by_days = any(test.op in BY_DAYS for _key, tests in leaf.where for test in tests)
        return by_days or leaf.within_days is not None or leaf.older_than_days is not None
    if isinstance(leaf, Field):
        is_derived = not leaf.is_own and leaf.key in STANDING
        return is_derived or any(test.op in BY_DAYS for test in leaf.tests)
    return False
