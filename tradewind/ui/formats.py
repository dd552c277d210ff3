"""Figures in the reader's language: numbers, rates, money, phones.

Rules of the house: digits are Western in every language, rates have one decimal and a thin space and are shown only
above a base of 100, minus is −, money bears its sign in front and two decimals, phones are international and grouped.
"""

from collections.abc import Iterable
from decimal import Decimal

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_symbol
from django.utils.translation import get_language_bidi

from tradewind.lib import phone as phones
from tradewind.workspaces.locales import reader_locale

THIN = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
ISOLATE, END_ISOLATE = "\N{LEFT-TO-RIGHT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
NONE = "–"
SMALLEST_BASE = 100  # a share of fewer than that many is noise

Figure = int | float | Decimal


def number(value: Figure, pattern: str = "#,##0.###") -> str:
    """41208 → 41,208 or 41.208; a negative one begins with −."""
    text = str(format_decimal(_size(value), format=pattern, locale=reader_locale(), numbering_system="latn"))
    return left_to_right(f"{MINUS}{text}") if value < 0 else text


def signed(value: Figure) -> str:
    """+4, −316, 0: for what was added or lost."""
    return left_to_right(f"+{number(value)}") if value > 0 else number(value)


def short(value: int) -> str:
    """8300 → 8.3k, for axes and narrow columns."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if abs(value) >= size:
            return f"{number(round(value / size, 1), '#,##0.#')}{letter}"
    return number(value)


def percent(value: Figure, decimals: int = 1) -> str:
    """95.2 → 95.2 %, with a thin space that does not break."""
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return left_to_right(f"{number(value, pattern)}{THIN}%")


def rate(part: Figure, whole: Figure, decimals: int = 1) -> str:
    """The share of `part` in `whole`, or – when the base is too small to mean anything."""
    return percent(100 * float(part) / float(whole), decimals) if whole >= SMALLEST_BASE else NONE


def money(amount: Figure, currency: str) -> str:
    """3210.4, EUR → € 3,210.40. The sign stands in front in every language, so that columns align."""
    symbol = get_currency_symbol(currency, locale=Locale.parse("en"))
    text = number(_size(amount), "#,##0.00")
    return left_to_right(f"{MINUS if amount < 0 else ''}{symbol}{NO_BREAK}{text}")


def phone(text: str) -> str:
    """+4915128407716 → +49 1512 8407716. What is no phone number comes back as it is."""
    return phones.in_words(text if text.startswith("+") or not text.isdigit() else f"+{text}")


def listed(names: Iterable[object]) -> str:
    """ "March, June and September", as the language joins them."""
    return format_list([str(name) for name in names], locale=reader_locale())


def left_to_right(text: str) -> str:
    """Keeps a figure with its sign in order inside right-to-left sentences: isolated, and untouched elsewhere."""
    return f"{ISOLATE}{text}{END_ISOLATE}" if get_language_bidi() else text


def _size(value: Figure) -> Figure:
    return -value if value < 0 else value
