"""A tree as the lines of a form, and back. One line is a group or a condition; its fields end with its number.

    tree → lines_of → page → form → read → tree_of → tree

A condition that is not filled in yet is a line all the same; it is left out of the tree and says what it needs.
What the form has no fields for (dates of events, several facts of one) stays as it is, as a line of kind raw.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tradewind.segments.tree import BUILT_IN, MOST_DEPTH, MOST_LEAVES

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
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")
_LIST = re.compile("[,;،؛、，；\n]+")
DAYS = ("within_days", "older_than_days", "anniversary_within_days")


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


# ---------------------------------------------------------------- from a tree


def lines_of(tree: Any) -> list[Line]:
    """The lines of a tree; the first is always a group."""
    found: list[Line] = []
    if group_of(tree) is None:
        tree = {"all": [tree] if tree else []}
    lay(tree, None, found)
    return found


def lay(node: Any, up: int | None, found: list[Line]) -> None:
    group = group_of(node)
    if group is None:
        kind, values = leaf_of(node)
        found.append(Line(len(found), up, kind, {**VALUES[kind], **values}))
        return
    mode, inner = group
    line = Line(len(found), up, "group", {"mode": mode})
    found.append(line)
    for each in inner:
        lay(each, line.n, found)


def group_of(node: Any) -> tuple[str, list[Any]] | None:
    """(mode, what is in it), for what the form shows as a group."""
    if not isinstance(node, dict):
        return None
    for mode in ("all", "any"):
        if isinstance(node.get(mode), list):
            return mode, node[mode]
    if "not" in node:
        inner = node["not"]
        return "none", inner["any"] if isinstance(inner, dict) and isinstance(inner.get("any"), list) else [inner]
    tests = [op for op in node if op != "field"] if "field" in node else []
    if len(tests) > 1:
        return "all", [{"field": node["field"], op: node[op]} for op in tests]
    return None


def leaf_of(node: Any) -> tuple[str, dict[str, str]]:
    """(kind, values) of a condition; raw for what the form cannot say."""
    if isinstance(node, dict):
        for kind, read in READERS.items():
            values = read(node) if kind in node else None
            if values is not None and is_the_same(node, Line(0, 0, kind, {**VALUES[kind], **values})):
                return kind, values
    return "raw", {"json": json.dumps(node, ensure_ascii=False)}


def is_the_same(node: Mapping[str, Any], line: Line) -> bool:
    """Whether the form gives back what it got, down to the kind of each value."""
    return repr(as_usual(node)) == repr(as_usual(condition(line)[0] or {}))


def as_usual(node: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A condition as the form writes it: without the names beside ids, and with what is meant when nothing is said."""
    found = {key: value for key, value in node.items() if not (key == "id" or (key == "name" and "field" not in node))}
    if "event" in node:
        times = node.get("times", {"gte": 1})
        found["times"] = 0 if times in (0, {"is": 0}) else {"is": times} if isinstance(times, int) else times
        where = node.get("where") or {}
        found["where"] = {key: each if isinstance(each, dict) else {"is": each} for key, each in dict(where).items()}
    if "campaign" in node:
        found.setdefault("outcome", "accepted")
    if BUILT_IN.get(str(node.get("field"))) == "yes_no":
        found |= {op: text(value) for op, value in node.items() if op in ("is", "is_not")}
    return sorted(found.items(), key=lambda pair: pair[0])


def read_field(node: Mapping[str, Any]) -> dict[str, str] | None:
    tests = [(op, given) for op, given in node.items() if op != "field"]
    if len(tests) != 1:
        return None
    op, given = tests[0]
    if op == "is_set":
        return {"field": node["field"], "op": "is_set" if given else "is_not_set"}
    if op == "between" and isinstance(given, list) and len(given) == 2:
        return {"field": node["field"], "op": op, "value": text(given[0]), "value2": text(given[1])}
    return {"field": node["field"], "op": op, "value": text(given)}


