"""From bytes to JSON that every later step can store and print, or a clear refusal."""

import json
import re
from typing import Any

import orjson

_DEEPEST = 100
_NOT_STORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""What PostgreSQL's text and UTF-8 cannot hold; such characters become U+FFFD."""
_LONG_NUMBER = re.compile(rb":\s*[0-9]{20}")
"""A JSON number of so many digits may not fit into 64 bits; it is kept as text, digit by digit. (Begins with one fixed
letter, which makes the search ten times as fast.)"""
_TOO_DEEP = "The body is nested too deeply."


class WebhookError(ValueError):
    """The body as a whole cannot be read; the text is a sentence for people."""


def decode(body: bytes) -> Any:
    """The JSON value of a body: storable text only, no depth over 100, numbers that fit.

    The usual body costs one fast parse and three cheap looks. NUL, lone surrogates, a byte order mark, NaN and huge
    numbers take the slow way: they are kept as far as they can be stored, and never fail a whole body.
    Raises WebhookError.
    """
    if b"\\u0000" in body or _LONG_NUMBER.search(body):
        return _shallow(_decode_slowly(body), body)
    try:
        return _shallow(orjson.loads(body), body)
    except orjson.JSONDecodeError:
        return _shallow(_decode_slowly(body), body)


def _decode_slowly(body: bytes) -> Any:
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=str, parse_int=_int, parse_float=_float)
        return _clean(value)
    except UnicodeDecodeError as problem:
        raise WebhookError(f"The body is not valid UTF-8 at byte {problem.start}.") from problem
    except json.JSONDecodeError as problem:
        raise WebhookError(_not_json(body, problem)) from problem
    except RecursionError as problem:
        raise WebhookError(_TOO_DEEP) from problem


def _not_json(body: bytes, problem: json.JSONDecodeError) -> str:
    if not body.strip():
        return "The body is empty."
    return f"The body is not valid JSON: {problem.msg} at line {problem.lineno}, column {problem.colno}."


def _int(digits: str) -> int | str:
    return int(digits) if len(digits) <= 18 else digits


def _float(digits: str) -> float | str:
    value = float(digits)
    return value if abs(value) != float("inf") else digits


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {_clean_text(key): _clean(each) for key, each in value.items()}
    return value


def _clean_text(text: str) -> str:
    return _NOT_STORABLE.sub("\ufffd", text) if _NOT_STORABLE.search(text) else text


def _shallow(value: Any, body: bytes) -> Any:
    if body.count(b"{") + body.count(b"[") > _DEEPEST and _is_deeper(value, _DEEPEST):
        raise WebhookError(_TOO_DEEP)
    return value


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return False
    return True


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [each for each in value.values() if isinstance(each, dict | list)]
    return [each for each in value if isinstance(each, dict | list)] if isinstance(value, list) else []
