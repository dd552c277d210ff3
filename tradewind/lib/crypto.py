"""Secrets at rest: sealed values that open only in the row they were sealed for, and keyed hashes.

Keys are derived from the installation's secret keys (newest first) with HKDF-SHA256, one per use. A sealed value names
the key that sealed it, so that after a rotation old values still open while new ones use the new key.
Layout of a sealed value: version (1 byte) · key id (4) · nonce (12) · AES-256-GCM ciphertext and tag.
"""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12  # what GCM is specified for; random nonces are safe for 2 ** 32 values per key (NIST SP 800-38D)
_HEAD = 1 + KEY_ID_BYTES + NONCE_BYTES


class SealError(Exception):
    """A sealed value does not open: wrong key, wrong row, or changed bytes."""


def seal(plaintext: str, *, bound_to: str) -> bytes:
    """Encrypts text so that it opens only with the same `bound_to`, such as `account:17:token`."""
    secret = secret_keys()[0]
    head = VERSION + _key_id(secret)
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + _cipher(secret).encrypt(nonce, plaintext.encode(), head + bound_to.encode())


def open_sealed(sealed: bytes, *, bound_to: str) -> str:
    """The text inside a sealed value. Raises `SealError` when key, row or bytes are not those of the sealing."""
    sealed = bytes(sealed)  # the database driver may hand over a memoryview
    head, nonce, body = sealed[: 1 + KEY_ID_BYTES], sealed[1 + KEY_ID_BYTES : _HEAD], sealed[_HEAD:]
    try:
        plain = _cipher(_secret_of(head)).decrypt(nonce, body, head + bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError(f"The sealed value of {bound_to} does not open with this secret key.") from error
    return plain.decode()


def is_sealed_with_newest(sealed: bytes) -> bool:
    """Whether the value was sealed with the newest key; the others wait to be sealed again after a rotation."""
    return bytes(sealed)[: 1 + KEY_ID_BYTES] == VERSION + _key_id(secret_keys()[0])


def keyed_hash(text: str | bytes, *, purpose: str) -> bytes:
    """32 bytes that stand for `text`, useless without the newest secret key. Each purpose gives another hash."""
    return _hash(secret_keys()[0], text, purpose)


def keyed_hashes(text: str | bytes, *, purpose: str) -> list[bytes]:
    """The hash under every key of the rotation list, newest first: for finding what an earlier key hashed."""
    return [_hash(secret, text, purpose) for secret in secret_keys()]


def matches_hash(text: str | bytes, expected: bytes, *, purpose: str) -> bool:
    """Whether `expected` is the hash (or at least its first 8 bytes) of `text` under any key, in constant time."""
    size = len(expected)
    if size < 8:
        return False
    return any(hmac.compare_digest(found[:size], bytes(expected)) for found in keyed_hashes(text, purpose=purpose))


def derive(secret: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose, by HKDF-SHA256 from a secret key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"tradewind:{purpose}".encode()).derive(secret.encode())


def secret_keys() -> tuple[str, ...]:
    """The installation's secret keys, newest first."""
    return _keys or _configured_keys()


def use_keys(keys: tuple[str, ...]) -> None:
    """Takes these secret keys (newest first) instead of the configured ones; an empty tuple goes back to those."""
    global _keys
    _keys = keys


_keys: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _configured_keys() -> tuple[str, ...]:
    from tradewind import config  # late: tools without an installation (the simulator) bring their own keys

    return config.load().secret_keys


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(derive(secret, "seal"))


@lru_cache(maxsize=8)
def _key_id(secret: str) -> bytes:
    return derive(secret, "key id")[:KEY_ID_BYTES]


def _secret_of(head: bytes) -> str:
    for secret in secret_keys():
        if head == VERSION + _key_id(secret):
            return secret
    raise SealError("The value was sealed with a secret key that is no longer in the rotation list.")


def _hash(secret: str, text: str | bytes, purpose: str) -> bytes:
    content = text.encode() if isinstance(text, str) else text
    return hmac.new(_hash_key(secret, purpose), content, hashlib.sha256).digest()


@lru_cache(maxsize=256)
def _hash_key(secret: str, purpose: str) -> bytes:
    return derive(secret, f"hash:{purpose}")
