"""Countries and time zones for forms, in the reader's language. Sources: CLDR (babel) and the IANA zone table."""

import re
from functools import lru_cache
from importlib.resources import files

from tradewind.workspaces.locales import locale_of

ZONE_TABLE = "zone.tab"


@lru_cache(maxsize=1)
def zones_by_country() -> dict[str, tuple[str, ...]]:
    """Country code → its zones, the most populous first as the table has it."""
    found: dict[str, list[str]] = {}
    for line in files("tzdata").joinpath("zoneinfo", ZONE_TABLE).read_text().splitlines():
        if line and not line.startswith("#"):
            country, _place, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """All places' zones and UTC, by name."""
    return ("UTC", *sorted({zone for some in zones_by_country().values() for zone in some}))


def zone_choices() -> list[tuple[str, str]]:
    """For a select: ("Europe/Berlin", "Europe/Berlin"), with blanks instead of underscores to read."""
    return [(zone, zone.replace("_", " ")) for zone in zones()]


@lru_cache(maxsize=16)
def country_choices(language: str) -> list[tuple[str, str]]:
    """("DE", "Germany") … sorted by name in that language."""
    names = locale_of(language).territories
    known = [(code, names.get(code, code)) for code in zones_by_country()]
    return sorted(known, key=lambda choice: choice[1].casefold())


def country_from(accept_language: str) -> str:
    """The first country that a browser's languages name ("de-AT,de;q=0.9" → "AT"), or ""."""
    for region in re.findall(r"[A-Za-z]{2,3}[-_]([A-Za-z]{2})\b", accept_language[:200]):
        if region.upper() in zones_by_country():
            return str(region.upper())
    return ""


def zone_of_country(country: str) -> str:
    """The zone to propose for a country: its only or first one; UTC for none."""
    return zones_by_country().get(country, ("UTC",))[0]
