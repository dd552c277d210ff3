"""A tree as the lines of a form. One line is a group or a condition; its fields end with its number.

    tree → trees.lines_of → page → form → read → trees.tree_of → tree

A condition that is not filled in yet is a line all the same; it is left out of the tree and says what it needs.
What the form has no fields for (dates of events, several facts of one) stays as it is, as a line of kind raw.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tradewind.segments.tree import MOST_DEPTH, MOST_LEAVES

MOST_LINES = 2 * MOST_LEAVES
LONGEST_VALUE = 4_000
MODES = ("all", "any", "none")
# What each kind of condition can say; the first value is what a new one begins with.
VALUES: dict[str, dict[str, str]] = {
    "group": {"mode": "any"},
    "tag": {"tag": ""},
    "field": {"field": "language", "op": "is", "value": "", "value2": ""},
    "event": {
        "event": "order.placed", "named": "", "often": "gte", "times": "1", "times2": "", "within": "90",
        "where": "", "wop": "gte", "wvalue": "",
    },
    "score": {"score": "engagement", "op": "gte", "value": "80"},
    "segment": {"segment": ""},
    "campaign": {"campaign": "", "outcome": "read"},
    "opted_in": {"is": "yes"},
    "window_open": {"is": "yes"},
    "raw": {"json": ""},
}  # fmt: skip
KINDS = tuple(VALUES)
# Events that have words of their own; any other is named by the business.
COMMON_EVENTS = (
    "order.placed", "order.paid", "cart.updated", "quote.sent", "page.viewed", "link.clicked", "message.received",
    "message.delivered", "message.read", "standing.record_broken",
)  # fmt: skip
OTHER = "other"
_LIST = re.compile("[,;،؛、，；\n]+")


@dataclass
class Line:
    """`n` its number in the form, `up` that of its group (None for the first), `path` its place in the tree."""

    n: int
    up: int | None
    kind: str
    values: dict[str, str] = field(default_factory=dict)
    path: str = ""
    missing: str = ""
    # Why it cannot be used although it is filled in: the tag was deleted, the date is none.
    problem: str = ""

    @property
    def is_group(self) -> bool:
        return self.kind == "group"


def read(data: Mapping[str, str]) -> list[Line]:
    """The lines that a form sent. What is no line of ours is left out; the first line is a group."""
    found: list[Line] = []
    for n in range(MOST_LINES):
        kind = data.get(f"kind{n}", "")
        if kind not in KINDS:
            continue
        up = data.get(f"up{n}", "")
        values = {name: data.get(f"{name}{n}", begin)[:LONGEST_VALUE] for name, begin in VALUES[kind].items()}
        found.append(Line(n, int(up) if up.isascii() and up.isdecimal() and int(up) < n else None, kind, values))
    return ordered(found)


def ordered(lines: list[Line]) -> list[Line]:
    """As a tree is walked, numbered anew; lines of groups that are gone go with them."""
    if not lines or not lines[0].is_group:
        return [Line(0, None, "group", {"mode": "all"})]
    known = {lines[0].n}
    of: dict[int, list[Line]] = {}
    for line in lines[1:]:
        if line.up in known:
            of.setdefault(line.up or 0, []).append(line)
            if line.is_group:
                known.add(line.n)
    result: list[Line] = []

    def walk(line: Line, up: int | None) -> None:
        place = len(result)
        result.append(Line(place, up, line.kind, line.values))
        for each in of.get(line.n, []) if line.is_group else []:
            walk(each, place)

    walk(lines[0], None)
    return result


def add(lines: list[Line], up: int, kind: str) -> list[Line]:
    """A new line at the end of a group; a new group says “none” in a group of all, else “all”."""
    group = next((line for line in lines if line.n == up and line.is_group), None)
    is_full = len(lines) >= MOST_LINES or (kind == "group" and depth(lines, up) >= MOST_DEPTH)
    if group is None or kind not in KINDS or kind == "raw" or is_full:
        return lines
    values = dict(VALUES[kind])
    if kind == "group":
        values["mode"] = "any" if group.values["mode"] == "all" else "all"
    return ordered([*lines, Line(max(line.n for line in lines) + 1, up, kind, values)])


def drop(lines: list[Line], n: int) -> list[Line]:
    """Without a line and all in it; the first line stays."""
    return ordered([line for line in lines if line.n != n or line.up is None])


def depth(lines: list[Line], n: int) -> int:
    ups = {line.n: line.up for line in lines}
    levels = 1
    while (up := ups.get(n)) is not None:
        n, levels = up, levels + 1
    return levels


def listed(value: str) -> list[str]:
    """The values of a list, each once."""
    return list(dict.fromkeys(each for part in _LIST.split(value) if (each := part.strip())))


def unpick(lines: list[Line], n: int, value: str) -> list[Line]:
    """Without one value of a list."""
    for line in lines:
        if line.n == n and line.kind == "field":
            line.values["value"] = ", ".join(each for each in listed(line.values["value"]) if each != value)
    return lines
