"""Small readers of JSON values that may be anything: they return what they understand, or None, and never raise."""

from typing import Any

from tradewind.whatsapp.webhooks.events import MetaError

_EARLIEST = 1_230_768_000.0
_LATEST = 4_102_444_800.0
"""2009 (WhatsApp's first year) and 2100: a time outside of these is no time."""
_NO_DICT: dict[str, Any] = {}


def as_dict(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one (shared: do not write into it)."""
    return value if isinstance(value, dict) else _NO_DICT


def as_list(value: Any) -> list[Any]:
    """The value if it is a list; an object alone becomes a list of one; else an empty list."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def word(value: Any) -> str | None:
    """An id or another word: text that is not empty, or a whole number as text."""
    if value is None:
        return None
    if isinstance(value, str):
        return value or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def prose(value: Any) -> str:
    """What people read: text as it is, a number as text, else ""."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def number(value: Any) -> float | None:
    """A number, also when it stands in quotes."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if abs(result) < 1e18 else None


def whole(value: Any) -> int | None:
    """A whole number, also when it stands in quotes."""
    result = number(value)
    return int(result) if result is not None and result == int(result) else None


def moment(value: Any) -> float | None:
    """Unix seconds from a number or text; milliseconds are understood; None for what is no time in 2009 to 2100."""
    if isinstance(value, str) and len(value) == 10 and value.isdecimal() and value.isascii():
        seconds: float | None = float(value)  # nearly always: worth its own way on the hot path
    else:
        seconds = number(value)
    if seconds is None:
        return None
    if seconds > 1e12:
        seconds /= 1_000
    return seconds if _EARLIEST <= seconds < _LATEST else None


def errors_of(holder: dict[str, Any]) -> list[MetaError]:
    """The elements of `holder["errors"]`, each of them, in their order."""
    given = holder.get("errors")
    return [] if given is None else [error_of(each) for each in (given if isinstance(given, list) else [given])]


def error_of(value: Any) -> MetaError:
    """One error in the shape of a webhook or of a Graph answer."""
    if not isinstance(value, dict):
        return MetaError(-1, prose(value))
    data = value.get("error_data")
    code = whole(value.get("code"))
    return MetaError(
        -1 if code is None else code,
        prose(value.get("title")),
        prose(value.get("message")),
        prose(data.get("details")) if isinstance(data, dict) else prose(data),
        prose(value.get("href")),
        whole(value.get("error_subcode")),
    )