def read_event(node: Mapping[str, Any]) -> dict[str, str] | None:
    if set(node) - {"event", "times", "within_days", "where"}:
        return None
    named = text(node["event"])
    found = {"event": named if named in COMMON_EVENTS else OTHER, "named": named}
    found["within"] = text(node.get("within_days", ""))
    times = node.get("times", {"gte": 1})
    times = {"is": times} if isinstance(times, int) else times
    if not isinstance(times, dict) or len(times) != 1:
        return None
    op, given = next(iter(times.items()))
    if op not in ("gte", "is", "lte", "between"):
        return None
    low, high = given if op == "between" and isinstance(given, list) and len(given) == 2 else (given, "")
    found |= {"often": "never" if (op, low) == ("is", 0) else op, "times": text(low), "times2": text(high)}
    where = node.get("where") or {}
    if not isinstance(where, dict) or len(where) > 1:
        return None
    for key, tests in where.items():
        tests = tests if isinstance(tests, dict) else {"is": tests}
        if len(tests) != 1 or not set(tests) <= {"is", "gte", "lte", "contains"}:
            return None
        wop, value = next(iter(tests.items()))
        found |= {"where": key, "wop": wop, "wvalue": text(value)}
    return found


def read_score(node: Mapping[str, Any]) -> dict[str, str] | None:
    tests = [(op, given) for op, given in node.items() if op != "score"]
    if len(tests) != 1 or tests[0][0] not in ("gte", "lte", "is"):
        return None
    return {"score": text(node["score"]), "op": tests[0][0], "value": text(tests[0][1])}


READERS: dict[str, Callable[[Mapping[str, Any]], dict[str, str] | None]] = {
    "tag": lambda node: {"tag": text(node["tag"])},
    "field": read_field,
    "event": read_event,
    "score": read_score,
    "segment": lambda node: {"segment": text(node["segment"])},
    "campaign": lambda node: {"campaign": text(node["campaign"]), "outcome": text(node.get("outcome", "accepted"))},
    "opted_in": lambda node: {"is": "yes" if node["opted_in"] else "no"},
    "window_open": lambda node: {"is": "yes" if node["window_open"] else "no"},
}


def text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(text(each) for each in value)
    return str(value)[:LONGEST_VALUE]


# ---------------------------------------------------------------- from a form


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


# ---------------------------------------------------------------- to a tree


def tree_of(lines: list[Line]) -> dict[str, Any]:
    """The tree of the lines that are filled in; sets each line's `path` in that tree and what it is `missing`."""
    of: dict[int, list[Line]] = {}
    for line in lines[1:]:
        of.setdefault(line.up or 0, []).append(line)
    tree, _path = built(lines[0], of, "")
    assert tree is not None
    return tree


def built(line: Line, of: dict[int, list[Line]], path: str) -> tuple[dict[str, Any] | None, str]:
    line.path, line.missing = "", ""
    if not line.is_group:
        made, line.missing = (None, line.problem) if line.problem else condition(line)
        line.path = f"{path}{line.kind if line.kind != 'raw' else kind_of_raw(made)}" if made else ""
        return made, line.path
    mode = line.values["mode"] if line.values["mode"] in MODES else "all"
    inner = parts(line, of, f"{path}{mode if mode != 'none' else 'not.any'}")
    if line.up is not None and not inner:
        return None, ""
    if mode == "none" and len(inner) == 1:  # as shallow as it can be: groups stand in each other only so deep
        (part,) = parts(line, of, f"{path}not", is_alone=True)
        line.path = f"{path}not"
        return {"not": part}, line.path
    line.path = f"{path}{mode if mode != 'none' else 'not.any'}"
    return ({"not": {"any": inner}} if mode == "none" else {mode: inner}), line.path


def parts(line: Line, of: dict[int, list[Line]], path: str, *, is_alone: bool = False) -> list[dict[str, Any]]:
    """What stands in a group at `path`, as far as it is filled in."""
    found: list[dict[str, Any]] = []
    for each in of.get(line.n, []):
        part, _path = built(each, of, f"{path}." if is_alone else f"{path}[{len(found)}].")
        if part is not None:
            found.append(part)
    return found


