"""One outside event as it was given, read and checked: every refusal names the field and says why in a sentence."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, NamedTuple, NoReturn

import orjson
from django.utils.translation import gettext as _

from tradewind.contacts import money
from tradewind.contacts.facts import names

# The four words with a meaning of their own; everything else given is data.
FIELDS = frozenset({"contact", "event", "at", "id"})
MOST_AMOUNT = 1_000_000_000_000  # a thousand billions, in any currency: more is a mistake
MOST_DATA_BYTES = 16_384
LONGEST_ID = 200
LONGEST_CONTACT = 160
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# How far a shop's clock may be ahead of ours.
AHEAD = timedelta(hours=24)
_DECIMAL = re.compile(r"\d{1,15}(?:\.\d{1,9})?")


class FactError(ValueError):
    """The event is refused; the message is a sentence for people, `field` says where, `code` why (uploads.words)."""

    def __init__(self, field: str, code: str, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.field, self.code, self.detail = field, code, detail


class Fact(NamedTuple):
    """An event that can be recorded. `contact` is as it was given; `id` is "" when it was told without one."""

    contact: str
    kind: str
    at: datetime
    id: str
    data: dict[str, Any]
    is_timed: bool  # `at` was given


def read(given: Any, *, now: datetime, needs_time: bool = False) -> Fact:
    """The event in {"contact", "event", "at", "id", "amount", "currency", …}. Raises FactError.

    `needs_time`: an event without `at` is refused rather than taken as of now.
    """
    if not isinstance(given, Mapping):
        raise FactError("", "not_an_event", _("An event is an object such as {…}, with contact and event in it."))
    kind = kind_of(given.get("event"))
    contact = contact_of(given.get("contact"))
    said = given.get("at")
    is_timed = said is not None and said != ""
    if needs_time and not is_timed:
        raise FactError("at", "no_time", _("The time (at) is missing."))
    at = moment_of(said, now) if is_timed else now
    return Fact(contact, kind, at, id_of(given.get("id")), data_of(given), is_timed)


def kind_of(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise FactError("event", "no_event", _("The name of the event is missing, such as order.placed."))
    if not names.is_name(name):
        refuse_name(name)
    if not names.is_outside(name):
        sentence = _("Names that begin with %(word)s are Tradewind's own.") % {"word": name.partition(".")[0]}
        raise FactError("event", "own_event", sentence, detail=name[:60])
    return name


def refuse_name(name: str) -> NoReturn:
    near = names.suggestion(name)
    sentence = _("%(name)s is no name of an event: small letters and digits with dots between.") % {"name": name[:60]}
    sentence = f"{sentence} {_('Perhaps %(name)s?') % {'name': near}}" if near else sentence
    raise FactError("event", "bad_event", sentence, detail=name[:60])


def contact_of(text: Any) -> str:
    if not isinstance(text, str) or not text.strip():
        raise FactError(
            "contact", "no_contact", _("The contact is missing: a phone number such as +49 151 2840 7716, or an id.")
        )
    if len(text) > LONGEST_CONTACT or "\x00" in text:
        raise FactError("contact", "bad_contact", _("This is no contact: a phone number or an id is shorter."))
    return text.strip()


def id_of(value: Any) -> str:
    """The teller's own id of the event; numbers are ids too."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > LONGEST_ID:
        raise FactError(
            "id", "bad_id", _("The id is a text or a whole number of up to %(most)s letters.") % {"most": LONGEST_ID}
        )
    return str(value)


def moment_of(said: Any, now: datetime) -> datetime:
    """A time with its zone, in UTC, in years that a business can mean and not in the future."""
    if not isinstance(said, str) or len(said) > 40:
        raise FactError("at", "bad_time", _("The time is written like 2026-03-02T12:00:00+01:00."))
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise FactError("at", "bad_time", _("The time is written like 2026-03-02T12:00:00+01:00.")) from None
    if found.tzinfo is None:
        raise FactError("at", "no_zone", _("The time needs its zone, such as +01:00 or Z at the end."))
    try:
        found = found.astimezone(UTC)
    except OverflowError:
        raise FactError("at", "bad_time", _("The time lies too far away.")) from None
    if found < EARLIEST:
        raise FactError("at", "before_2000", _("The time lies before the year 2000."))
    if found > now + AHEAD:
        raise FactError("at", "in_the_future", _("The time lies in the future."))
    return found


def data_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Everything else, with amount and currency checked; what JSON and PostgreSQL cannot keep is refused."""
    data = {key: value for key, value in given.items() if key not in FIELDS and value is not None and value != ""}
    if "amount" in data:
        data["amount"] = amount_of(data["amount"])
    if "currency" in data:
        data["currency"] = currency_of(data["currency"])
    try:
        size = len(packed := orjson.dumps(data))
    except TypeError as error:
        raise FactError("", "not_an_event", _("This cannot be kept: %(problem)s.") % {"problem": error}) from None
    if size > MOST_DATA_BYTES:
        raise FactError("", "too_large", _("An event holds at most %(most)s KB.") % {"most": MOST_DATA_BYTES // 1024})
    if b"\\u0000" in packed:
        raise FactError("", "nul", _("A text in it holds a NUL character, which no text may have."))
    return data


def amount_of(value: Any) -> float | int:
    """An amount in major units (12.50 euros), never below zero: what goes back is an event of its own."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FactError("amount", "bad_amount", _("The amount is a number such as 120.5."))
    if isinstance(value, float) and not isfinite(value):
        raise FactError("amount", "bad_amount", _("The amount is a number such as 120.5."))
    if value < 0:
        raise FactError(
            "amount", "below_zero", _("The amount is below zero. Money that went back is an event like order.refunded.")
        )
    if value > MOST_AMOUNT:
        raise FactError("amount", "amount_too_large", _("The amount is too large to be true."))
    return value


def currency_of(value: Any) -> str:
    code = value.strip().upper() if isinstance(value, str) else ""
    if code not in money.currencies():
        said = str(value)[:20]
        sentence = _("%(code)s is no currency: three letters such as EUR.") % {"code": said}
        raise FactError("currency", "bad_currency", sentence, detail=said)
    return code
