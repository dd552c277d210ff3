"""Attempt ids, and the sealed mark that carries them to Meta and back (`biz_opaque_callback_data`).

An attempt id is 16 bytes: the message's id (8 bytes, big-endian) and 8 random ones. So a status that bears our mark
finds its message without any look-up table.
"""

import os
from functools import lru_cache

from tradewind.lib import crypto
from tradewind.whatsapp import callback

PURPOSE = "callback"
# More than a mark has; longer ones are nobody's of ours, and are not kept in memory.
LONGEST = 64


def new_attempt(message_id: int) -> bytes:
    """A fresh attempt id for a message."""
    return message_id.to_bytes(8, "big") + os.urandom(8)


def message_of(attempt_id: bytes) -> int:
    """The message that an attempt belongs to."""
    return int.from_bytes(attempt_id[:8], "big")


def seal(attempt_id: bytes) -> str:
    """The mark for a call."""
    return callback.pack(attempt_id, _key(crypto.secret_keys()[0]))


def open_mark(text: str | None) -> bytes | None:
    """The attempt id in a mark that came back; None when it is foreign, damaged or forged. Old keys open too."""
    if not text or len(text) > LONGEST:
        return None
    for key in crypto.secret_keys():
        found = _opened(text, _key(key))
        if found:
            return found
    return None


@lru_cache(maxsize=20_000)
def _opened(text: str, key: bytes) -> bytes | None:
    """Kept for a while, because a message's statuses come within seconds of each other and all bear its mark."""
    return callback.unpack(text, key)


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return crypto.derive(secret, PURPOSE)
