"""What the sample's people did before today: orders, carts, visits and clicks, so that scores, grades and stages live.

Told the real way, as a shop tells them, with ids: a second start tells nothing new.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tradewind.contacts.facts import record_events
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock, publicid
from tradewind.workspaces.models import Workspace

BATCH = 5_000
PRODUCTS = {
    "Zelt Fjord 2": 289.0, "Zelt Fjord 4": 449.0, "Sleeping bag −5°": 179.0, "Stove Duo": 89.0, "Mat Light": 64.9,
    "Backpack 45 l": 149.0, "Rain jacket": 129.0, "Head torch": 39.9, "Bottle 1 l": 18.5, "Trail mix": 7.9,
}  # fmt: skip
CURRENCY = {"GB": "GBP", "CH": "CHF", "AE": "AED", "IN": "INR", "TH": "THB", "AU": "AUD", "EG": "EGP", "CO": "COP"}
# About how many of it make a euro, so that prices look like those of a shop there.
PRICE = {"GBP": 0.9, "CHF": 1, "AED": 4, "INR": 90, "THB": 38, "AUD": 1.7, "EGP": 55, "COP": 4500}
# (share of people, orders in a year from and to, last active so many days ago from and to)
KINDS = (
    (0.30, (0, 0), (1, 40)),  # looks, has not bought
    (0.25, (1, 2), (3, 80)),
    (0.20, (2, 6), (2, 60)),
    (0.10, (6, 14), (1, 25)),
    (0.05, (14, 45), (0, 10)),
    (0.10, (1, 8), (190, 330)),  # gone, some of them dear
)


def tell(workspace: Workspace, *, seed: int) -> int:
    """Tell the sample shop's history; how many events were new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, country FROM contact WHERE workspace_id = %s ORDER BY id", [workspace.pk])
        people = cursor.fetchall()
    dice = random.Random(seed)
    now = clock.now()
    events = [event for contact, country in people for event in history(contact, country, now, dice)]
    recorded = 0
    for start in range(0, len(events), BATCH):
        with transaction.atomic(), hot_cursor() as cursor:
            recorded += record_events(cursor, workspace.pk, events[start : start + BATCH], now=now).recorded
    return recorded


def history(contact: int, country: str, now: datetime, dice: random.Random) -> Iterator[dict[str, Any]]:
    """One person's year at the shop."""
    _share, (fewest, most), (nearest, farthest) = dice.choices(KINDS, [kind[0] for kind in KINDS])[0]
    who = publicid.encode("contact", contact)
    currency = CURRENCY.get(country, "EUR")
    last = now - timedelta(days=dice.uniform(nearest, farthest))
    times = sorted(last - timedelta(days=dice.uniform(0, 330)) for _ in range(dice.randint(fewest, most)))
    for place, at in enumerate([*times[1:], last] if times else []):
        yield order(who, f"{contact}-{place}", at, currency, dice)
    for place in range(dice.randrange(0, 6)):
        at = last - timedelta(days=dice.uniform(0, 25))
        yield visit(who, f"{contact}-v{place}", at, dice)


def order(who: str, name: str, at: datetime, currency: str, dice: random.Random) -> dict[str, Any]:
    product = dice.choice([*PRODUCTS])
    amount = round(PRODUCTS[product] * dice.choice((1, 1, 1, 2)) * PRICE.get(currency, 1), 2)
    return {"contact": who, "event": "order.placed", "at": at.isoformat(), "id": f"order-{name}", "order": name,
            "product": product, "amount": amount, "currency": currency}  # fmt: skip


def visit(who: str, name: str, at: datetime, dice: random.Random) -> dict[str, Any]:
    product = dice.choice([*PRODUCTS])
    kind = dice.choices(("page.viewed", "link.clicked", "cart.updated"), (6, 3, 2))[0]
    return {"contact": who, "event": kind, "at": at.isoformat(), "id": f"visit-{name}", "product": product}
