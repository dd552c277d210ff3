"""What one HTTP exchange came to, and what an access token looks like: for both kinds of wire."""

import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import orjson

GRAPH = "https://graph.facebook.com"
VERSION = "v26.0"
MOST_BYTES = 256 * 1024
"""The longest answer to one call."""
TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. Connecting includes the name look-up, TLS and the wait for a free connection of the pool."""

    connect: float = 3.0
    read: float = 20.0
    total: float = 25.0


USUAL = Timeouts()


@dataclass(frozen=True, slots=True)
class Replied:
    """An answer came: `body` is its bytes, up to the greatest size."""

    http: int
    body: bytes
    usage: str | None = None
    """The x-business-use-case-usage header."""

    def json(self) -> Any:
        """The decoded body, or None when it is no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


@dataclass(frozen=True, slots=True)
class Failed:
    """No whole answer came. `was_sent` is False only when surely nothing was written to the wire."""

    reason: str
    was_sent: bool
    http: int | None = None


Outcome: TypeAlias = Replied | Failed


@lru_cache(maxsize=256)
def appsecret_proof(token: str, app_secret: str) -> str:
    """The proof that a call comes from the app that owns the token: hex HMAC-SHA256 of the token."""
    return hmac.digest(app_secret.encode(), token.encode(), "sha256").hex()


def sentence(what: str, problem: Exception | None = None) -> str:
    """What happened, with the exception's own words."""
    return f"{what} ({str(problem) or type(problem).__name__})." if problem else f"{what}."
