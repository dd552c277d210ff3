"""The work of lib.phone for imports: a fiftieth of the time, and the same answers to the letter.

The rules are read from the same tables of `phonenumbers`, compiled once per calling code. While an answer is worked out
it is noted how many digits at the end were looked at by none of the rules: the answer then holds for every number of
that length with the same beginning, and the next such number costs two look-ups. Only texts of digits, blanks and the
usual separators take this way; whatever is unusual (letters, other digits, prefixes that rewrite the number) goes to
`lib.phone`. tests/lib/test_phone_at_speed.py holds both ways against each other over all countries.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberType

from tradewind.lib import phone as slowly
from tradewind.lib.phone import PhoneError
from tradewind.lib.phone_rules import Found, Rules, Unusual, rules_of_code, rules_of_region, watch
from tradewind.lib.zones import main_zone_of_country, zones_of_country

LONGEST = 40
SHORTEST_DIGITS = 4
MEXICO = 52
NO_COUNTRY = ("001", "ZZ")
_DROP = dict.fromkeys(map(ord, " -./()\xa0"))
_LONGEST_NATIONAL, _SHORTEST_NATIONAL = 17, 2
# A national prefix is not cut off when what is left has one of these lengths.
_KEEPS_PREFIX = ("too_short", "impossible")


class Reading(NamedTuple):
    """What a number tells: E.164, its country (two letters or None), the likely zone, and whether it is a landline."""

    phone: str
    country: str | None
    zone: str | None
    is_landline: bool
    is_assigned: bool  # in a range that its country is known to have given out


class Facts(NamedTuple):
    """What a number tells of its owner, as in `Reading`."""

    country: str | None
    zone: str | None
    is_landline: bool
    is_assigned: bool


class _Answer(NamedTuple):
    """What is known for all numbers of one length with one beginning: `skip` digits give way to `head`."""

    problem: str
    skip: int
    head: str
    facts: Facts


def read(text: str, country_hint: str | None = None) -> Reading:
    """What lib.phone's `normalise`, `country_of` and `zone_of` say of this text. Raises `PhoneError`."""
    phone, known = told(text, country_hint)
    return Reading(phone, *known)


def told(text: str, country_hint: str | None = None) -> tuple[str, Facts]:
    """As `read`: the number, and what it tells."""
    try:
        if text[:1] == "+" and text.isascii() and SHORTEST_DIGITS < len(text) <= LONGEST and text[1:].isdigit():
            digits, hint = text[1:], ""  # as programs write them
        else:
            digits, hint = _digits_of(text, country_hint)
        answer = _remembered(digits, hint) or _work_out(digits, hint)
    except Unusual:
        known = facts(slowly.normalise(text, country_hint))
        return known.phone, _without_phone(known)
    if answer.problem:
        raise PhoneError(answer.problem)
    return answer.head + digits[answer.skip :], answer.facts


# (hint, length, beginning) → answer; and which lengths of beginnings are worth a try, by (hint, length, two digits).
_known: dict[tuple[str, int, str], _Answer] = {}
_beginnings: dict[tuple[str, int, str], tuple[int, ...]] = {}
_MOST_KNOWN = 500_000
_learning = threading.Lock()


def _remembered(digits: str, hint: str) -> _Answer | None:
    size = len(digits)
    for length in _beginnings.get((hint, size, digits[:2]), ()):
        answer = _known.get((hint, size, digits[:length]))
        if answer is not None:
            return answer
    return None


def _work_out(digits: str, hint: str) -> _Answer:
    """Follow the rules, and remember the answer for every number that they cannot tell from this one."""
    with _learning:
        watch.begin(len(digits))
        try:
            answer = _answer(digits, hint)
            length = len(digits) - watch.free
        finally:
            watch.end()
        if len(_known) > _MOST_KNOWN:
            _known.clear()
            _beginnings.clear()
        _known[hint, len(digits), digits[:length]] = answer
        key = (hint, len(digits), digits[:2])
        if length not in _beginnings.get(key, ()):
            _beginnings[key] = (*_beginnings.get(key, ()), length)
    return answer


def _answer(digits: str, hint: str) -> _Answer:
    try:
        found = _closest(digits, hint) if hint else _international(digits)
    except PhoneError as error:
        return _Answer(error.code, 0, "", Facts(None, None, False, False))
    known = facts(f"+{found.code}{found.national}")
    skip = len(digits) - len(found.national)
    return _Answer("", skip, f"+{found.code}", _without_phone(known))


def facts(phone: str) -> Reading:
    """What an E.164 number tells of its owner."""
    try:
        found = _international(phone[1:], checks_length=False)
    except (Unusual, PhoneError):
        kind = _slow_kind(phone)
        return _reading(phone, slowly.country_of(phone), slowly.zone_of(phone), kind)
    rules = rules_of_code(found.code)
    region = rules.region_of(found.national)
    kind = rules.kind_in(region, found.national)
    country = region or rules.regions[0]
    country = "" if country in NO_COUNTRY else country
    zone = _zone(country, rules.zones_of(kind, found)) if country else None
    return _reading(phone, country or None, zone, kind)


def _without_phone(known: Reading) -> Facts:
    return Facts(known.country, known.zone, known.is_landline, known.is_assigned)


