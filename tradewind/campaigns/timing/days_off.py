"""Public holidays of a country, by the library `holidays` (nation-wide ones; those of a region are not asked for)."""

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


def named(country: str, year: int) -> list[tuple[date, str]]:
    """(day, name in the country's language) of each public holiday of a year; none of a country that is not known."""
    return sorted(_names_of(country.upper(), year).items())


@lru_cache(maxsize=1024)
def _of_year(country: str, year: int) -> frozenset[date]:
    return frozenset(_names_of(country, year))


def _names_of(country: str, year: int) -> dict[date, str]:
    try:
        return dict(holidays.country_holidays(country, years=year)) if country else {}
    except NotImplementedError:  # the library does not know this country
        return {}
