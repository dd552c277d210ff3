"""Prices and sums as the pages show them."""

from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.campaigns.rates.cards import PriceList
from tradewind.campaigns.rates.markets import OTHER, REGIONS
from tradewind.campaigns.rates.models import CATEGORIES
from tradewind.workspaces.locales import reader_locale

MILLION = Decimal(1_000_000)
CATEGORY_NAMES: dict[str, str | Promise] = {
    "marketing": _("Marketing"),
    "utility": _("Utility"),
    "authentication": _("One-time codes"),
    "authentication-international": _("One-time codes, from abroad"),
    "service": _("Service"),
    "referral_conversion": _("After an ad"),
}
REGION_NAMES: dict[str, str | Promise] = {
    "North America": _("North America"),
    "Rest of Africa": _("Rest of Africa"),
    "Rest of Asia Pacific": _("Rest of Asia and Pacific"),
    "Rest of Central & Eastern Europe": _("Rest of Central and Eastern Europe"),
    "Rest of Latin America": _("Rest of Latin America"),
    "Rest of Middle East": _("Rest of the Middle East"),
    "Rest of Western Europe": _("Rest of Western Europe"),
    OTHER: _("All other countries"),
}


def amount(micros: int | None) -> Decimal | None:
    """Millionths as units of the currency, exactly."""
    return None if micros is None else Decimal(micros) / MILLION


def market_name(market: str) -> str:
    """A country in the reader's language, or a region."""
    if market in REGION_NAMES:
        return str(REGION_NAMES[market])
    return str(reader_locale().territories.get(market, market)) if market else str(_("Unknown"))


def table(prices: PriceList) -> dict[str, Any]:
    """The card as a table: countries by name, then regions. `tiers`: prices that fall with the volume."""
    categories = [each for each in CATEGORIES if any(category == each for _, category in prices.prices)]
    markets = sorted({market for market, _ in prices.prices}, key=lambda each: (is_region(each), market_name(each)))
    return {
        "categories": [CATEGORY_NAMES[each] for each in categories],
        "rows": [
            {
                "code": "" if is_region(market) else market,
                "name": market_name(market),
                "cells": [cell(prices.prices.get((market, each))) for each in categories],
            }
            for market in markets
        ],
    }


def is_region(market: str) -> bool:
    return market in REGIONS or market == OTHER


def cell(tiers: tuple[tuple[int, int], ...] | None) -> dict[str, Any]:
    if not tiers:
        return {"price": None, "tiers": []}
    later = [{"from": volume + 1, "price": amount(micros)} for volume, micros in tiers[1:]]
    return {"price": amount(tiers[0][1]), "tiers": later}
