"""Time zones of people, and quiet hours in them.

Quiet hours are read off the wall clock of the recipient: from 22:00 to 08:00 means that no wall clock reading in that
range is allowed, on days when clocks change too.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from tradewind.lib.text import fold

# Where most people of a country with several zones live. The rest have one zone, or the first of the tz database.
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Gaza",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}


def recipient_zone(
    *,
    timezone: str | None = None,
    city: str | None = None,
    country: str | None = None,
    phone: str | None = None,
    default: str = "UTC",
) -> str:
    """The IANA name of a person's time zone: by their field, else city, else phone prefix, else country.

    The prefix comes before the country when both agree on the country, since it may know the region; a person who
    lives abroad with a number from home is where the country field says. What is unknown or wrong is passed over.
    """
    if timezone and is_zone(timezone):
        return timezone
    return (
        (zone_of_city(city, country) if city else None)
        or _by_phone(phone, country)
        or (main_zone_of_country(country) if country else None)
        or default
    )


def is_zone(name: str) -> bool:
    """Whether the tz database knows this name."""
    return name in _names()


def usable(name: str, otherwise: str = "UTC") -> str:
    """The name itself when the tz database knows it, else the other one: names come from forms, files and old rows."""
    return name if is_zone(name) else otherwise


def all_zones() -> tuple[str, ...]:
    """UTC, and the zones that people are in, by name, for forms: one per place, without aliases."""
    return ("UTC", *sorted({zone for zones in _zones_by_country().values() for zone in zones}))


def all_countries() -> tuple[str, ...]:
    """The countries of the tz database, two letters each."""
    return tuple(_zones_by_country())


@lru_cache(maxsize=4096)
def zone_of_city(city: str, country: str | None = None) -> str | None:
    """The zone named after a city, such as Europe/Rome; with `country`, only if it lies there."""
    found = _zones_by_city().get(fold(city).strip())
    if found and country and found not in zones_of_country(country):
        return None
    return found


def main_zone_of_country(country: str) -> str | None:
    """The zone in which most people of a country (two letters) live."""
    zones = zones_of_country(country)
    return MAIN_ZONES.get(country.upper()) or (zones[0] if zones else None)


def zones_of_country(country: str) -> tuple[str, ...]:
    """The zones of a country (two letters), as the tz database lists them."""
    return _zones_by_country().get(country.upper(), ())


def is_quiet(at: datetime, zone: str, quiet_from: time, quiet_to: time) -> bool:
    """Whether the wall clock in `zone` shows a time from `quiet_from` up to, but without, `quiet_to`.

    The range may pass midnight. Equal ends mean that there are no quiet hours.
    """
    return is_within(at.astimezone(_zone(zone)).time(), quiet_from, quiet_to)


def next_allowed(at_utc: datetime, zone: str, quiet_from: time, quiet_to: time) -> datetime:
    """The first instant from `at_utc` on (aware) that is not in quiet hours in `zone`, in UTC."""
    place = _zone(zone)
    at = at_utc.astimezone(UTC)
    while is_within((local := at.astimezone(place)).time(), quiet_from, quiet_to):
        end = at + _until(local, quiet_to)
        # Within an unchanged offset the wall clock runs evenly; where it jumps we stop and look again.
        at = _first_jump(at, end, place) or end
    return at


def moment_at(day: date, wall: time, zone: str) -> datetime:
    """The instant (UTC) at which the clock on the wall of `zone` first shows `wall` on this day.

    In an hour that the change to summer time leaves out it is the moment at which the clock jumps; in one that comes
    twice it is the first of the two. So every reading of a wall clock belongs to exactly one instant.
    """
    place = _zone(zone)
    naive = datetime.combine(day, wall.replace(tzinfo=None))
    first = naive.replace(tzinfo=place, fold=0).astimezone(UTC)
    if first.astimezone(place).replace(tzinfo=None) == naive:
        return first
    earlier = naive.replace(tzinfo=place, fold=1).astimezone(UTC)  # in a gap: read with the offset after it
    return _first_jump(earlier, first, place) or first


def is_within(wall: time, quiet_from: time, quiet_to: time) -> bool:
    """Whether a reading of the clock lies in a range that may pass midnight; equal ends are an empty range."""
    if quiet_from <= quiet_to:
        return quiet_from <= wall < quiet_to
    return wall >= quiet_from or wall < quiet_to


def _until(local: datetime, wall: time) -> timedelta:
    """How far the wall clock has to run from `local` to show `wall` next; more than nothing."""
    naive = local.replace(tzinfo=None)
    target = datetime.combine(naive.date(), wall)
    return target - naive if target > naive else target + timedelta(days=1) - naive


def _first_jump(start: datetime, end: datetime, place: ZoneInfo) -> datetime | None:
    """The instant (to the second) after `start` and up to `end` where the offset changes; None when it does not."""
    before = start.astimezone(place).utcoffset()
    if end.astimezone(place).utcoffset() == before:
        return None
    low, high = int(start.timestamp()), int(end.timestamp()) + 1  # transitions lie on whole seconds
    while high - low > 1:
        middle = (low + high) // 2
        same = datetime.fromtimestamp(middle, place).utcoffset() == before
        low, high = (middle, high) if same else (low, middle)
    return datetime.fromtimestamp(high, UTC)


def _by_phone(phone: str | None, country: str | None) -> str | None:
    from tradewind.lib import phone as phones  # late: it needs this module, and brings large tables

    if not phone or (country and phones.country_of(phone) != country.upper()):
        return None
    return phones.zone_of(phone)


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            table.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in table.items()}


@lru_cache(maxsize=1)
def _zones_by_city() -> dict[str, str]:
    zones = (zone for zones in _zones_by_country().values() for zone in zones)
    return {fold(zone.rpartition("/")[2].replace("_", " ")): zone for zone in zones}
