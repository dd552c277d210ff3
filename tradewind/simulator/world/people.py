"""Made-up people with valid phone numbers: deterministic, spread over countries, languages and time zones."""

import random

import phonenumbers

from tradewind.simulator.customers.voices import NAMES
from tradewind.simulator.world.shapes import DEFAULT_SHARES, Customer

# (language, country code, national numbers: a valid mobile prefix and the number of digits after it, time zones)
PLACES: tuple[tuple[str, str, str, int, tuple[str, ...]], ...] = (
    ("de", "49", "1512", 7, ("Europe/Berlin",)),
    ("de", "43", "664", 7, ("Europe/Vienna",)),
    ("it", "39", "347", 7, ("Europe/Rome",)),
    ("es", "34", "612", 6, ("Europe/Madrid", "Atlantic/Canary")),
    ("es", "57", "310", 7, ("America/Bogota",)),
    ("en", "44", "7400", 6, ("Europe/London",)),
    ("en", "91", "98765", 5, ("Asia/Kolkata",)),
    ("en", "61", "4125", 5, ("Australia/Sydney",)),
    ("ar", "971", "50", 7, ("Asia/Dubai",)),
    ("ar", "20", "100", 7, ("Africa/Cairo",)),
    ("th", "66", "81", 7, ("Asia/Bangkok",)),
)


def people(seed: int, count: int, shares: dict[str, float] | None = None) -> list[Customer]:
    """`count` customers with different, valid numbers (digits with +), the same for the same seed."""
    dice = random.Random(seed * 7919 + 17)
    behaviours = _spread(shares or DEFAULT_SHARES, count, dice)
    return [_person(index, behaviours[index], dice) for index in range(count)]


def _person(index: int, behaviour: str, dice: random.Random) -> Customer:
    language, country_code, prefix, length, zones = PLACES[index % len(PLACES)]
    phone = _valid_phone(country_code, prefix, length, index, dice)
    first, last = (dice.choice(part) for part in NAMES[language])
    username = f"{first}.{last}".lower().replace(" ", "") + str(index) if behaviour == "username_only" else ""
    return Customer(
        phone=phone,
        behaviour=behaviour,
        name=f"{first} {last}",
        language=language,
        timezone=zones[index // len(PLACES) % len(zones)],
        username=username,
        receipts=dice.random() > 0.1,
    )


def _valid_phone(country_code: str, prefix: str, length: int, index: int, dice: random.Random) -> str:
    rank = index // len(PLACES)  # never the same twice: the rank is written into the number
    while True:
        tail = str(rank).zfill(4)[-4:]
        head = "".join(dice.choice("23456789") for _ in range(length - 4))
        phone = f"+{country_code}{prefix}{head}{tail}"
        if phonenumbers.is_valid_number(phonenumbers.parse(phone)):
            return phone


def _spread(shares: dict[str, float], count: int, dice: random.Random) -> list[str]:
    """Behaviours in exactly their shares (the first takes what rounding leaves), shuffled."""
    total = sum(shares.values())
    drawn = [name for name, share in shares.items() for _ in range(int(count * share / total))]
    drawn += [next(iter(shares))] * (count - len(drawn))
    dice.shuffle(drawn)
    return drawn
