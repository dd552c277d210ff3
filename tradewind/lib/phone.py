"""Phone numbers: from whatever people write to one form, E.164 with a plus, and what a number tells of its owner.

A number is taken when its length fits its country, even when its prefix is not assigned in the library's tables: new
ranges appear every month, and Meta is the judge of who is on WhatsApp.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult
from phonenumbers.timezone import time_zones_for_number

from tradewind.lib.zones import main_zone_of_country, zones_of_country

LONGEST_INPUT = 80

# What people paste before a number.
_PREFIXES = re.compile(r"^\s*(?:tel:|whatsapp:|(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=))\s*", re.I)
_PLUS = re.compile(r"^[\s(]*[+＋]")
_LETTERS = re.compile(r"[^\W\d_]")


def _(sentence: str) -> str:
    return sentence  # marks a sentence for the catalogues; whoever shows it translates it


SENTENCES = {
    "empty": _("There is no number."),
    "letters": _("A phone number has no letters."),
    "extension": _("Numbers with an extension cannot be on WhatsApp."),
    "no_country": _("The number needs its country code, such as +49."),
    "unknown_country": _("No country has this country code."),
    "too_short": _("The number is too short for its country."),
    "too_long": _("The number is too long."),
    "impossible": _("This is not a possible phone number."),
}
_OF_PARSING = {
    NumberParseException.INVALID_COUNTRY_CODE: "unknown_country",
    NumberParseException.NOT_A_NUMBER: "impossible",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too_short",
    NumberParseException.TOO_SHORT_NSN: "too_short",
    NumberParseException.TOO_LONG: "too_long",
}
_OF_LENGTH = {
    ValidationResult.INVALID_COUNTRY_CODE: "unknown_country",
    ValidationResult.TOO_SHORT: "too_short",
    ValidationResult.TOO_LONG: "too_long",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too_short",
    ValidationResult.INVALID_LENGTH: "impossible",
}


class PhoneError(ValueError):
    """A text is no phone number; `code` is a key of SENTENCES, and the message is its sentence in English."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Region:
    """A country or territory with phone numbers of its own."""

    code: str  # ISO 3166-1, two letters
    calling_code: int


@lru_cache(maxsize=65_536)
def normalise(text: str, country_hint: str | None = None) -> str:
    """The number as E.164 with a plus. Raises `PhoneError`.

    A number without a plus is read as one of `country_hint` (two letters), or as an international one if that fits
    better. Digits of any script, brackets, `00`, `tel:` and links to a chat are understood.
    """
    cleaned = _clean(text)
    if _PLUS.match(cleaned):
        return _format(_parse(cleaned, None))
    if not country_hint and not cleaned.startswith("00") and cleaned.startswith("0"):
        raise PhoneError("no_country")
    if not country_hint:
        return _format(_parse(f"+{cleaned.removeprefix('00')}", None))
    return _format(_closest(cleaned, country_hint.upper()))


def country_of(phone: str) -> str | None:
    """The country of an E.164 number, two letters; None for satellite and other numbers of no country."""
    return _facts(phone).region


def zone_of(phone: str) -> str | None:
    """The one time zone that most likely is the owner's, by country and prefix; None when nothing is known."""
    return _facts(phone).zone


def timezones_of(phone: str) -> tuple[str, ...]:
    """All time zones that the number's prefix allows, the most likely first."""
    facts = _facts(phone)
    return tuple(sorted(facts.zones, key=lambda zone: zone != facts.zone))


def is_assigned(phone: str) -> bool:
    """Whether the number lies in a range that its country is known to have given out."""
    try:
        return bool(phonenumbers.is_valid_number(_read(phone)))
    except NumberParseException:
        return False


def in_words(phone: str) -> str:
    """An E.164 number as its owner would write it abroad: `+49 1511 2345678`. Other texts come back unchanged."""
    try:
        return str(phonenumbers.format_number(_read(phone), phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    except NumberParseException:
        return phone


@lru_cache(maxsize=1)
def regions() -> tuple[Region, ...]:
    """Every country with its calling code, by country code."""
    codes = sorted(phonenumbers.SUPPORTED_REGIONS)
    return tuple(Region(code, phonenumbers.country_code_for_region(code)) for code in codes)


@dataclass(frozen=True, slots=True)
class _Facts:
    region: str | None
    zone: str | None
    zones: tuple[str, ...]


@lru_cache(maxsize=65_536)
def _facts(phone: str) -> _Facts:
    try:
        number = _read(phone)
    except NumberParseException:
        return _Facts(None, None, ())
    region = _region(number)
    if region is None:
        return _Facts(None, None, ())
    # The library's table gives +7 sixteen zones from Bucharest to Anadyr: only those of the number's country count.
    zones = tuple(zone for zone in time_zones_for_number(number) if zone in zones_of_country(region))
    return _Facts(region, _likeliest(zones, region), zones)


def _likeliest(zones: tuple[str, ...], region: str) -> str | None:
    """Mobile numbers of large countries have no place: then the zone where most of the country lives."""
    main = main_zone_of_country(region)
    return main if main in zones or not zones else zones[0]


def _region(number: PhoneNumber) -> str | None:
    """The country, also of numbers in ranges that are not assigned; satellites and other services have none."""
    found = phonenumbers.region_code_for_number(number)
    found = found or phonenumbers.region_code_for_country_code(number.country_code or 0)
    return None if found in ("001", "ZZ") else found


def _read(phone: str) -> PhoneNumber:
    return phonenumbers.parse(phone if phone.startswith("+") else f"+{phone}", None)


def _clean(text: str) -> str:
    cleaned = _PREFIXES.sub("", text).strip()
    if not cleaned:
        raise PhoneError("empty")
    if len(cleaned) > LONGEST_INPUT:
        raise PhoneError("too_long")
    if re.search(r"(?:;ext=|ext\.?|[x#~])\s*\d+\s*$", cleaned, re.IGNORECASE):
        raise PhoneError("extension")
    if _LETTERS.search(cleaned):
        raise PhoneError("letters")
    return cleaned


def _parse(text: str, country: str | None) -> PhoneNumber:
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException as error:
        raise PhoneError(_OF_PARSING.get(error.error_type, "impossible")) from None
    number = _without_mexican_1(number)
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != ValidationResult.IS_POSSIBLE:
        raise PhoneError(_OF_LENGTH.get(length, "impossible"))
    return number


def _without_mexican_1(number: PhoneNumber) -> PhoneNumber:
    """Mexico dropped the 1 after its country code in 2019, but Meta's wa_id may still carry it (521…)."""
    national = str(number.national_number)
    if number.country_code == 52 and len(national) == 11 and national.startswith("1"):
        return PhoneNumber(country_code=52, national_number=int(national[1:]))
    return number


def _closest(text: str, country: str) -> PhoneNumber:
    """A number without a plus may be national or international: a mobile one wins, then an assigned, then national."""
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise PhoneError("unknown_country")
    readings = [_attempt(text, country), _attempt(f"+{text}", None)]
    numbers = [number for number in readings if isinstance(number, PhoneNumber)]
    for fits in (_is_mobile, phonenumbers.is_valid_number):
        for number in numbers:
            if fits(number):
                return number
    if isinstance(readings[0], PhoneError):
        raise readings[0]
    return readings[0]


def _attempt(text: str, country: str | None) -> PhoneNumber | PhoneError:
    try:
        return _parse(text, country)
    except PhoneError as error:
        return error


def _is_mobile(number: PhoneNumber) -> bool:
    return phonenumbers.number_type(number) in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def _format(number: PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
