"""What tells one person apart in what is kept as it came: raw webhooks, uploaded lists, refused rows."""

import re
from base64 import b64encode
from dataclasses import asdict, dataclass, field
from typing import Any

from tradewind.contacts.keys import spellings
from tradewind.contacts.models import Contact

# Fewer digits than a subscriber's number has would take others' rows along.
FEWEST_DIGITS = 7
# The end of a number that is the same however it is written: without country code, without the zero before it.
OWN_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Needles:
    """`phones`: E.164 in all spellings; `user_ids`: Meta's; `user_names` without @; `name` as it stood."""

    phones: list[str] = field(default_factory=list)
    user_ids: list[str] = field(default_factory=list)
    user_names: list[str] = field(default_factory=list)
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def in_bodies(self) -> list[str]:
        """What stands in a webhook of theirs, and in the ids of their messages: Meta writes the number into those."""
        digits = [phone.lstrip("+") for phone in self.phones]
        return [*digits, *self.user_ids, *filter(None, map(in_message_ids, digits))]

    @property
    def ends(self) -> list[str]:
        """The ends of the numbers, as they stand in lists that people wrote."""
        return sorted({own for phone in self.phones if len(own := phone.lstrip("+")[-OWN_DIGITS:]) >= FEWEST_DIGITS})


def of(contact: Contact) -> Needles:
    """All identities that the contact has or had."""
    found: dict[str, list[str]] = {"phone": [], "bsuid": [], "username": []}
    for kind, value in contact.identities.order_by("pk").values_list("kind", "value"):
        found[kind].append(value)
    phones = sorted({spelling for phone in found["phone"] for spelling in spellings(phone)})
    return Needles(phones, sorted(set(found["bsuid"])), sorted(set(found["username"])), contact.name)


def in_message_ids(digits: str) -> str:
    """The part of the number that reads the same in each of Meta's message ids: three digits are four letters."""
    whole = len(digits) // 3 * 3
    return b64encode(digits[:whole].encode()).decode() if whole >= FEWEST_DIGITS else ""


def pattern(needles: list[str]) -> re.Pattern[str]:
    """Finds any of them; a number only as a whole one, not as a part of a longer one. Nothing for no needles."""
    parts = [rf"(?<!\d){re.escape(each)}(?!\d)" if each.isdigit() else re.escape(each) for each in needles]
    return re.compile("|".join(parts) if parts else r"(?!)")
