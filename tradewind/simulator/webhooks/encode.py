"""Bytes as Meta writes them, and their signatures."""

import hashlib
import hmac
import re
from typing import Any

import orjson

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def encode(value: Any) -> bytes:
    """JSON with non-ASCII as lower-case \\uXXXX (pairs beyond the first plane) and `/` as `\\/`."""
    raw = orjson.dumps(value)
    if not raw.isascii():
        raw = _NOT_ASCII.sub(_escape, raw.decode()).encode()
    return raw.replace(b"/", b"\\/")


def signatures(body: bytes, secret: str) -> dict[str, str]:
    """Both signature headers over the raw bytes."""
    key = secret.encode()
    return {
        "X-Hub-Signature": "sha1=" + hmac.digest(key, body, hashlib.sha1).hex(),
        "X-Hub-Signature-256": "sha256=" + hmac.digest(key, body, hashlib.sha256).hex(),
    }


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 | code >> 10:04x}\\u{0xDC00 | code & 0x3FF:04x}"
