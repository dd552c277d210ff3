"""Public holidays of a country, by the library `holidays` (nation-wide ones; those of a region are not asked for)."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import holidays

LONGEST_LOOK = 400
"""Days that are looked ahead for the next holiday; every country that has any has one within a year."""


def is_day_off(country: str, day: date) -> bool:
    """Whether the country (two letters) has a public holiday on this day; a country that is not known has none."""
    return day in _of_year(country.upper(), day.year)


def next_day_off(country: str, after: date) -> date | None:
    """The first public holiday later than this day; None when none is known."""
    for n in range(1, LONGEST_LOOK):
        if is_day_off(country, day := after + timedelta(days=n)):
            return day
    return None


def named(country: str, year: int, reader: str = "") -> list[tuple[date, str]]:
    """(day, name) of each public holiday of a year, in order; none of a country that is not known.

    In the reader's language where the library has it, else in English; without a reader in the country's own.
    """
    return sorted(_names_of(country.upper(), year, reader[:2]).items())


@lru_cache(maxsize=1024)
def _of_year(country: str, year: int) -> frozenset[date]:
    return frozenset(_names_of(country, year, ""))


@lru_cache(maxsize=256)
def _names_of(country: str, year: int, reader: str) -> dict[date, str]:
    try:
        known = getattr(holidays, country, None) if country else None
        language = language_of(getattr(known, "supported_languages", ()), reader)
        language = language or getattr(known, "default_language", None)
        return dict(holidays.country_holidays(country, years=year, language=language)) if country else {}
    except NotImplementedError:  # the library does not know this country
        return {}


def language_of(supported: Iterable[str], reader: str) -> str | None:
    wanted = (reader, "en") if reader else ()
    return next((each for start in wanted for each in supported if each.startswith(start)), None)
