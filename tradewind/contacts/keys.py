"""The identities of a person as keys of the table `identity`."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

from tradewind.lib.phone import PhoneError, normalise

EVERYWHERE = 0  # the scope of phone numbers; a business-scoped user id holds within its portfolio


class Key(NamedTuple):
    kind: str
    scope: int
    value: str


class Identified(Protocol):
    phone: str | None
    bsuid: str | None


@dataclass(frozen=True, slots=True)
class Keys:
    """`own`: what is stored, the phone number first. `looked_up`: what is searched, the user id first."""

    own: list[Key]
    looked_up: list[Key]

    def __bool__(self) -> bool:
        return bool(self.own)


def keys_of(person: Identified, portfolio_id: int) -> Keys:
    """Both are empty for somebody without phone number and user id."""
    phones = spellings(person.phone) if person.phone else ()
    phone_keys = [Key("phone", EVERYWHERE, phone) for phone in phones]
    bsuid_keys = [Key("bsuid", portfolio_id, person.bsuid)] if person.bsuid else []
    return Keys([*phone_keys[:1], *bsuid_keys], [*bsuid_keys, *phone_keys])


@lru_cache(maxsize=65_536)
def spellings(phone: str) -> tuple[str, ...]:
    """The number in our form first, then the other forms under which Meta or an import may know the same person.

    Meta's wa_id of Brazilian mobiles may lack the ninth digit, Mexican ones may have a 1 and Argentine ones a 9 after
    the country code (cloud-api.md §3). Other numbers have one spelling.
    """
    try:
        ours = normalise(phone)
    except PhoneError:
        ours = phone
    return tuple(dict.fromkeys([ours, *others(ours), phone]))


def others(phone: str) -> list[str]:
    if phone.startswith("+55"):
        return brazilian(phone)
    if phone.startswith("+52"):
        return [f"+521{phone[3:]}"] if len(phone) == 13 else []
    if phone.startswith("+549"):
        return [f"+54{phone[4:]}"]
    if phone.startswith("+54"):
        return [f"+549{phone[3:]}"]
    return []


def brazilian(phone: str) -> list[str]:
    """+55, two digits of the area, then eight digits or a 9 and eight digits."""
    area, rest = phone[3:5], phone[5:]
    if len(rest) == 9 and rest.startswith("9"):
        return [f"+55{area}{rest[1:]}"]
    if len(rest) == 8 and rest[0] in "6789":
        return [f"+55{area}9{rest}"]
    return []


def sorted_keys(keys: Iterable[Key]) -> list[Key]:
    """In one order everywhere, so that two transactions lock identities in the same order."""
    return sorted(set(keys))
