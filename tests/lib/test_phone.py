"""Phone numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.lib import phone

BERLIN = "+4915112345678"


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("+49 (0)151 12345678", None, BERLIN),
        ("  +49-151-123 456 78 ", None, BERLIN),
        ("＋49 151 12345678", None, BERLIN),
        ("0151 12345678", "DE", BERLIN),
        ("0151 12345678", "de", BERLIN),
        ("0049 151 12345678", None, BERLIN),
        ("0049 151 12345678", "IT", BERLIN),
        ("4915112345678", None, BERLIN),
        ("4915112345678", "DE", BERLIN),
        ("4915112345678", "IT", BERLIN),
        ("393331234567", "DE", "+393331234567"),
        ("333 123 4567", "IT", "+393331234567"),
        ("٠١٠٠١٢٣٤٥٦٧", "EG", "+201001234567"),
        ("tel:+4915112345678", None, BERLIN),
        ("whatsapp:+4915112345678", None, BERLIN),
        ("https://wa.me/4915112345678", None, BERLIN),
        ("5215512345678", None, "+525512345678"),
        ("+1 (555) 000-1111", None, "+15550001111"),
        ("+66 81 234 5678", None, "+66812345678"),
    ],
)
def test_every_way_to_write_a_number(text, country, expected):
    assert phone.normalise(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("", None, "empty"),
        (" \u00a0\t", None, "empty"),
        ("call me", None, "letters"),
        ("=1+1|A0", None, "letters"),
        ("+49 151 12345678 ext 5", None, "extension"),
        ("0151 12345678", None, "no_country"),
        ("+999 123456789", None, "unknown_country"),
        ("151 12345678", "XX", "unknown_country"),
        ("+1 555 0100", None, "too_short"),
        ("12", "DE", "too_short"),
        ("1" * 60, "DE", "too_long"),
        ("1" * 81, None, "too_long"),
        ("+", None, "impossible"),
        ("---", "DE", "impossible"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(text, country, code):
    with pytest.raises(phone.PhoneError) as refused:
        phone.normalise(text, country)
    assert refused.value.code == code
    assert str(refused.value) == phone.SENTENCES[code]


@given(st.text(max_size=100), st.sampled_from([None, "DE", "US", "SA", "zz", ""]))
def test_any_text_is_a_number_or_refused(text, country):
    try:
        found = phone.normalise(text, country)
    except phone.PhoneError:
        return
    assert found[0] == "+"
    assert found[1:].isascii()
    assert found[1:].isdecimal()
    assert 7 <= len(found) <= 16
    assert phone.normalise(found) == found


@pytest.mark.parametrize(
    ("number", "country", "zone"),
    [
        (BERLIN, "DE", "Europe/Berlin"),
        ("+12125551234", "US", "America/New_York"),
        ("+13105551234", "US", "America/Los_Angeles"),
        ("+14165551234", "CA", "America/Toronto"),
        ("+61412345678", "AU", "Australia/Sydney"),
        ("+79161234567", "RU", "Europe/Moscow"),
        ("+77011234567", "KZ", "Asia/Almaty"),
        ("+34922123456", "ES", "Atlantic/Canary"),
        ("+34612345678", "ES", "Europe/Madrid"),
        ("+970591234567", "PS", "Asia/Gaza"),
        ("+919812345678", "IN", "Asia/Kolkata"),
        ("+15550001111", "US", "America/New_York"),
        ("+881612345678", None, None),
        ("nonsense", None, None),
    ],
)
def test_a_number_tells_country_and_zone(number, country, zone):
    assert phone.country_of(number) == country
    assert phone.zone_of(number) == zone


def test_all_zones_of_a_prefix_begin_with_the_likeliest():
    zones = phone.timezones_of("+61412345678")
    assert zones[0] == "Australia/Sydney"
    assert "Australia/Perth" in zones


def test_every_region_has_a_calling_code_and_a_zone():
    from tradewind.lib.zones import main_zone_of_country

    regions = phone.regions()
    assert len(regions) > 240
    assert phone.Region("DE", 49) in regions
    # Ascension and Tristan da Cunha are the only places with numbers that the tz database does not list.
    assert [region.code for region in regions if main_zone_of_country(region.code) is None] == ["AC", "TA", "XK"]


def test_words():
    assert phone.in_words(BERLIN) == "+49 1511 2345678"
    assert phone.in_words("nonsense") == "nonsense"
    assert phone.is_assigned(BERLIN)
    assert not phone.is_assigned("+15550001111")