def _reading(phone: str, country: str | None, zone: str | None, kind: int) -> Reading:
    is_landline, is_assigned = kind == PhoneNumberType.FIXED_LINE, kind != PhoneNumberType.UNKNOWN
    return Reading(phone, country, zone, is_landline, is_assigned)


def _slow_kind(phone: str) -> int:
    try:
        return int(phonenumbers.number_type(phonenumbers.parse(phone, None)))
    except phonenumbers.NumberParseException:
        return int(PhoneNumberType.UNKNOWN)


def _digits_of(text: str, country_hint: str | None) -> tuple[str, str]:
    """The digits of a usual text, and the hint by which to read them; "" when they follow a plus."""
    cleaned = text.strip()
    digits = cleaned.translate(_DROP)
    if len(cleaned) > LONGEST or not digits.isascii():
        raise Unusual
    if digits[:1] == "+":
        if cleaned[0] != "+" and cleaned.lstrip("( \xa0")[:1] != "+":
            raise Unusual
        return _enough(digits[1:]), ""
    if country_hint:
        return _enough(digits), country_hint.upper()
    if cleaned.startswith("00"):
        return _enough(digits[2:]), ""
    if not cleaned[:1].isdigit():
        raise Unusual
    if cleaned.startswith("0") and digits.isdigit() and len(digits) >= SHORTEST_DIGITS:
        raise PhoneError("no_country")
    return _enough(digits), ""


def _enough(digits: str) -> str:
    if not digits.isdigit() or len(digits) < SHORTEST_DIGITS:
        raise Unusual
    return digits


def _international(digits: str, *, checks_length: bool = True) -> Found:
    """Digits after a plus."""
    if len(digits) < SHORTEST_DIGITS:
        raise Unusual
    code = _calling_code(digits)
    if not code:
        raise PhoneError("unknown_country")
    rules = rules_of_code(code)
    return _finished(rules, digits[len(str(code)) :], checks_length=checks_length)


def _finished(rules: Rules, rest: str, *, checks_length: bool = True) -> Found:
    """The national part with its prefix cut off, if it has one, and held against the lengths of its country."""
    if len(rest) < _SHORTEST_NATIONAL:
        raise PhoneError("too_short")
    national = rules.without_prefix(rest)
    if national is not rest and rules.length_error(national) in _KEEPS_PREFIX:
        national = rest
    if len(national) > _LONGEST_NATIONAL:
        raise PhoneError("too_long")
    if rules.code == MEXICO:
        watch.see(len(national) - 1)
        if national[0] in "01":
            raise Unusual
    if checks_length and (problem := rules_of_code(rules.code).length_error(national)):
        raise PhoneError(problem)
    return Found(rules.code, national)


def _closest(digits: str, country: str) -> Found:
    """As lib.phone's: a mobile number wins, then an assigned one, then the national reading."""
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise PhoneError("unknown_country")
    at_home, abroad = _attempt(_in_country, digits, country), _attempt(_abroad, digits, country)
    if isinstance(abroad, PhoneError):
        if isinstance(at_home, PhoneError):
            raise at_home
        return at_home
    numbers = [each for each in (at_home, abroad) if isinstance(each, Found)]
    kinds = [_kind(each) for each in numbers]
    for number, kind in zip(numbers, kinds, strict=True):
        if kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE):
            return number
    for number, kind in zip(numbers, kinds, strict=True):
        if kind != PhoneNumberType.UNKNOWN:
            return number
    if isinstance(at_home, PhoneError):
        raise at_home
    return at_home


def _attempt(act: Callable[[str, str], Found], digits: str, country: str) -> Found | PhoneError:
    try:
        return act(digits, country)
    except PhoneError as error:
        return error


def _abroad(digits: str, country: str) -> Found:
    return _international(digits)


def _in_country(digits: str, country: str) -> Found:
    """Digits as somebody in this country dials them: with 00 before a calling code, with or without a trunk prefix."""
    rules = rules_of_region(country)
    dialled = rules.dials_abroad(digits)
    if dialled is not None:
        if len(dialled) < SHORTEST_DIGITS:
            raise Unusual
        return _international(dialled)
    own = str(rules.code)
    watch.see(len(digits) - len(own))
    if digits.startswith(own):
        rest = rules.without_prefix(digits[len(own) :])
        is_better = not rules.is_general(digits) and rules.is_general(rest)
        if is_better or rules.length_error(digits) == "too_long":
            # The calling code is taken off, and what follows is read by the rules of the code's main country.
            return _finished(rules_of_code(rules.code), rest)
    return _finished(rules, digits)


def _kind(number: Found) -> int:
    rules = rules_of_code(number.code)
    return rules.kind_in(rules.region_of(number.national), number.national)


def _calling_code(digits: str) -> int:
    """The calling code at the beginning; 0 when there is none."""
    watch.see(len(digits) - 3)
    if digits[0] == "0":
        return 0
    return next((int(digits[:size]) for size in (1, 2, 3) if int(digits[:size]) in COUNTRY_CODE_TO_REGION_CODE), 0)


@lru_cache(maxsize=8192)
def _zone(country: str, zones: tuple[str, ...]) -> str | None:
    here = [zone for zone in zones if zone in zones_of_country(country)]
    main = main_zone_of_country(country)
    return main if main in here or not here else here[0]
