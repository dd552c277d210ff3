"""Rate cards as files: Meta's shape, a list, and what is refused in words."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewind.campaigns.rates import example
from tradewind.campaigns.rates.markets import country_of, market_named, region_of
from tradewind.campaigns.rates.sheet import Price, SheetError, micros_of, read, text_of

HEAD = "Market,Currency,Marketing,Utility\n"


def test_metas_own_shape_with_lines_before_the_head() -> None:
    sheet = read(
        "WhatsApp rate card\nEffective 1 Oct 2026\n\n" + HEAD + "Germany,EUR,0.1131,n/a\nRest of Africa,EUR,1,0\n"
    )
    assert sheet.currency == "EUR" and sheet.refusals == []
    assert sheet.prices == [
        Price("DE", "marketing", 113_100), Price("Rest of Africa", "marketing", 1_000_000),
        Price("Rest of Africa", "utility", 0),
    ]  # fmt: skip


def test_a_list_with_volume_tiers() -> None:
    text = "country;category;price;currency;volume from\nIN;utility;0,115;INR;1\nIN;utility;0,1;INR;250.001\n"
    assert read(text).prices == [Price("IN", "utility", 115_000, 0), Price("IN", "utility", 100_000, 250_000)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Atlantis,EUR,0.1,0.1", "“Atlantis” is no market that we know"),
        ("Germany,XXX,0.1,0.1", "“XXX” is no currency"),
        ("Germany,EUR,ten,0.1", "“ten” is no price"),
        ("Germany,EUR,-0.1,0.1", "“-0.1” is no price"),
        ("Germany,EUR,113.1,0.1", "cannot be right. Look at the decimal point"),
        ("Germany,EUR,0.12345678,0.1", "more than six decimals"),
        ("Germany,EUR,n/a,-", "The line has no price"),
        ("Germany,EUR,nan,1", "“nan” is no price"),
        ("=cmd|' /C calc'!A0,EUR,0.1,0.1", "is no market that we know"),
        ("Italy,EUR,0.2,0.2", "has a price in a line above"),
        ("Germany,USD,0.2,0.2", "A card has one currency"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_in_words(line: str, why: str) -> None:
    sheet = read(HEAD + "Italy,EUR,0.1,0.1\n" + line + "\n")
    assert len(sheet.prices) == 2
    (refusal,) = sheet.refusals
    assert refusal.line == 3 and why in refusal.why


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "columns were not found"), (b"a,b\n1,2\n", "were not found"), (b"Market,Currency\nDE,EUR\n", "columns"),
        (HEAD.encode(), "no price in this file"), (b"\x89PNG\x00\x00\xff", "no text"),
        (b"x" * 600_000, "larger than 512 KB"),
        ((HEAD + "Germany,EUR,0.1,0.1\n" * 4_000).encode(), "more than 3000"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_card_is_refused_in_words(raw: bytes, why: str) -> None:
    with pytest.raises(SheetError, match=why):
        read(text_of(raw))


def test_encodings_of_spreadsheets() -> None:
    text = HEAD + "Türkiye,EUR,0.1,0.2\n"
    for raw in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16")):
        assert read(text_of(raw)).prices[0].market == "TR"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 9_999_999))
def test_money_is_exact_to_the_millionth(micros: int) -> None:
    assert micros_of(f"{micros // 1_000_000}.{micros % 1_000_000:06}", "EUR") == micros


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        read(HEAD + text)
    except SheetError as problem:
        assert str(problem)


def test_countries_and_regions() -> None:
    phones = {"+4915112345678": "DE", "+18765551234": "JM", "+14165551234": "CA", "+12125551234": "US",
              "+77011234567": "KZ", "+79161234567": "RU", "+971501234567": "AE", "+9779812345678": "NP",
              "+390612345678": "IT", "": "", "+8831234": ""}  # fmt: skip
    assert {phone: country_of(phone) for phone in phones} == phones
    assert market_named(" rest of central and eastern europe ") == "Rest of Central & Eastern Europe"
    assert (region_of("AT"), region_of("KE"), region_of("XK")) == ("Rest of Western Europe", "Rest of Africa", "Other")


def test_the_example_is_whole() -> None:
    sheet = read(example.FILE.read_text())
    assert sheet.refusals == [] and len({price.market for price in sheet.prices}) == 27
