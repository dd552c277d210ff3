"""Which country's price a phone number has, and which of Meta's markets a country belongs to.

Meta prices by the country code of the recipient's phone. A rate card names some countries and puts the others into
regions; the names and members are those of Meta's cards since July 2025. A country that no region has is "Other".
"""

import json
from functools import lru_cache

import phonenumbers
from babel import Locale

OTHER = "Other"
REGIONS: dict[str, frozenset[str]] = {
    name: frozenset(codes.split())
    for name, codes in {
        "North America": "CA US",
        "Rest of Africa": "DZ AO BJ BW BF BI CM TD CG CD ER ET GA GM GH GN GW CI KE LS LR LY MG MW ML MR MA MZ NA NE RW"
        " SN SL SO SS SD SZ TZ TG TN UG ZM ZW",
        "Rest of Asia Pacific": "AF AU BD KH CN HK JP LA MN NP NZ PG PH SG LK TW TJ TH TM UZ VN",
        "Rest of Central & Eastern Europe": "AL AM AZ BY BG HR CZ GE GR HU LV LT MD MK PL RO RS SK SI UA",
        "Rest of Latin America": "BO CR DO EC SV GT HT HN JM NI PA PY PR UY VE",
        "Rest of Middle East": "BH IQ JO KW LB OM QA YE",
        "Rest of Western Europe": "AT BE DK FI IE NO PT SE CH",
    }.items()
}
MOST_DIGITS = 4
"""So many digits after the plus tell every country: +1 876 is Jamaica, +7 7 Kazakhstan."""
# How cards and people write some countries, beside their English names.
ALIASES = {"turkiye": "TR", "turkey": "TR", "uae": "AE", "uk": "GB", "usa": "US", "united states": "US", "ksa": "SA"}


@lru_cache(maxsize=1)
def prefixes() -> dict[str, str]:
    """Beginnings of E.164 numbers ("+49", "+1876", "+77") and their countries; the longest that fits counts."""
    found = {}
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        if regions[0] != "001":
            found[f"+{code}"] = regions[0]
    found |= {f"+1{area}": country for area in range(201, 990) if (country := _of_area(area)) not in ("", "US")}
    return found | {"+76": "KZ", "+77": "KZ"}


def country_sql(phone: str) -> str:
    """SQL of the country of a phone (an expression); needs the parameter `prefixes`, the JSON of `prefixes()`."""
    tries = (f"%(prefixes)s::jsonb ->> left({phone}, {length})" for length in range(MOST_DIGITS + 1, 1, -1))
    return f"coalesce({', '.join(tries)}, '')"


def country_params() -> dict[str, str]:
    """What `country_sql` needs."""
    return {"prefixes": json.dumps(prefixes())}


def country_of(phone: str) -> str:
    """The same in Python; "" where no country is known."""
    known = prefixes()
    return next((known[phone[:n]] for n in range(MOST_DIGITS + 1, 1, -1) if phone[:n] in known), "")


def _of_area(area: int) -> str:
    """The country of a North American area code; "" where it is not known."""
    for rest in ("2345678", "5550123", "9876543"):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(f"{area}{rest}"))
        if country := phonenumbers.region_code_for_number(number):
            return str(country)
    return ""


def region_of(country: str) -> str:
    """The region of a country that has no price of its own."""
    return next((name for name, members in REGIONS.items() if country in members), OTHER)


def market_named(text: str) -> str | None:
    """A market as a card writes it: two letters of a country, a country's name, or a region. None: not known."""
    wanted = _folded(text)
    if len(text.strip()) == 2 and text.strip().upper() in _countries():
        return text.strip().upper()
    return ALIASES.get(wanted) or _names().get(wanted)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    territories = Locale("en").territories
    return {code: str(name) for code, name in territories.items() if len(code) == 2 and code.isalpha()}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    regions = {_folded(name): name for name in (*REGIONS, OTHER)}
    return {_folded(name): code for code, name in _countries().items()} | regions


def _folded(text: str) -> str:
    return " ".join(text.lower().replace("&", "and").replace(".", "").split())
