"""What the figures of a person are reckoned from: what was sent, read, written, clicked and ordered. All times in
Unix seconds, so that a million people can be gone through."""

from typing import Any, NamedTuple

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

# A sign is anything the person did. What outside events count as, by the first word of their name or the whole of it.
CLICK, CART, VISIT, OTHER = "click", "cart", "visit", "other"
SIGN_OF = {"link.clicked": CLICK, "cart": CART, "quote.requested": CART, "page": VISIT}
# What the business did, not the person.
NOT_THEIRS = frozenset({"quote.sent", "order.shipped", "order.delivered", "order.cancelled", "order.refunded"})


class Sent(NamedTuple):
    """A message to the person that Meta took and that did not fail."""

    at: float
    read_at: float | None


class Wrote(NamedTuple):
    """A message from the person."""

    at: float
    is_question: bool


class Order(NamedTuple):
    """An order; `amount` in the currency's smallest unit, what was refunded taken off. `amount` 0: not told."""

    at: float
    amount: int
    currency: str


class Sign(NamedTuple):
    """Another thing the person did: click, cart, visit, other."""

    at: float
    kind: str


class History(NamedTuple):
    """Everything that is known of one person, in any order."""

    created_at: float
    sent: tuple[Sent, ...] = ()
    wrote: tuple[Wrote, ...] = ()
    orders: tuple[Order, ...] = ()
    signs: tuple[Sign, ...] = ()
    zone: str = ""
    language: str = ""
    country: str = ""


# Why a figure is what it is: a code for words.py, the points it gave, and what the sentence needs.
Reason = tuple[str, float, dict[str, Any]]


def sign_of(kind: str) -> str:
    """What an outside event counts as; "" for what is not the person's doing."""
    if kind in NOT_THEIRS:
        return ""
    return SIGN_OF.get(kind) or SIGN_OF.get(kind.partition(".")[0]) or OTHER
