"""The quick way must say what lib.phone says, for every country and every kind of number."""

import random

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from tradewind.lib import phone, phone_at_speed
from tradewind.lib.phone import PhoneError

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
FORMATS = (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164)
HINTS = (None, "DE", "US", "IT", "AE", "BR", "MX", "AR", "GB", "RU", "TH", "CN", "JP", "HK")


def slowly(text: str, hint: str | None) -> tuple[object, ...]:
    try:
        found = phone.normalise(text, hint)
    except PhoneError as error:
        return (error.code,)
    kind = phonenumbers.number_type(phonenumbers.parse(found, None))
    return (
        found,
        phone.country_of(found),
        phone.zone_of(found),
        kind == PhoneNumberType.FIXED_LINE,
        phone.is_assigned(found),
    )


def quickly(text: str, hint: str | None) -> tuple[object, ...]:
    try:
        return tuple(phone_at_speed.read(text, hint))
    except PhoneError as error:
        return (error.code,)


def variants(number: phonenumbers.PhoneNumber, draw: random.Random) -> list[str]:
    """How people and programs write it, and how they spoil it."""
    shown = [phonenumbers.format_number(number, form) for form in FORMATS]
    e164 = shown[-1]
    digits, code = e164[1:], str(number.country_code)
    spoilt = list(digits)
    spoilt[draw.randrange(len(spoilt))] = str(draw.randrange(10))
    return [
        *shown, digits, f"00{digits}", f"011{digits}", f"+{code} (0) {digits[len(code):]}", f"0{digits[len(code):]}",
        digits[len(code):], digits[:-1], digits + "7", "+" + "".join(spoilt), "".join(spoilt), f"({shown[0]})",
        f" {digits[:4]}-{digits[4:]}. ", f"+{digits[:-2]}", f"1{digits[len(code):]}", f"8{digits[len(code):]}",
    ]  # fmt: skip


@pytest.mark.parametrize("region", REGIONS)
def test_example_numbers_of_every_country_and_kind(region: str) -> None:
    draw = random.Random(region)
    kinds = list(range(11))
    examples = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
    for number in [each for each in examples if each is not None]:
        for text in variants(number, draw):
            for hint in (None, region, draw.choice(HINTS)):
                assert quickly(text, hint) == slowly(text, hint), (text, hint)


@settings(max_examples=1500, deadline=None)
@given(
    st.text("0123456789", min_size=0, max_size=17),
    st.sampled_from(("", "+", "00", "0", "(", "+(", " +", "-+", "+0")),
    st.sampled_from(REGIONS) | st.sampled_from(HINTS),
)
def test_any_digits_after_any_beginning(digits: str, start: str, hint: str | None) -> None:
    text = start + digits
    assert quickly(text, hint) == slowly(text, hint)


@settings(max_examples=1500, deadline=None)
@given(st.text("0123456789+ -./()\xa0", max_size=24), st.sampled_from(REGIONS) | st.none())
def test_any_separators(text: str, hint: str | None) -> None:
    assert quickly(text, hint) == slowly(text, hint)


@pytest.mark.parametrize("hint", [None, "DE", "US", "IT", "BR", "GB", "AR", "RU"])
def test_what_is_remembered_holds_for_every_number_that_begins_so(hint: str | None) -> None:
    """The same few beginnings with other digits behind them: nearly all answers come from the memory."""
    draw = random.Random(str(hint))
    starts = ["+49151", "+4940", "+39347", "+3902", "+1212", "+1809", "+5511", "+549", "+7903", "+7727", "+4475", "+44",
              "0151", "4915", "347", "212", "11", "9", "8903", "07", "+971", "971"]  # fmt: skip
    for start in starts:
        for size in range(6, 15):
            for _ in range(25):
                text = start + "".join(draw.choice("0123456789") for _ in range(max(size - len(start), 1)))
                assert quickly(text, hint) == slowly(text, hint), (text, hint)


@pytest.mark.parametrize(
    "text", ["4,91512E+12", "tel:+49 151 28407716", "٠١٥١٢٨٤٠٧٧١٦", "+49 151 28407716 ext 4", "x" * 99, ""]
)
def test_what_is_unusual_is_left_to_the_slow_way(text: str) -> None:
    assert quickly(text, "DE") == slowly(text, "DE")
