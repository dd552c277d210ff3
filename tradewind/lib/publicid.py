"""Short public ids: what stands in URLs and the API instead of a row's number.

A row's number would tell strangers how many contacts or messages exist. A public id is the number, enciphered with a
key of the installation by a small Feistel network, in eleven letters. Each kind ("contact", "message", …) has its own
key, and 20 of the 64 bits are zeros, so that an id of another kind, a typing error or an invented id does not decode
(one in a million does by chance). This hides numbers; it is no permission: rows are still fetched by `visible_to`.
"""

import hashlib
from functools import lru_cache

from tradewind.lib import crypto

# Without 0, O, I and l, which people mix up when they read an id aloud.
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LENGTH = 11  # 58 ** 11 is just over 2 ** 64
MAXIMUM = 2**44 - 1  # row numbers above this cannot be encoded: at 10,000 rows a second it lasts for 55 years
ROUNDS = 6

_BASE = len(ALPHABET)
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_HALF = 0xFFFFFFFF


def encode(kind: str, number: int) -> str:
    """The public id of row `number` of `kind`: eleven letters. Raises `ValueError` outside 0…MAXIMUM."""
    if not 0 <= number <= MAXIMUM:
        raise ValueError(f"{number} cannot be a public id: it must be from 0 to {MAXIMUM}.")
    return _letters(_encipher(_round_keys(kind, crypto.secret_keys()[0]), number))


def decode(kind: str, text: str) -> int:
    """The row number behind a public id of `kind`. Raises `ValueError` for anything that `encode` did not make.

    Ids made under an earlier secret key that is still in the rotation list decode too.
    """
    block = _block(text)
    for secret in crypto.secret_keys():
        number = _decipher(_round_keys(kind, secret), block)
        if number <= MAXIMUM:
            return number
    raise ValueError(f"{text[:40]!r} is no {kind} id.")


def _encipher(keys: tuple[bytes, ...], block: int) -> int:
    left, right = block >> 32, block & _HALF
    for key in keys:
        left, right = right, left ^ _mix(key, right)
    return left << 32 | right


def _decipher(keys: tuple[bytes, ...], block: int) -> int:
    left, right = block >> 32, block & _HALF
    for key in reversed(keys):
        left, right = right ^ _mix(key, left), left
    return left << 32 | right


def _mix(key: bytes, half: int) -> int:
    digest = hashlib.blake2b(half.to_bytes(4, "big"), digest_size=4, key=key)
    return int.from_bytes(digest.digest(), "big")


@lru_cache(maxsize=256)
def _round_keys(kind: str, secret: str) -> tuple[bytes, ...]:
    return tuple(crypto.derive(secret, f"publicid:{kind}:{position}") for position in range(ROUNDS))


def _letters(block: int) -> str:
    letters = []
    for _ in range(LENGTH):
        block, value = divmod(block, _BASE)
        letters.append(ALPHABET[value])
    return "".join(reversed(letters))


def _block(text: str) -> int:
    if len(text) != LENGTH:
        raise ValueError(f"A public id has {LENGTH} letters, this one has {len(text)}.")
    block = 0
    for letter in text:
        if letter not in _VALUES:
            raise ValueError("A public id has only letters and digits, without 0, O, I and l.")
        block = block * _BASE + _VALUES[letter]
    if block >= 2**64:
        raise ValueError("No public id is that high.")
    return block
