"""Place, time and language of a person (product.md C9): zone group, dialect, climate, writing habit. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.languages import get_official_languages

# Working days that overlap: by the hours that standard time there is ahead of UTC.
GROUPS = ((-2.5, "americas"), (3.25, "europe_africa"), (6.25, "middle_asia"), (15.0, "asia_pacific"))
ZONE_GROUPS = tuple(name for _limit, name in GROUPS)
MIDWINTER = datetime(2026, 1, 15, tzinfo=UTC)  # north; in the south an hour of summer time makes no other group

# What most people of a country live in; the rest counts as temperate. After the Köppen climate map, coarsely.
CLIMATES = {
    "tropical": "BR CO VE EC PA CR NI HN GT SV DO CU HT JM TH VN KH LA MM MY SG ID PH LK BD NG GH CI SN CM CD CG GA "
    "UG RW TZ KE MZ MG PG FJ GY SR",
    "dry": "AE SA QA KW BH OM YE EG LY SD JO IQ IR SY PK AF TM UZ NE ML MR TD DZ NA BW SO ER DJ PE",
    "warm": "IT ES PT GR CY MT IL LB TR TN MA HR AL MX US AU ZA IN CN TW HK JP KR AR UY PY CL",
    "cold": "NO SE FI IS RU CA EE LV LT BY KZ MN GL KG",
}  # fmt: skip
_CLIMATE_OF = {country: climate for climate, countries in CLIMATES.items() for country in countries.split()}

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS = ((6, "night"), (12, "morning"), (18, "afternoon"), (24, "evening"))  # up to this hour
# A habit needs messages on so many days, and so great a share of them.
FEWEST_DAYS, SLOT_SHARE = 3, 0.4
FEWEST_DAYS_OF_PART, PART_SHARE = 4, 0.6


@lru_cache(maxsize=1024)
def zone_group(zone: str) -> str:
    """Where on earth's clock: americas, europe_africa, middle_asia, asia_pacific; "" for a zone nobody knows."""
    place = _zone(zone)
    offset = MIDWINTER.astimezone(place).utcoffset() if place else None
    if offset is None:
        return ""
    hours = offset.total_seconds() / 3600
    return next(name for limit, name in GROUPS if hours < limit)


@lru_cache(maxsize=4096)
def dialect(language: str, country: str) -> str:
    """The language as it is spoken there: de in CH is de-CH; a language that is foreign there stays as it is."""
    code, _dash, region = language.replace("_", "-").partition("-")
    code = code.lower()
    if region:
        return f"{code}-{region.upper() if len(region) == 2 else region}"[:16]
    if not code or not country:
        return code
    spoken = get_official_languages(country.upper(), regional=True, de_facto=True)
    return f"{code}-{country.upper()}" if code in {each.split("_")[0] for each in spoken} else code


def climate(country: str) -> str:
    """tropical, dry, warm, temperate or cold; "" when the country is not known."""
    return _CLIMATE_OF.get(country.upper(), "temperate") if country else ""


def habit(times: Iterable[float], zone: str) -> str:
    """When somebody usually writes, on their own clock: wed_evening, or only evening; "" without a habit.

    `times`: Unix seconds of their messages. Many messages of one evening are one evening.
    """
    place = _zone(zone)
    if place is None:
        return ""
    moments = {slot_of(datetime.fromtimestamp(at, place)) for at in times}
    slots = Counter((day, part) for _date, day, part in moments)
    parts = Counter(part for _date, _day, part in moments)
    (slot, n), *_rest = sorted(slots.items(), key=lambda each: (-each[1], each[0])) or [((0, ""), 0)]
    if n >= FEWEST_DAYS and n >= SLOT_SHARE * len(moments):
        return f"{DAYS[slot[0]]}_{slot[1]}"
    (part, n), *_others = sorted(parts.items(), key=lambda each: (-each[1], each[0])) or [("", 0)]
    return part if n >= FEWEST_DAYS_OF_PART and n >= PART_SHARE * len(moments) else ""


def slot_of(local: datetime) -> tuple[int, int, str]:
    """(day as a number, weekday, part of the day)."""
    return local.toordinal(), local.weekday(), next(part for hour, part in PARTS if local.hour < hour)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
