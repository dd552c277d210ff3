"""Identifiers in Meta's shapes, made without a store: each can be checked, and most read back, from itself alone."""

import base64
import hashlib
import zlib

_MASK = (1 << 64) - 1
# odd multipliers of splitmix64, public domain: good mixing, and odd numbers are invertible mod 2^64
_MIX_A = 0xBF58476D1CE4E5B9
_MIX_B = 0x94D049BB133111EB
_UNMIX_A = pow(_MIX_A, -1, 1 << 64)
_UNMIX_B = pow(_MIX_B, -1, 1 << 64)
_BUSINESS_TAIL, _CUSTOMER_TAIL = b"\x15\x02\x00\x11\x18\x12", b"\x15\x02\x00\x12\x18\x12"
_COUNTERS = 1 << 24


class MessageIds:
    """Makes and recognises wamids: base64 of a small compact-thrift record (customer's digits, direction, 9 hex bytes).

    The nine bytes are seconds (4), a counter (3) and a checksum (2) over a pad that depends on the seed, so an id that
    this simulator never made is told from a real one, and its age is known, without remembering a single message.
    """

    def __init__(self, seed: int) -> None:
        self._pad = int.from_bytes(hashlib.blake2b(b"wamid%d" % seed, digest_size=7).digest(), "big")
        self._salt = seed & 0xFFFF
        self._count = 0

    def for_business(self, digits: str, at: float) -> str:
        """A new id for a message of the business to `digits` (a wa_id or BSUID)."""
        return self._make(digits, at, _BUSINESS_TAIL)

    def for_customer(self, digits: str, at: float) -> str:
        """A new id for a message that a customer wrote."""
        return self._make(digits, at, _CUSTOMER_TAIL)

    def read(self, wamid: str) -> tuple[str, float, bool] | None:
        """(customer, unix seconds, from_business) of an id made here, or None for any other text."""
        try:
            raw = base64.b64decode(wamid.removeprefix("wamid."), validate=True)
            length = raw[2]
            tail, core = raw[3 + length : 9 + length], bytes.fromhex(raw[9 + length : 27 + length].decode())
            digits = raw[3 : 3 + length].decode()
        except (ValueError, IndexError):
            return None
        whole = wamid.startswith("wamid.") and raw[:2] == b"\x1c\x18" and len(raw) == 28 + length
        if not whole or len(core) != 9 or tail not in (_BUSINESS_TAIL, _CUSTOMER_TAIL):
            return None
        if int.from_bytes(core[7:], "big") != self._check(core[:7]):
            return None
        moment = (int.from_bytes(core[:7], "big") ^ self._pad) >> 24
        return digits, float(moment), tail == _BUSINESS_TAIL

    def _make(self, digits: str, at: float, tail: bytes) -> str:
        self._count = (self._count + 1) % _COUNTERS
        core = ((((int(at) & 0xFFFFFFFF) << 24) | self._count) ^ self._pad).to_bytes(7, "big")
        hexed = (core + self._check(core).to_bytes(2, "big")).hex().upper().encode()
        name = digits.encode()
        return "wamid." + base64.b64encode(b"\x1c\x18" + bytes((len(name),)) + name + tail + hexed + b"\x00").decode()

    def _check(self, core: bytes) -> int:
        return (zlib.crc32(core) ^ self._salt) & 0xFFFF


class UserIds:
    """Business-scoped user ids (BSUID): `CC.` and digits, different for each portfolio, and new when a phone number
    changes.

    The digits are the phone number mixed by an invertible function, so that a million customers need no table.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._keys: dict[str, int] = {}

    def of(self, portfolio_id: str, wa_id: str, country: str = "ZZ") -> str:
        """The BSUID of the customer `wa_id` (digits) towards a portfolio; `country` is the two-letter code in front."""
        value = (int(wa_id) << 10) | (zlib.crc32(wa_id.encode()) & 0x3FF)
        return f"{country}.{_mix(value ^ self._key(portfolio_id))}"

    def phone_of(self, portfolio_id: str, user_id: str) -> str | None:
        """The wa_id behind a BSUID of this portfolio, or None when it was not made for it."""
        digits = user_id.rpartition(".")[2]
        if not digits.isascii() or not digits.isdigit() or len(digits) > 20:
            return None
        value = _unmix(int(digits) & _MASK) ^ self._key(portfolio_id)
        wa_id = str(value >> 10)
        return wa_id if value & 0x3FF == zlib.crc32(wa_id.encode()) & 0x3FF else None

    def _key(self, portfolio_id: str) -> int:
        if portfolio_id not in self._keys:
            digest = hashlib.blake2b(f"{self._seed}:{portfolio_id}".encode(), digest_size=8).digest()
            self._keys[portfolio_id] = int.from_bytes(digest, "big")
        return self._keys[portfolio_id]


class SerialIds:
    """Graph object ids (15–16 digits), unique inside one simulator and the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._next = 1_000_000_000_000_000 + (seed % 1_000_000) * 1_000_003

    def new(self) -> str:
        """The next id."""
        self._next += 7919
        return str(self._next)


def trace_id(count: int) -> str:
    """A `fbtrace_id` for the request with this running number."""
    return "A" + base64.urlsafe_b64encode(_mix(count + 1).to_bytes(8, "big") * 2)[:22].decode().replace("=", "0")


def _mix(value: int) -> int:
    value = ((value ^ (value >> 32)) * _MIX_A) & _MASK
    value = ((value ^ (value >> 32)) * _MIX_B) & _MASK
    return value ^ (value >> 32)


def _unmix(value: int) -> int:
    value = value ^ (value >> 32)
    value = (value * _UNMIX_B) & _MASK
    value = value ^ (value >> 32)
    value = (value * _UNMIX_A) & _MASK
    return value ^ (value >> 32)