def kind_of_raw(made: Mapping[str, Any]) -> str:
    return next((kind for kind in READERS if kind in made), "")


def condition(line: Line) -> tuple[dict[str, Any] | None, str]:
    """(condition, "") or (None, what is missing)."""
    values = {name: value.strip() for name, value in line.values.items()}
    made: tuple[dict[str, Any] | None, str] = WRITERS[line.kind](values)
    return made


def write_tag(values: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    return ({"tag": values["tag"]}, "") if values["tag"] else (None, _("Choose a tag."))


def write_field(values: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    key, op, value = values["field"], values["op"], values["value"]
    if not key:
        return None, _("Choose a field.")
    if op in ("is_set", "is_not_set"):
        return {"field": key, "is_set": op == "is_set"}, ""
    if not value or (op == "between" and not values["value2"]):
        return None, _("Say what to compare with.")
    if op == "between":
        return {"field": key, "between": [plain(value), plain(values["value2"])]}, ""
    if op == "in":
        return {"field": key, "in": listed(value)}, ""
    if op in DAYS:
        return ({"field": key, op: int(value)}, "") if value.isdecimal() else (None, _("Say how many days."))
    return {"field": key, op: plain(value) if op in ("gt", "gte", "lt", "lte") else value}, ""


def write_event(values: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    name = values["named"] if values["event"] == OTHER else values["event"]
    if not name:
        return None, _("Say what happened.")
    made: dict[str, Any] = {"event": name}
    times, times2 = values["times"], values["times2"]
    if values["often"] == "never":
        made["times"] = 0
    elif not times.isdecimal() or (values["often"] == "between" and not times2.isdecimal()):
        return None, _("Say how often.")
    elif values["often"] == "between":
        made["times"] = {"between": [int(times), int(times2)]}
    else:
        made["times"] = {values["often"]: int(times)}
    if values["within"]:
        if not values["within"].isdecimal():
            return None, _("Say how many days.")
        made["within_days"] = int(values["within"])
    if values["where"] and values["wvalue"]:
        made["where"] = {values["where"]: {values["wop"]: plain(values["wvalue"])}}
    return made, ""


def write_score(values: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    if not _NUMBER.fullmatch(values["value"]):
        return None, _("Say a number.")
    return {"score": values["score"], values["op"]: plain(values["value"])}, ""


def write_campaign(values: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    if not values["campaign"]:
        return None, _("Choose a campaign.")
    return {"campaign": values["campaign"], "outcome": values["outcome"]}, ""


def write_raw(values: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    try:
        made = json.loads(values["json"])
    except (ValueError, RecursionError):
        made = None
    return (made, "") if isinstance(made, dict) else (None, _("This condition cannot be read."))


WRITERS: dict[str, Any] = {
    "tag": write_tag,
    "field": write_field,
    "event": write_event,
    "score": write_score,
    "segment": lambda v: ({"segment": v["segment"]}, "") if v["segment"] else (None, _("Choose a segment.")),
    "campaign": write_campaign,
    "opted_in": lambda v: ({"opted_in": v["is"] != "no"}, ""),
    "window_open": lambda v: ({"window_open": v["is"] != "no"}, ""),
    "raw": write_raw,
}


def listed(value: str) -> list[str]:
    """The values of a list, each once."""
    return list(dict.fromkeys(each for part in _LIST.split(value) if (each := part.strip())))


def unpick(lines: list[Line], n: int, value: str) -> list[Line]:
    """Without one value of a list."""
    for line in lines:
        if line.n == n and line.kind == "field":
            line.values["value"] = ", ".join(each for each in listed(line.values["value"]) if each != value)
    return lines


def plain(value: str) -> str | int | float:
    """A number when it reads as one."""
    if not _NUMBER.fullmatch(value):
        return value
    return float(value) if "." in value else int(value)
