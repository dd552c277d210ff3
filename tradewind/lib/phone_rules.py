"""The rules of phone numbers, read from the tables of `phonenumbers` and compiled once per calling code.

For lib.phone_at_speed: each rule tells `watch` how many digits at the end of a number it has not looked at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType, ValidationResult
from phonenumbers.timezone import (  # type: ignore[attr-defined]  # what its own look-up reads
    _UNKNOWN_TIME_ZONE_LIST,
    TIMEZONE_DATA,
    TIMEZONE_LONGEST_PREFIX,
    _country_level_time_zones_for_number,
)

from tradewind.lib.digit_pattern import DigitPattern

_LENGTH_ERRORS = {
    ValidationResult.TOO_SHORT: "too_short",
    ValidationResult.TOO_LONG: "too_long",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too_short",
    ValidationResult.INVALID_LENGTH: "impossible",
}


class Unusual(Exception):
    """Not for this way: lib.phone must look at it."""


class Found(NamedTuple):
    code: int
    national: str


class Watch:
    """How many digits at the end of a number no rule has looked at so far."""

    def __init__(self) -> None:
        self.is_on, self.free = False, 0

    def begin(self, free: int) -> None:
        self.is_on, self.free = True, free

    def end(self) -> None:
        self.is_on = False

    def see(self, free: int) -> None:
        self.free = min(self.free, max(free, 0))


# One for all threads: what another thread looks at meanwhile can only make an answer hold for fewer numbers.
watch = Watch()


Matcher = Callable[[str], bool]


class _Pattern(DigitPattern):
    """A pattern for whole national numbers that tells the watch how far it looks."""

    def __call__(self, text: str) -> bool:
        if watch.is_on:
            watch.see(self.free(text))
        return self.matches(text) is not None


class _Beginning:
    """A pattern for the beginning of a number."""

    def __init__(self, pattern: str) -> None:
        self._match = re.compile(pattern).match
        self._width = re._parser.parse(pattern).getwidth()[1]  # type: ignore[attr-defined]

    def __call__(self, text: str) -> Any:
        watch.see(len(text) - self._width)
        return self._match(text)


def _pattern(pattern: str | None) -> Matcher:
    return _Pattern(pattern) if pattern else _never


def _never(_national: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Kinds:
    """Which numbers of a region are of which kind, in the order in which the library asks."""

    general: Matcher
    general_lengths: frozenset[int]
    others: tuple[tuple[int, Matcher, frozenset[int]], ...]
    fixed: tuple[Matcher, frozenset[int]]
    mobile: tuple[Matcher, frozenset[int]]
    same_pattern: bool
    leading: _Beginning | None

    def of(self, national: str) -> int:
        size = len(national)
        if (self.general_lengths and size not in self.general_lengths) or not self.general(national):
            return int(PhoneNumberType.UNKNOWN)
        for kind, matches, lengths in self.others:
            if (not lengths or size in lengths) and matches(national):
                return kind
        is_mobile = _fits(self.mobile, national)
        if _fits(self.fixed, national):
            both = self.same_pattern or is_mobile
            return int(PhoneNumberType.FIXED_LINE_OR_MOBILE if both else PhoneNumberType.FIXED_LINE)
        is_mobile = is_mobile and not self.same_pattern
        return int(PhoneNumberType.MOBILE if is_mobile else PhoneNumberType.UNKNOWN)


def _fits(desc: tuple[Matcher, frozenset[int]], national: str) -> bool:
    matches, lengths = desc
    return (not lengths or len(national) in lengths) and bool(matches(national))


class Rules:
    """The rules of one region, or of a calling code's main region."""

    def __init__(self, metadata: Any) -> None:
        self.code: int = metadata.country_code
        self.regions: tuple[str, ...] = COUNTRY_CODE_TO_REGION_CODE[self.code]
        self.metadata = metadata
        self.is_general: Matcher = _pattern(metadata.general_desc.national_number_pattern)
        prefix = metadata.national_prefix_for_parsing
        self._prefix = _Beginning(prefix) if prefix else None
        # Most prefixes are plain digits: what does not begin with one of these needs no pattern.
        self._prefix_starts = _first_digits(prefix) if prefix else ""
        self._rewrites = bool(metadata.national_prefix_transform_rule)
        idd = metadata.international_prefix
        self._idd = _Beginning(idd) if idd else None
        self._lengths = {size: self._slow_length_error(size) for size in range(60)}
        self._kinds = {region: _kinds_of(self.code, region) for region in self.regions}
        # How many digits decide on the time zone.
        own = str(self.code)
        self._zone_digits = max((len(prefix) for prefix in TIMEZONE_DATA if prefix.startswith(own)), default=len(own))
        self._country_level = _country_level_time_zones_for_number(
            phonenumbers.PhoneNumber(country_code=self.code, national_number=1)
        )

    def without_prefix(self, number: str) -> str:
        """The number without the trunk prefix; the same object when there is none to take."""
        if self._prefix is None:
            return number
        watch.see(len(number) - 1)
        if number[:1] not in self._prefix_starts:
            return number
        match = self._prefix(number)
        if match is None:
            return number
        if self._rewrites and match.groups() and match.groups()[-1] is not None:
            raise Unusual
        bare = number[match.end() :]
        if not match.end() or (self.is_general(number) and not self.is_general(bare)):
            return number
        return bare

    def dials_abroad(self, digits: str) -> str | None:
        """What follows the prefix for calls abroad; None when the digits do not begin with it."""
        match = self._idd(digits) if self._idd else None
        watch.see(len(digits) - (match.end() if match else 0) - 1)
        if match is None or digits[match.end() : match.end() + 1] == "0":
            return None
        return digits[match.end() :]

    def length_error(self, national: str) -> str:
        return self._lengths[len(national)]

    def region_of(self, national: str) -> str | None:
        """The region among those that share the calling code; None when no region's rules fit."""
        if len(self.regions) == 1:
            return self.regions[0]
        for region, kinds in self._kinds.items():
            if kinds.leading is not None:
                if kinds.leading(national):
                    return region
            elif kinds.of(national) != PhoneNumberType.UNKNOWN:
                return region
        return None

    def kind_in(self, region: str | None, national: str) -> int:
        if region is None:
            return int(PhoneNumberType.UNKNOWN)
        return self._kinds[region].of(national)

    def zones_of(self, kind: int, found: Found) -> tuple[str, ...]:
        """All zones that the library's tables name for a number of that kind."""
        if kind == PhoneNumberType.UNKNOWN:
            return tuple(_UNKNOWN_TIME_ZONE_LIST)
        if not phonenumbers.is_number_type_geographical(kind, found.code):
            return tuple(self._country_level)
        digits = f"{found.code}{found.national}"
        watch.see(len(digits) - self._zone_digits)
        for size in range(min(TIMEZONE_LONGEST_PREFIX, len(digits)), 0, -1):
            if (zones := TIMEZONE_DATA.get(digits[:size])) is not None:
                return tuple(zones)
        return tuple(_UNKNOWN_TIME_ZONE_LIST)

    def _slow_length_error(self, size: int) -> str:
        """Lengths alone decide whether a number is possible; asked of the library once for each length."""
        found = phonenumbers.phonenumberutil._test_number_length("1" * size, self.metadata)
        return _LENGTH_ERRORS.get(found, "")


