"""The sample business's two thousand people: the simulator's customers as the business knows them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from tradewind.cli.furnish import Person
from tradewind.lib.phone import country_of
from tradewind.simulator.world.shapes import Customer

CITIES = {
    "Europe/Berlin": "Hamburg", "Europe/Vienna": "Wien", "Europe/Rome": "Milano", "Europe/Madrid": "Madrid",
    "Atlantic/Canary": "Las Palmas", "America/Bogota": "Bogotá", "Europe/London": "London", "Asia/Kolkata": "Pune",
    "Australia/Sydney": "Sydney", "Asia/Dubai": "Dubai", "Africa/Cairo": "Cairo", "Asia/Bangkok": "Bangkok",
}  # fmt: skip
COMPANIES = (
    "Alpenblick Sport",
    "Hafen & Co",
    "Studio Aria",
    "Bright Trails",
    "Wadi Outdoor",
    "Siam Camping",
    "Costa Verde",
)
DAY_FROM, DAY_TO = time(8, 30), time(21, 30)  # well inside the hours in which marketing may go out


@dataclass(frozen=True, slots=True)
class Tags:
    """Ids of the sample tags."""

    newsletter: int
    awake: int
    orders: int
    vip: int
    wholesale: int


def people_of(customers: list[Customer], tags: Tags, now: datetime, seed: int) -> Iterator[Person]:
    """Each customer with consent, fields and tags, the same for the same seed (but for who is awake now)."""
    dice = random.Random(seed)
    for rank, customer in enumerate(customers):
        yield person_of(rank, customer, tags, now, dice)


def person_of(rank: int, customer: Customer, tags: Tags, now: datetime, dice: random.Random) -> Person:
    marketing = dice.choices(("opted_in", "unknown", "opted_out"), (86, 11, 3))[0]
    return Person(
        phone=customer.phone,
        name=customer.name,
        language=customer.language,
        country=country_of(customer.phone) or "",
        timezone=customer.timezone,
        city=CITIES.get(customer.timezone, ""),
        company=dice.choice(COMPANIES) if dice.random() < 0.12 else "",
        marketing=marketing,
        fields=fields_of(rank, dice),
        tags=tuple(sorted(tags_of(rank, customer, marketing, tags, now, dice))),
    )


def fields_of(rank: int, dice: random.Random) -> dict[str, Any]:
    """Nearly everybody has an order; who has none shows what a missing variable does."""
    if rank % 40 == 38:
        return {}
    return {"order_number": f"NW-{10_000 + rank}", "points": dice.randrange(10, 900)}


def tags_of(
    rank: int, customer: Customer, marketing: str, tags: Tags, now: datetime, dice: random.Random
) -> Iterator[int]:
    if dice.random() < 0.7:
        yield tags.newsletter
    if marketing == "opted_in" and rank % 4 == 0 and is_day(customer.timezone, now):
        yield tags.awake
    if rank % 5 != 4:
        yield tags.orders
    if dice.random() < 0.06:
        yield tags.vip
    if dice.random() < 0.04:
        yield tags.wholesale


def is_day(zone: str, now: datetime) -> bool:
    return DAY_FROM <= now.astimezone(ZoneInfo(zone)).time() <= DAY_TO
