"""Orders out of what was told of them: placed, paid, cancelled, refunded, in whatever order one hears of it. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from tradewind.contacts import money
from tradewind.contacts.standing.history import Order

PLACED, PAID, CANCELLED, REFUNDED = "order.placed", "order.paid", "order.cancelled", "order.refunded"


class Told(NamedTuple):
    """An event about an order; `reference` is the shop's own name of it, "" where there is none."""

    at: float
    kind: str
    amount: float
    currency: str
    reference: str


class Open(NamedTuple):
    at: float
    reference: str
    amount: int
    currency: str


def orders_of(told: Iterable[Told]) -> tuple[Order, ...]:
    """The orders, oldest first.

    One that is placed and paid is one order: by its reference, and without references only what was placed counts (or
    what was paid, for a shop that tells of nothing else). A cancelled one is none; a refund is taken off, never below
    zero. Without a reference both mean the last order before them, a refund the last in its currency.
    """
    events = sorted(set(told))
    found = opened(events)
    for event in events:
        if event.kind in (CANCELLED, REFUNDED):
            place = meant(found, event)
            if place is not None and event.kind == CANCELLED:
                del found[place]
            elif place is not None:
                order = found[place]
                left = max(0, order.amount - whole(event))
                found[place] = order._replace(amount=left)
    return tuple(Order(each.at, each.amount, each.currency) for each in found)


def opened(events: list[Told]) -> list[Open]:
    """Orders before anything was taken back, oldest first."""
    placed = [event for event in events if event.kind == PLACED]
    paid = [event for event in events if event.kind == PAID]
    counted = {event.reference: event for event in reversed(placed) if event.reference}
    counted |= {e.reference: e for e in reversed(paid) if e.reference and e.reference not in counted}
    bare = [event for event in (placed or paid) if not event.reference]
    return sorted(Open(e.at, e.reference, whole(e), e.currency) for e in [*counted.values(), *bare])


def meant(found: list[Open], event: Told) -> int | None:
    """The place of the order that a cancellation or refund is about."""
    if event.reference:
        fits = [place for place, order in enumerate(found) if order.reference == event.reference]
    else:
        fits = [
            place
            for place, order in enumerate(found)
            if order.at <= event.at and (event.kind == CANCELLED or order.currency == event.currency)
        ]
    return fits[-1] if fits else None


def whole(event: Told) -> int:
    """The amount in the currency's smallest unit."""
    return round(event.amount * money.minor_units(event.currency)) if event.currency else 0
