"""Who goes first, and who gets which text: by a keyed hash of the person, the same in SQL and here.

Nobody chooses, nobody can guess it without the key, and asked again it says the same.
"""

import hashlib
import secrets

BITS = 52  # what a double holds exactly, so that SQL and Python agree to the last bit

# Two numbers from 0 up to 1 for a person: `first` puts people in order, `text` chooses. Joined as `draw`.
DRAW = """
CROSS JOIN LATERAL (SELECT encode(sha256(decode(%(key)s, 'hex') || int8send({id})), 'hex') AS hash OFFSET 0) hashed
CROSS JOIN LATERAL (
  SELECT ('x' || substr(hash, 1, 13))::bit(52)::bigint / 4503599627370496.0::float8 AS first,
         ('x' || substr(hash, 14, 13))::bit(52)::bigint / 4503599627370496.0::float8 AS text
) draw
"""


def new_key() -> str:
    """A key for one campaign, in hex."""
    return secrets.token_hex(32)


def draw(key: str, contact_id: int) -> tuple[float, float]:
    """(first, text) of a person, as DRAW has them."""
    hashed = hashlib.sha256(bytes.fromhex(key) + contact_id.to_bytes(8, "big")).hexdigest()
    return int(hashed[:13], 16) / 2**BITS, int(hashed[13:26], 16) / 2**BITS


def text_of(text: float, texts: int) -> int:
    """Which of so many texts a draw means: 0 is A."""
    return int(text * texts)
