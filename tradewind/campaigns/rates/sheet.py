"""Reads a rate card from CSV, in Meta's own shape or as a plain list; what cannot be used is refused in words.

Meta's shape: a line a market with the columns Market, Currency, Marketing, Utility, Authentication,
Authentication-International and Service; lines before that head (a title, a date) are passed over.
As a list: Market, Category, Price, Currency, and where there are volume tiers Volume from.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from tradewind.campaigns.rates.markets import market_named
from tradewind.campaigns.rates.models import CATEGORIES
from tradewind.contacts.money import currencies

MOST_BYTES = 512 * 1024
MOST_LINES = 3_000
MILLION = 1_000_000
HEAD_WITHIN = 15
"""Lines in which the head is looked for."""
DEAREST = Decimal(10)
"""Units of a currency like the euro; a price beyond it is a slip of the point. Some currencies have small units."""
SMALL_UNITS = 20_000
NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "none"})
# Our names of columns by how cards write them (folded).
COLUMNS = {
    "market": "market", "country": "market", "region": "market", "market / region": "market",
    "currency": "currency", "currency code": "currency",
    "category": "category", "message category": "category", "message type": "category",
    "price": "price", "rate": "price", "price per message": "price", "list rate": "price",
    "volume from": "from", "from": "from", "tier from": "from", "volume tier from": "from",
    **{category.replace("-", " "): category for category in CATEGORIES},
    "auth": "authentication", "auth international": "authentication-international",
}  # fmt: skip


class SheetError(ValueError):
    """The whole file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Price:
    """As a `Rate` keeps it."""

    market: str
    category: str
    micros: int
    volume_from: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line (counted from 1) that could not be used."""

    line: int
    text: str
    why: str


@dataclass(slots=True)
class Sheet:
    """What a file says. `prices` have one currency."""

    currency: str = ""
    prices: list[Price] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def text_of(raw: bytes) -> str:
    """The file's text. Raises SheetError when it is too large or no text."""
    if len(raw) > MOST_BYTES:
        raise SheetError(_("A rate card is a small file. This one is larger than 512 KB."))
    for encoding in ("utf-8-sig", "utf-16") if not raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-16",):
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
    raise SheetError(_("This is no text. Save the card as CSV in UTF-8 and try again."))


def read(text: str) -> Sheet:
    """All prices of the file, and a refusal for every line that has something wrong. Raises SheetError."""
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=delimiter_of(text)))
    except csv.Error as problem:
        raise SheetError(_("The file is not a CSV: %(why)s") % {"why": problem}) from problem
    if len(lines) > MOST_LINES:
        raise SheetError(_("A rate card has some hundred lines. This file has more than %(n)s.") % {"n": MOST_LINES})
    head_at, columns = head_of(lines)
    sheet = Sheet()
    for number, cells in enumerate(lines[head_at + 1 :], start=head_at + 2):
        if any(cell.strip() for cell in cells):
            take(sheet, number, {name: cells[at].strip() for name, at in columns.items() if at < len(cells)})
    if not sheet.prices and not sheet.refusals:
        raise SheetError(_("There is no price in this file."))
    return sheet


def delimiter_of(text: str) -> str:
    head = "\n".join(text.splitlines()[:HEAD_WITHIN])
    return max(",;\t", key=head.count)


def head_of(lines: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Where the head is, and our columns in it by their places. Raises SheetError when there is none."""
    for at, cells in enumerate(lines[:HEAD_WITHIN]):
        found: dict[str, int] = {}
        for place, cell in enumerate(cells):
            if (name := COLUMNS.get(folded(cell))) and name not in found:
                found[name] = place
        has_prices = {"category", "price"} <= set(found) or set(found) & set(CATEGORIES)
        if "market" in found and "currency" in found and has_prices:
            return at, found
    raise SheetError(
        _(
            "The columns were not found. A card needs Market, Currency and a column for each category (Marketing,"
            " Utility, …), or Market, Currency, Category and Price."
        )
    )


def folded(cell: str) -> str:
    return re.sub(r"[\s_–-]+", " ", cell.strip().lower()).strip()


def take(sheet: Sheet, line: int, cells: dict[str, str]) -> None:
    """The prices of one line, or why it has none."""
    shown = ", ".join(value for value in cells.values() if value)[:120]
    try:
        currency = currency_of(sheet, cells.get("currency", ""))
        market = market_of(cells.get("market", ""))
        found = prices_of(market, cells, currency)
        known = {(price.market, price.category, price.volume_from) for price in sheet.prices}
        if any((price.market, price.category, price.volume_from) in known for price in found):
            raise SheetError(_("This market has a price in a line above."))
    except SheetError as problem:
        sheet.refusals.append(Refusal(line, shown, str(problem)))
        return
    sheet.currency = currency
    sheet.prices += found


def currency_of(sheet: Sheet, text: str) -> str:
    code = text.upper()
    if code not in currencies():
        raise SheetError(_("“%(text)s” is no currency; write it as three letters, such as EUR.") % {"text": text})
    if sheet.currency and code != sheet.currency:
        raise SheetError(_("A card has one currency; this one began with %(code)s.") % {"code": sheet.currency})
    return code


def market_of(text: str) -> str:
    market = market_named(text)
    if market is None:
        raise SheetError(
            _("“%(text)s” is no market that we know: a country, its two letters, or one of Meta's regions.")
            % {"text": text}
        )
    return market


def prices_of(market: str, cells: dict[str, str], currency: str) -> list[Price]:
    if "category" in cells:
        category = folded(cells["category"]).replace(" ", "-")
        if category not in CATEGORIES:
            raise SheetError(_("“%(text)s” is no category of messages.") % {"text": cells["category"]})
        micros = micros_of(cells.get("price", ""), currency)
        if micros is None:
            raise SheetError(_("The price is missing."))
        return [Price(market, category, micros, volume_of(cells.get("from", "")))]
    pairs = [(category, micros_of(cells[category], currency)) for category in CATEGORIES if category in cells]
    found = [Price(market, category, micros) for category, micros in pairs if micros is not None]
    if not found:
        raise SheetError(_("The line has no price."))
    return found


def micros_of(text: str, currency: str) -> int | None:
    """Millionths, exactly; None where there is no price. A currency's sign before or after it is passed over."""
    if text.lower() in NOTHING:
        return None
    digits = re.sub(r"^[^\d.,-]+|[^\d.,]+$", "", text)
    if digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    try:
        micros = Decimal(digits) * MILLION
    except InvalidOperation:
        raise SheetError(_("“%(text)s” is no price.") % {"text": text}) from None
    if not micros.is_finite() or micros < 0:
        raise SheetError(_("“%(text)s” is no price.") % {"text": text})
    if micros != micros.to_integral_value():
        raise SheetError(_("“%(text)s” has more than six decimals.") % {"text": text})
    if micros > dearest(currency) * MILLION:
        raise SheetError(_("%(text)s for one message cannot be right. Look at the decimal point.") % {"text": text})
    return int(micros)


def dearest(currency: str) -> Decimal:
    from tradewind.contacts.money import ABOUT

    return DEAREST * Decimal(str(max(1, ABOUT.get(currency, SMALL_UNITS))))


def volume_of(text: str) -> int:
    """A tier's beginning: 0, 1 or 250,001. Meta counts from 1; messages before it are kept."""
    digits = re.sub(r"[\s,.'’]", "", text)
    if not digits:
        return 0
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise SheetError(_("“%(text)s” is no number of messages.") % {"text": text})
    return max(0, int(digits) - 1)
