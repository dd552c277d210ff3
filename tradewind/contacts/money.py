"""Currencies: which there are, their smallest units, a workspace's own, and what is little and much money in each."""

from functools import lru_cache
from typing import Any

import psycopg
from babel import Locale
from babel.numbers import get_currency_precision, get_territory_currencies

# Spend in a year, in euros, from which on money is class 2, 3, 4 and 5: the orders of a small shop.
EUROS = (50, 150, 400, 1000)
FALLBACK = "EUR"
# Codes of ISO 4217 that are no money.
NO_MONEY = frozenset({"XXX", "XTS"})
# About how many of it a euro buys, rounded so that thresholds look like those a person would set. Not an exchange
# rate: nothing is ever converted, and prices differ by place. Seen in autumn 2026.
ABOUT = {
    "EUR": 1, "USD": 1, "GBP": 1, "CHF": 1, "AUD": 2, "CAD": 2, "NZD": 2, "SGD": 2, "BRL": 5, "PLN": 4, "RON": 5,
    "SAR": 4, "AED": 4, "QAR": 4, "ILS": 4, "MYR": 5, "DKK": 8, "CNY": 8, "HKD": 8, "NOK": 10, "SEK": 10, "ZAR": 20,
    "MXN": 20, "CZK": 25, "TWD": 35, "THB": 40, "TRY": 40, "EGP": 50, "UAH": 50, "PHP": 60, "INR": 100, "RUB": 100,
    "KES": 150, "JPY": 150, "PKR": 300, "HUF": 400, "CLP": 1000, "KRW": 1500, "NGN": 1500, "ARS": 1500, "COP": 5000,
    "IDR": 20000, "VND": 30000, "KWD": 0.3, "BHD": 0.4, "OMR": 0.4, "JOD": 0.8,
}  # fmt: skip


def thresholds(currency: str) -> tuple[float, ...]:
    """The usual four thresholds of a year's spend; in a currency that is not in the table, the figures of the euro."""
    return tuple(each * ABOUT.get(currency, 1) for each in EUROS)


@lru_cache(maxsize=512)
def minor_units(currency: str) -> int:
    """How many of its smallest unit make one: 100 cents, 1 yen, 1000 fils."""
    return int(10 ** get_currency_precision(currency))


@lru_cache(maxsize=512)
def of_country(country: str) -> str:
    """The currency that a country (two letters) pays with; the euro where that is not known."""
    found = get_territory_currencies(country.upper()) if country else []
    return str(found[-1]) if found else FALLBACK


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """The codes of ISO 4217, as CLDR knows them."""
    return frozenset(Locale("en").currencies) - NO_MONEY


OWN = """
SELECT coalesce(standing_setting.settings->>'currency', ''), workspace.country FROM workspace
LEFT JOIN standing_setting ON standing_setting.workspace_id = workspace.id WHERE workspace.id = %s
"""


def of_workspace(cursor: psycopg.Cursor[Any], workspace_id: int) -> str:
    """The workspace's own currency: as its settings say, else that of its country."""
    cursor.execute(OWN, [workspace_id])
    chosen, country = cursor.fetchone() or ("", "")
    return chosen or of_country(country)
