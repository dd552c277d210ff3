"""The X-Hub-Signature-256 header: HMAC-SHA256 over the raw bytes of a webhook's body, keyed with the app secret."""

import hmac
from collections.abc import Sequence

HEADER = "X-Hub-Signature-256"
_PREFIX = "sha256="
_HEADER_LENGTH = len(_PREFIX) + 64


def sign(body: bytes, secret: str) -> str:
    """The header's value for this body: "sha256=" and 64 lower-case hex digits."""
    return _PREFIX + hmac.digest(secret.encode(), body, "sha256").hex()


def is_valid(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Whether one of the secrets made the header for exactly these bytes.

    Takes the same time for a right and a wrong header. Every secret is tried (two are active while one replaces the
    other); an empty secret never counts, since everybody knows it.
    """
    if header is None or len(header) != _HEADER_LENGTH or not header.isascii():
        return False
    given = header.encode("ascii")
    matches = [hmac.compare_digest(sign(body, secret).encode("ascii"), given) for secret in secrets if secret]
    return any(matches)
