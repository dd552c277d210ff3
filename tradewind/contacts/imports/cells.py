"""Single cells: dates, numbers, yes and no, countries, languages, as people write them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from django.conf import settings

from tradewind.contacts.imports.problems import BadCell
from tradewind.contacts.imports.vocabulary import NO, YES
from tradewind.lib.phone import regions
from tradewind.lib.text import fold, safe_to_show

# The languages in whose words countries and languages are understood; more than the console speaks.
SPOKEN = ("en", "de", "it", "ar", "th", "es", "pt", "zh", "zh_Hant", "fr")
NICKNAMES = {"uk": "GB", "england": "GB", "great britain": "GB", "usa": "US", "u.s.a.": "US", "america": "US",
             "uae": "AE",
             "emirates": "AE", "امارات": "AE", "الامارات": "AE", "brd": "DE", "russia": "RU", "korea": "KR",
             "hongkong": "HK", "holland": "NL", "ksa": "SA", "السعوديه": "SA"}  # fmt: skip
EXCEL_DIGITS = re.compile(r"\s*[+-]?\d+[.,]\d+\s*[eE]\s*\+?\d{1,2}\s*")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4}|\d{2})")
_CLOCK = re.compile(r"[T ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?\s*$", re.IGNORECASE)
# Days since the end of 1899, as spreadsheets write dates whose cell has lost its format: 1927 to 2064.
_SERIAL = re.compile(r"([1-5]\d{4})(?:[.,](\d{1,12}))?")
SERIAL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
FIRST_MARK = "\u0300"
MOST_DIGITS = 15  # what a float holds exactly


def line_of(text: str) -> str:
    """One line without controls, turned direction and towers of marks."""
    # Printable and below the first combining mark: nothing in it is to be taken out.
    if text.isprintable() and (text.isascii() or max(text) < FIRST_MARK):
        return " ".join(text.split()) if "  " in text else text.strip()
    return safe_to_show(text, one_line=True)


def yes_or_no(text: str) -> bool | None:
    """True, False, or None for an empty cell. A longer text is read by its first word: "ja, Messe 12.10.2026"."""
    said = fold(text).strip()
    if not said:
        return None
    for word in (said, re.split(r"[\s,;:.]", said)[0]):
        if word in YES:
            return True
        if word in NO:
            return False
    raise BadCell("not_yes_or_no")


def country_of(text: str) -> str:
    """Two letters for a country's code, or its name in one of SPOKEN; "" for an empty cell."""
    said = text.strip()
    if not said:
        return ""
    code = said.upper()
    if len(code) == 2 and code in country_codes():
        return code
    found = countries().get(fold(said).strip()) or NICKNAMES.get(fold(said).strip())
    if found is None:
        raise BadCell("unknown_country_name")
    return found


def language_of(text: str) -> str:
    """A language's code for its code or name; "" for an empty cell."""
    said = text.strip()
    if not said:
        return ""
    if re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z]{2,4})?", said) and len(said.replace("_", "-").split("-")[0]) < 4:
        head = said.replace("_", "-").split("-")[0].lower()
        if head in language_codes():
            return said.replace("_", "-")[:12] if "-" in said or "_" in said else head
    found = languages().get(fold(said).strip())
    if found is None:
        raise BadCell("unknown_language_name")
    return found


def number_of(text: str) -> int | float:
    """A number with point or comma, with or without thousands."""
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    said = re.sub(r"[\s\xa0'’]", "", fold(text)).strip("€$£")
    if re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", said) and not re.fullmatch(r"[+-]?0[.,]\d{3}", said):
        said = re.sub(r"[.,]", "", said)
    elif said.count(",") and said.count("."):
        last = max(said.rfind(","), said.rfind("."))
        said = re.sub(r"[.,]", "", said[:last]) + "." + said[last + 1 :]
    said = said.replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,12})?", said):
        raise BadCell("not_a_number")
    value = float(said)
    return int(value) if "." not in said else value


def date_of(text: str, *, day_first: bool | None = None) -> date:
    """A calendar day. `day_first` decides where both readings are possible; None = by the sign (3/4 is in March)."""
    said = _CLOCK.sub("", fold(text).strip())
    if found := _YEAR_FIRST.fullmatch(said):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if not (found := _YEAR_LAST.fullmatch(said)):
        raise BadCell("not_a_date")
    first, second, year = int(found[1]), int(found[2]), _full_year(found[3])
    if first > 12 or second > 12:
        return _day(year, *((second, first) if first > 12 else (first, second)))
    is_day_first = day_first if day_first is not None else "." in said or first == second
    return _day(year, *((second, first) if is_day_first else (first, second)))


def serial_of(text: str) -> datetime | None:
    """The day and time of a spreadsheet's number, where a date is meant; "46083.5" is noon of 2026-03-02."""
    found = _SERIAL.fullmatch(fold(text).strip())
    if found is None:
        return None
    at = SERIAL_ZERO + timedelta(days=float(f"{found[1]}.{found[2] or 0}"))
    return (at + timedelta(milliseconds=500)).replace(microsecond=0)


def is_ambiguous(text: str) -> bool:
    """Whether a day could be the month."""
    found = _YEAR_LAST.fullmatch(_CLOCK.sub("", fold(text).strip()))
    return bool(found and "." not in text and int(found[1]) <= 12 and int(found[2]) <= 12 and found[1] != found[2])


def moment_of(text: str, zone: str, *, day_first: bool | None = None) -> datetime:
    """A day, or a day with a time of the zone (or with its own offset), as an instant; a day alone is its noon."""
    if (counted := serial_of(text)) is not None:
        at = counted if counted.time() != time(0) else counted.replace(hour=12)
        return at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    day = date_of(text, day_first=day_first)
    clock = _CLOCK.search(fold(text).strip().upper())
    if clock is None:
        return datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise BadCell("not_a_date")
    at = datetime.combine(day, time(hour, minute, second), ZoneInfo(zone))
    if clock[4]:
        offset = "+00:00" if clock[4] == "Z" else clock[4]
        at = datetime.fromisoformat(f"{at.replace(tzinfo=None).isoformat()}{offset}")
    return at.astimezone(UTC)


def _day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise BadCell("not_a_date") from None
    if not 1900 <= year <= 2200:
        raise BadCell("not_a_date")
    return found


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year - 543 if 2400 <= year <= 2700 else year  # the Thai calendar
    return year + (1900 if year > 40 else 2000)


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    return frozenset(region.code for region in regions())


@lru_cache(maxsize=1)
def language_codes() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale("en").languages) if len(code) in (2, 3))


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Folded name → two letters, in all of SPOKEN."""
    found = {}
    for language in (*SPOKEN, *(code for code, _name in settings.LANGUAGES)):
        for code, name in Locale.parse(language).territories.items():
            if code in country_codes():
                found[fold(name).strip()] = code
    return found


@lru_cache(maxsize=1)
def languages() -> dict[str, str]:
    found = {}
    for code in language_codes():
        try:
            found[fold(Locale.parse(code).get_display_name(code) or "").strip()] = code
        except (ValueError, LookupError):
            continue
    for language in SPOKEN:
        named = {str(code): str(name) for code, name in Locale.parse(language).languages.items()}
        found |= {fold(name).strip(): code for code, name in named.items() if len(code) < 4}
    found.pop("", None)
    return found
