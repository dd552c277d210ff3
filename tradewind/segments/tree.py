"""Reading a tree: from JSON to nodes, with a sentence and a place for everything that does not fit.

    read({"all": [{"tag": "Interest"}, {"not": {"event": "order.placed", "within_days": 90}}]}, workspace_id=7)

Names become row numbers here, so that what is compiled cannot reach another workspace. How a tree is kept: written.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from tradewind.segments import operands
from tradewind.segments.errors import TreeError
from tradewind.segments.names import Names
from tradewind.segments.nodes import (
    All,
    AnyOf,
    Event,
    Field,
    Node,
    Not,
    OptedIn,
    Saved,
    Score,
    Sent,
    Test,
    WindowOpen,
)

MOST_DEPTH, MOST_LEAVES = 8, 50
# With the trees of the saved segments in it.
MOST_EXPANDED = 500
LONGEST_KEY = 60
MOST_TIMES = 1_000_000
MOST_WHERE = 10
KINDS = ("all", "any", "not", "tag", "field", "event", "score", "segment", "campaign", "opted_in", "window_open")

# Built-in fields and how each is compared. "phone" is any current number; what comes after the owner is reckoned.
BUILT_IN = {
    "name": "text", "language": "text", "country": "text", "city": "text", "timezone": "text", "company": "text",
    "marketing": "text", "phone": "text", "created_at": "moment", "last_inbound_at": "moment", "owner": "member",
    "grade": "text", "stage": "text", "matrix": "text", "growth": "number", "potential_vip": "yes_no",
    "zone_group": "text", "dialect": "text", "climate": "text", "habit": "text",
}  # fmt: skip
OWN = "fields."
SCORES = ("engagement", "intent", "heat", "recency", "frequency", "monetary", "orders")
SCORE_OPS = ("is", "is_not", "in", *operands.ORDER_OPS)
OUTCOMES = ("accepted", "sent", "delivered", "read", "replied", "clicked", "failed", "excluded")


def read(value: Any, *, workspace_id: int) -> Node:
    """The tree as nodes. Raises TreeError with a sentence and the path of the bad part."""
    return Reader(Names(workspace_id)).read(value)


def read_all(values: Iterable[Any], *, workspace_id: int) -> list[Node]:
    """Several trees; what they name is looked up once."""
    names = Names(workspace_id)
    return [Reader(names).read(value) for value in values]


class Reader:
    """One reading: counts leaves and levels, and remembers which saved segments it is in, to refuse rings."""

    def __init__(self, names: Names, inside: tuple[int, ...] = (), count: "Count | None" = None) -> None:
        self.names = names
        self.inside = inside
        self.leaves = 0
        self.count = count or Count()

    def read(self, value: Any, path: str = "", depth: int = 1) -> Node:
        kind = kind_of(value, path)
        path = f"{path}.{kind}" if path else kind
        if kind in ("all", "any", "not"):
            return self.group(kind, value, path, depth)
        self.leaves += 1
        if self.leaves > MOST_LEAVES:
            raise TreeError(_("A tree has at most %(most)s conditions.") % {"most": MOST_LEAVES}, path)
        self.count.add(path)
        return LEAVES[kind](self, value, path)

    def group(self, kind: str, value: Mapping[str, Any], path: str, depth: int) -> Node:
        only(value, {kind}, path)
        if depth > MOST_DEPTH:
            raise TreeError(_("Groups can stand in each other at most %(most)s deep.") % {"most": MOST_DEPTH}, path)
        inner = value[kind]
        if kind == "not":
            return Not(self.read(inner, path, depth + 1))
        if not isinstance(inner, list):
            raise TreeError(_("“%(kind)s” needs a list of conditions.") % {"kind": kind}, path)
        parts = []
        for place, each in enumerate(inner):
            parts.append(self.read(each, f"{path}[{place}]", depth + 1))
        return (All if kind == "all" else AnyOf)(tuple(parts))

    def tag(self, value: Mapping[str, Any], path: str) -> Node:
        only(value, {"tag", "id"}, path)
        name = named(value["tag"], path)
        found = self.names.tag(name, value.get("id"))
        if found is None:
            raise TreeError(_("The tag “%(name)s” is not there.") % {"name": name}, path)
        return found

    def field(self, value: Mapping[str, Any], path: str) -> Node:
        key = named(value["field"], path, LONGEST_KEY + len(OWN))
        is_own = key not in BUILT_IN
        key = key.removeprefix(OWN) if is_own else key
        if not 1 <= len(key) <= LONGEST_KEY:
            raise TreeError(_("The name of a field has 1 to 60 letters."), path)
        kind = self.names.kind_of_field(key) if is_own else BUILT_IN[key]
        tests = {op: given for op, given in value.items() if op != "field"}
        read = operands.read_tests(tests, kind=kind, zone=self.names.zone, path=path, owners=self.names.member)
        return Field(key, is_own, tuple(map(self.dialled, read)) if key == "phone" and not is_own else read)

    def dialled(self, test: Test) -> Test:
        """A test of phone numbers, which people write in many ways."""
        if test.op not in ("is", "is_not", "in"):
            return (
                replace(test, operands=tuple(str(each).replace(" ", "") for each in test.operands))
                if test.op != "is_set"
                else test
            )
        return replace(test, operands=tuple(self.names.phone(str(each)) for each in test.operands))

    def event(self, value: Mapping[str, Any], path: str) -> Node:
        only(value, {"event", "times", "within_days", "older_than_days", "since", "until", "where"}, path)
        least, most = times(value.get("times", {"gte": 1}), f"{path}.times")
        return Event(
            kind=named(value["event"], path, LONGEST_KEY),
            least=least,
            most=most,
            within_days=self.days(value, "within_days", path),
            older_than_days=self.days(value, "older_than_days", path),
            since=operands.stretch(value["since"], self.names.zone, f"{path}.since") if "since" in value else None,
            until=operands.stretch(value["until"], self.names.zone, f"{path}.until") if "until" in value else None,
            where=self.where(value.get("where", {}), f"{path}.where"),
        )

    def days(self, value: Mapping[str, Any], name: str, path: str) -> int | None:
        return operands.whole(value[name], f"{path}.{name}", operands.MOST_DAYS) if name in value else None

    def where(self, value: Any, path: str) -> tuple[tuple[str, tuple[Test, ...]], ...]:
        """{"amount": {"gt": 3000}, "currency": "EUR"}: what must be so of each of the events."""
        if not isinstance(value, dict) or len(value) > MOST_WHERE:
            raise TreeError(
                _("“where” needs an object with at most %(most)s names, such as amount.") % {"most": MOST_WHERE}, path
            )
        found = []
        for key, given in value.items():
            key = named(key, path, LONGEST_KEY)
            tests = given if isinstance(given, dict) else {"is": given}
            found.append((key, operands.read_tests(tests, kind="", zone=self.names.zone, path=f"{path}.{key}")))
        return tuple(found)

    def score(self, value: Mapping[str, Any], path: str) -> Node:
        name = value["score"]
        if name not in SCORES:
            raise TreeError(_("There is no such score. Use one of: %(names)s.") % {"names": ", ".join(SCORES)}, path)
        tests = {op: given for op, given in value.items() if op != "score"}
        if wrong := [op for op in tests if op not in SCORE_OPS]:
            raise TreeError(
                _("A score cannot be compared with “%(op)s”. Use one of: %(ops)s.")
                % {"op": str(wrong[0])[:40], "ops": ", ".join(SCORE_OPS)},
                path,
            )
        return Score(name, operands.read_tests(tests, kind="number", zone="UTC", path=path))

    def segment(self, value: Mapping[str, Any], path: str) -> Node:
        only(value, {"segment", "name"}, path)
        name = named(value["segment"], path)
        found = self.names.segment(name)
        if found is None:
            shown = value.get("name") if isinstance(value.get("name"), str) else name
            raise TreeError(_("The segment “%(name)s” is not there.") % {"name": str(shown)[:120]}, path)
        if found.frozen_at is not None:
            return Saved(found.pk, found.name, None)
        if found.pk in self.inside or len(self.inside) >= MOST_DEPTH:
            raise TreeError(_("The segment “%(name)s” would contain itself.") % {"name": found.name}, path)
        inner = Reader(self.names, (*self.inside, found.pk), self.count)
        try:
            return Saved(found.pk, found.name, inner.read(found.tree))
        except TreeError as error:
            raise TreeError(
                _("The segment “%(name)s” cannot be used: %(why)s") % {"name": found.name, "why": error}, path
            ) from error

    def campaign(self, value: Mapping[str, Any], path: str) -> Node:
        only(value, {"campaign", "outcome", "name"}, path)
        outcome = value.get("outcome", "accepted")
        if outcome not in OUTCOMES:
            raise TreeError(
                _("There is no such outcome. Use one of: %(names)s.") % {"names": ", ".join(OUTCOMES)}, path
            )
        found = self.names.campaign(value["campaign"])
        if found is None:
            raise TreeError(_("This campaign is not there."), path)
        return Sent(*found, outcome)

    def opted_in(self, value: Mapping[str, Any], path: str) -> Node:
        only(value, {"opted_in"}, path)
        return OptedIn(operands.flag(value["opted_in"], path))

    def window_open(self, value: Mapping[str, Any], path: str) -> Node:
        only(value, {"window_open"}, path)
        return WindowOpen(operands.flag(value["window_open"], path))


LEAVES = {
    "tag": Reader.tag, "field": Reader.field, "event": Reader.event, "score": Reader.score, "segment": Reader.segment,
    "campaign": Reader.campaign, "opted_in": Reader.opted_in, "window_open": Reader.window_open,
}  # fmt: skip


class Count:
    """How many leaves there are with those of saved segments."""

    def __init__(self) -> None:
        self.n = 0

    def add(self, path: str) -> None:
        self.n += 1
        if self.n > MOST_EXPANDED:
            raise TreeError(
                _("With the segments in it the tree has more than %(most)s conditions.") % {"most": MOST_EXPANDED}, path
            )


def kind_of(value: Any, path: str) -> str:
    if not isinstance(value, dict):
        raise TreeError(_('A condition must be an object, such as {"tag": "Interest"}.'), path)
    found = [kind for kind in KINDS if kind in value]
    if len(found) != 1:
        raise TreeError(_("A condition must have exactly one of: %(kinds)s.") % {"kinds": ", ".join(KINDS)}, path)
    return found[0]


def only(value: Mapping[str, Any], known: set[str], path: str) -> None:
    for key in value:
        if key not in known:
            raise TreeError(_("“%(key)s” does not belong here.") % {"key": str(key)[:40]}, path)


def named(value: Any, path: str, longest: int = 250) -> str:
    if isinstance(value, str) and len(value) > longest:
        raise TreeError(_("This name is too long: %(most)s letters at most.") % {"most": longest}, path)
    return " ".join(operands.text(value if isinstance(value, str) else None, path).split())


def times(given: Any, path: str) -> tuple[int, int | None]:
    """How often: (at least, at most or None). 0 alone means never."""
    if isinstance(given, int) and not isinstance(given, bool):
        given = {"is": given}
    if not isinstance(given, dict) or not given:
        raise TreeError(_('“times” needs a whole number, or an object such as {"gte": 2}.'), path)
    least, most = 0, None
    for op, value in given.items():
        low, high = bounds(op, value, path)
        least = max(least, low)
        most = high if most is None else min(most, high) if high is not None else most
    if most is not None and least > most:
        raise TreeError(_("No number of times can be both."), path)
    return least, most


def bounds(op: str, value: Any, path: str) -> tuple[int, int | None]:
    if op == "between":
        low, high = operands.listed(op, value, path)
        return operands.whole(low, path, MOST_TIMES), operands.whole(high, path, MOST_TIMES)
    if op not in ("is", "gt", "gte", "lt", "lte"):
        raise TreeError(_("“times” takes is, gt, gte, lt, lte and between."), path)
    n = operands.whole(value, path, MOST_TIMES)
    if op == "lt" and n == 0:
        raise TreeError(_("Nothing happens less than 0 times."), path)
    found: dict[str, tuple[int, int | None]] = {
        "is": (n, n), "gt": (n + 1, None), "gte": (n, None), "lt": (0, n - 1), "lte": (0, n),
    }  # fmt: skip
    return found[op]
