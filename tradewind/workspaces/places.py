"""Countries and time zones for forms, in the reader's language. Sources: CLDR (babel) and the IANA zone table."""

import re
from functools import lru_cache

from babel.dates import get_timezone_location

from tradewind.lib.zones import all_countries, all_zones, main_zone_of_country
from tradewind.workspaces.locales import locale_of


def zone_choices() -> list[tuple[str, str]]:
    """For a select: ("Europe/Berlin", "Europe/Berlin"), with blanks instead of underscores to read."""
    return [(zone, zone.replace("_", " ")) for zone in all_zones()]


@lru_cache(maxsize=1024)
def zone_name(zone: str, language: str) -> str:
    """ "Europe/Rome" as the reader calls it: "Rome", "Roma". What is no place, such as "UTC", stays as it is."""
    if zone not in all_zones() or "/" not in zone:
        return zone
    place = str(get_timezone_location(zone, locale=locale_of(language), return_city=True))
    return place.rsplit("/", 1)[-1].replace("_", " ")


@lru_cache(maxsize=16)
def country_choices(language: str) -> list[tuple[str, str]]:
    """("DE", "Germany") … sorted by name in that language."""
    names = locale_of(language).territories
    known = [(code, names.get(code, code)) for code in all_countries()]
    return sorted(known, key=lambda choice: choice[1].casefold())


def country_from(accept_language: str) -> str:
    """The first country that a browser's languages name ("de-AT,de;q=0.9" → "AT"), or ""."""
    for region in re.findall(r"[A-Za-z]{2,3}[-_]([A-Za-z]{2})\b", accept_language[:200]):
        if region.upper() in all_countries():
            return str(region.upper())
    return ""


def zone_of_country(country: str) -> str:
    """The zone to propose for a country: where most of its people live; UTC for none."""
    return main_zone_of_country(country) or "UTC"
