"""From what a client writes in `to` to the wa_id that WhatsApp uses."""

import functools
import re

import phonenumbers

_ALLOWED = re.compile(r"\+?[0-9 ()\-.]+", re.ASCII)
_NOT_DIGITS = re.compile(r"[ ()\-.+]")
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


def digits_of(to: str, country_code: str) -> str | None:
    """The digits of `to`; the sender's country code is put in front when there is no `+`. None when it cannot be a
    number.

    Meta prepends only to what is not already an international number: digits that begin with the sender's own code
    and are
    valid with it stay as they are.
    """
    text = to.strip()
    if not _ALLOWED.fullmatch(text) or "+" in text[1:]:
        return None
    digits = _NOT_DIGITS.sub("", text)
    if not text.startswith("+"):
        digits = _prepended(digits, country_code)
    return digits if 7 <= len(digits) <= 15 and digits[0] != "0" else None


def wa_id_of(digits: str) -> str:
    """The wa_id of an international number: Brazil drops the ninth digit (area codes from 31), Mexico and Argentina
    add 1 and 9.
    """
    if digits.startswith("55") and len(digits) == 13 and digits[4] == "9" and digits[2:4] >= "31":
        return digits[:4] + digits[5:]
    if digits.startswith("52") and len(digits) == 12 and digits[2] != "1":
        return "521" + digits[2:]
    if digits.startswith("54") and len(digits) == 12 and digits[2] != "9":
        return "549" + digits[2:]
    return digits


@functools.lru_cache(maxsize=20_000)
def country_of_prefix(prefix: str) -> str:
    """The two-letter country of numbers that begin so (seven digits are enough to tell +1 countries apart), ZZ if
    unknown.
    """
    for length in (3, 2, 1):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(prefix[:length] or 0))
        if regions:
            return regions[0] if regions[0] != "US" else _north_america(prefix)
    return "ZZ"


def country_of(wa_id: str) -> str:
    """The two-letter country of a wa_id, ZZ if unknown."""
    return country_of_prefix(wa_id[:4])


def _north_america(prefix: str) -> str:
    for tail in ("2345678", "5550123", "9876543"):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(prefix[1:4].ljust(3, "2") + tail))
        region = phonenumbers.region_code_for_number(number)
        if region:
            return region
    return "US"


def _prepended(digits: str, country_code: str) -> str:
    already = digits.startswith(country_code) and phonenumbers.is_valid_number(phonenumbers.parse("+" + digits))
    return digits if already else country_code + digits
