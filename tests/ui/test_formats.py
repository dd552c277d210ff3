"""Figures as the design says them, in every language."""

from decimal import Decimal

import pytest
from django.utils import translation

from tests.ui.said import said
from tradewind.ui import formats
from tradewind.ui.templatetags import ui_tags

THIN, HARD = "\u202f", "\xa0"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "41,208"), ("de", "41.208"), ("it", "41.208"), ("ar", "41,208"), ("xx", "41,208")],
)
def test_numbers_by_the_readers_locale_with_western_digits(language: str, said: str) -> None:
    with translation.override(language):
        assert formats.number(41208) == said


@pytest.mark.parametrize(("language", "said"), [("en", "a, b and c"), ("de", "a, b und c"), ("it", "a, b e c")])
def test_lists_are_joined_as_the_language_does_it(language: str, said: str) -> None:
    with translation.override(language):
        assert ui_tags.listed(["a", "b", "c"]) == said


def test_minus_is_a_minus() -> None:
    assert formats.number(-6112) == "−6,112"
    assert ui_tags.minus(6112) == "−6,112"
    assert ui_tags.minus(0) == "0"
    assert formats.signed(4) == "+4"
    assert formats.signed(-316) == "−316"
    assert formats.signed(0) == "0"


def test_rates_have_one_decimal_and_need_a_base() -> None:
    assert formats.rate(952, 1000) == f"95.2{THIN}%"
    assert formats.rate(100, 100) == f"100.0{THIN}%"
    assert formats.rate(99, 99) == "–"
    assert formats.rate(0, 0) == "–"
    assert ui_tags.rate(None, 500) == "–"
    with translation.override("de"):
        assert formats.rate(952, 1000) == f"95,2{THIN}%"


def test_money_bears_its_sign_in_front() -> None:
    assert formats.money(Decimal("3210.4"), "EUR") == f"€{HARD}3,210.40"
    assert formats.money(-0.5, "USD") == f"−${HARD}0.50"
    assert formats.money(5, "AED") == f"AED{HARD}5.00"
    with translation.override("it"):
        assert formats.money(Decimal("3210.4"), "EUR") == f"€{HARD}3.210,40"


def test_figures_with_signs_keep_their_order_in_arabic() -> None:
    with translation.override("ar"):
        assert formats.rate(952, 1000) == f"\u206695.2{THIN}%\u2069"
        assert formats.number(-6) == "\u2066−6\u2069"
        assert formats.number(6) == "6"


@pytest.mark.parametrize(("value", "said"), [(999, "999"), (8300, "8.3k"), (1_000_000, "1M"), (-14800, "−14.8k")])
def test_short_numbers(value: int, said: str) -> None:
    assert formats.short(value) == said


def test_phones_are_grouped_and_left_to_right() -> None:
    assert ui_tags.phone("+390280884410") == '<span class="ltr">+39 02 8088 4410</span>'
    assert ui_tags.phone("971504182296") == '<span class="ltr">+971 50 418 2296</span>'
    assert ui_tags.phone("<b>") == '<span class="ltr">&lt;b&gt;</span>'
    assert ui_tags.phone("") == "–"


def test_lengths_have_a_point_in_every_language() -> None:
    with translation.override("de"):
        page = said('<c-bar percent="{{ 1|share:3 }}" /><c-fall :x="x" :w="1.5" />', x=12.5)
        assert 'x="12.5%"' in page
        assert "33.33" in page
        assert "33,33" not in page
