"""What we write into `biz_opaque_callback_data`: the attempt's id, sealed, so that a status can prove which call it
belongs to.

The text is "1.<attempt>.<seal>": a version, 16 bytes and the first 8 bytes of an HMAC-SHA256, both base64url without
padding. It holds no personal data, has 36 of the 512 characters that Meta allows, and a foreign or forged text never
opens.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

_VERSION = "1."
_PURPOSE = b"tradewind callback 1\x00"
_SEAL_BYTES = 8
_LENGTH = 36


def pack(attempt_id: bytes, key: bytes) -> str:
    """Seal an attempt's id (16 bytes) with a secret key. Raises ValueError for an id of another length."""
    if len(attempt_id) != 16:
        raise ValueError(f"An attempt's id has 16 bytes, not {len(attempt_id)}.")
    attempt = urlsafe_b64encode(attempt_id)[:22].decode("ascii")
    seal = urlsafe_b64encode(hmac.digest(key, _PURPOSE + attempt_id, "sha256")[:_SEAL_BYTES])[:11].decode("ascii")
    return f"{_VERSION}{attempt}.{seal}"


def unpack(text: str | None, key: bytes) -> bytes | None:
    """The attempt's id, or None when the text is foreign, damaged or forged.

    Only the one spelling that `pack` writes is accepted, so a seal cannot be bent by the spare bits of base64.
    """
    if not isinstance(text, str) or len(text) != _LENGTH or not text.startswith(_VERSION) or not text.isascii():
        return None
    try:
        attempt_id = urlsafe_b64decode(text[2:24] + "==")
    except binascii.Error:
        return None
    if len(attempt_id) != 16 or not hmac.compare_digest(pack(attempt_id, key), text):
        return None
    return attempt_id
