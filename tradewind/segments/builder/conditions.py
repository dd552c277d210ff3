"""One condition as the values of its line, and back."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from tradewind.segments.builder.lines import COMMON_EVENTS, LONGEST_VALUE, OTHER, VALUES, Line, listed
from tradewind.segments.tree import BUILT_IN

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")
DAYS = ("within_days", "older_than_days", "anniversary_within_days")


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


def plain(value: str) -> str | int | float:
    """A number when it reads as one."""
    if not _NUMBER.fullmatch(value):
        return value
    return float(value) if "." in value else int(value)
