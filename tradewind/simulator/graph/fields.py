"""`?fields=`: the little language of field lists, and its two refusals (100 for unknown, 10 for forbidden)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.graph.request import Call

_NAME = re.compile(r"[A-Za-z0-9_]+")
_MOST_LENGTH = 8_000


@dataclass(slots=True)
class Field:
    """One asked field: `name.call(argument)…{children}`."""

    name: str
    calls: dict[str, str] = field(default_factory=dict)
    children: list["Field"] = field(default_factory=list)


Value = Callable[[Field], Any]


def constant(value: Any) -> Value:
    """A field whose value is known."""
    return lambda _field: value


def asked_fields(call: Call, default: tuple[str, ...]) -> list[Field]:
    """The fields that a call asks for, or the default ones."""
    text = call.params.get("fields")
    if not text:
        return [Field(name) for name in default]
    parsed, rest = _parse(str(text)[:_MOST_LENGTH], 0)
    if rest:
        raise GraphError(100, message=f"(#100) Syntax error in fields near {rest[:40]!r}")
    return parsed


def select(
    asked: list[Field], known: dict[str, Value], kind: str, *, forbidden: frozenset[str] = frozenset(), may: bool = True
) -> dict[str, Any]:
    """The asked fields of a node. Fields without a value are left out, as Graph does; `id` is always there.

    One unknown field fails the whole request with 100, one forbidden field (unless `may`) with 10.
    """
    chosen: dict[str, Any] = {}
    for item in asked:
        if item.name not in known:
            raise GraphError(
                100, message=f"(#100) Tried accessing nonexisting field ({item.name}) on node type ({kind})"
            )
        if item.name in forbidden and not may:
            raise GraphError(
                10, message=f"(#10) To use '{item.name}', your token needs the business_management permission"
            )
        value = known[item.name](item)
        if value is not None:
            chosen[item.name] = value
    if "id" in known:
        chosen["id"] = known["id"](Field("id"))
    return chosen


def _parse(text: str, depth: int) -> tuple[list[Field], str]:
    fields: list[Field] = []
    while True:
        match = _NAME.match(text.lstrip())
        if match is None or depth > 5:
            return fields, text
        found = Field(match.group())
        text = text.lstrip()[match.end() :]
        text = _calls(found, text)
        if text.startswith("{"):
            found.children, text = _parse(text[1:], depth + 1)
            if not text.startswith("}"):
                return fields, text or "{"
            text = text[1:]
        fields.append(found)
        if not text.startswith(","):
            return fields, text
        text = text[1:]


def _calls(found: Field, text: str) -> str:
    while text.startswith("."):
        match = re.match(r"\.([A-Za-z_]+)\(([^()]*)\)", text)
        if match is None:
            return text
        found.calls[match.group(1)] = match.group(2)
        text = text[match.end() :]
    return text