def _first_digits(pattern: str) -> str:
    """The digits with which something that the prefix pattern takes can begin; all of them when it may take nothing."""
    compiled = re.compile(pattern)
    if compiled.match(""):
        return "0123456789"
    try:
        tree = re._parser.parse(pattern)  # type: ignore[attr-defined]  # the standard library's own parser
    except (AttributeError, re.error):
        return "0123456789"
    op, value = tree[0]
    if str(op) == "LITERAL" and chr(value).isdigit():
        return chr(value)
    return "0123456789"


def _described(desc: Any) -> tuple[Matcher, frozenset[int]]:
    if desc is None:
        return _never, frozenset()
    return _pattern(desc.national_number_pattern), frozenset(desc.possible_length)


def _kinds_of(code: int, region: str) -> Kinds:
    of: Any = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    general, general_lengths = _described(of.general_desc)
    ordered = (
        (PhoneNumberType.PREMIUM_RATE, of.premium_rate),
        (PhoneNumberType.TOLL_FREE, of.toll_free),
        (PhoneNumberType.SHARED_COST, of.shared_cost),
        (PhoneNumberType.VOIP, of.voip),
        (PhoneNumberType.PERSONAL_NUMBER, of.personal_number),
        (PhoneNumberType.PAGER, of.pager),
        (PhoneNumberType.UAN, of.uan),
        (PhoneNumberType.VOICEMAIL, of.voicemail),
    )
    others = tuple((int(kind), *_described(desc)) for kind, desc in ordered)
    return Kinds(
        general,
        general_lengths,
        tuple(each for each in others if each[1] is not _never),
        _described(of.fixed_line),
        _described(of.mobile),
        bool(of.same_mobile_and_fixed_line_pattern),
        _Beginning(of.leading_digits) if of.leading_digits is not None else None,
    )


@lru_cache(maxsize=512)
def rules_of_code(code: int) -> Rules:
    main = phonenumbers.region_code_for_country_code(code)
    return Rules(PhoneMetadata.metadata_for_region_or_calling_code(code, main))


@lru_cache(maxsize=512)
def rules_of_region(region: str) -> Rules:
    code = phonenumbers.country_code_for_region(region)
    if phonenumbers.region_code_for_country_code(code) == region:
        return rules_of_code(code)
    return Rules(PhoneMetadata.metadata_for_region(region))
