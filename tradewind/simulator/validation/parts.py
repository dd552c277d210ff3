"""Small checks with Meta's codes: 131008 for what is missing, 131009 for what is wrong, 100 for what breaks the
schema.
"""

import re
from typing import Any

from tradewind.simulator.graph.errors import GraphError, bad, missing

_LINK = re.compile(r"https?://[^\s/$.?#][^\s]*", re.ASCII | re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def required(part: dict[str, Any], name: str, where: str) -> Any:
    """The value under `name`, which must be there."""
    value = part.get(name)
    if value is None:
        raise missing(f"{where}['{name}']" if where else name)
    return value


def an_object(value: Any, where: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise GraphError(100, message=f"(#100) Param {where} must be a JSON object.")
    return value


def a_list(value: Any, where: str, least: int, most: int) -> list[Any]:
    """A JSON array with a number of items."""
    if not isinstance(value, list):
        raise GraphError(100, message=f"(#100) Param {where} must be an array.")
    if not least <= len(value) <= most:
        raise bad(where, f"number of items must be from {least} to {most}, is {len(value)}.")
    return value


def a_text(part: dict[str, Any], name: str, where: str, most: int, *, least: int = 1) -> str:
    """A required text with a length in characters (UTF-16 pairs count as one)."""
    value = required(part, name, where)
    full = f"{where}['{name}']" if where else name
    if not isinstance(value, str):
        raise GraphError(100, message=f"(#100) Param {full} must be a string.")
    if len(value) > most:
        raise GraphError(
            100,
            f"{full} is {len(value)} characters long.",
            message=f"(#100) Param {full} must be at most {most} characters long.",
        )
    if len(value) < least or (least and not value.strip()):
        raise missing(full)
    if _CONTROL.search(value):
        raise bad(full, "holds a control character.")
    return value


def maybe_text(part: dict[str, Any], name: str, where: str, most: int) -> str | None:
    """An optional text."""
    return None if part.get(name) is None else a_text(part, name, where, most)


def a_link(value: Any, where: str) -> str:
    """An http(s) address."""
    if not isinstance(value, str) or not _LINK.fullmatch(value) or len(value) > 2000:
        raise GraphError(100, message=f"(#100) Param {where} is not a valid URL.")
    return value


def a_word(value: Any, where: str, allowed: tuple[str, ...] | frozenset[str]) -> str:
    """One of some words."""
    if not isinstance(value, str) or value not in allowed:
        raise GraphError(
            100,
            message=f'(#100) Param {where} must be one of {{{", ".join(sorted(allowed)).upper()}}} - got "{value}".',
        )
    return value


def media_reference(part: Any, where: str) -> dict[str, Any]:
    """A media object: exactly one of `id` and `link`."""
    value = an_object(part, where)
    if not value.get("id") and not value.get("link"):
        raise missing(f"{where}['id'] or {where}['link']")
    if value.get("id") and value.get("link"):
        raise bad(where, "use either id or link, not both.")
    if value.get("link"):
        a_link(value["link"], f"{where}['link']")
    elif not str(value["id"]).isdigit():
        raise GraphError(131009, f"Parameter {where}['id'] is not a media id.")
    return value
