"""How statuses add up: pure, so that any order with any doubles gives the same end (P8).

Rank accepted 1 < sent 2 < delivered 3 < read 4 < played 5 only grows. Each time is the earliest of its kind. `failed`
counts only below delivered, and a later delivered beats it. Who has read has received: delivered is then implied.
`join` is the least upper bound of two standings: it is commutative, associative and idempotent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import orjson

from tradewind.messages.models import RANKS

SENT, DELIVERED, READ, PLAYED = RANKS["sent"], RANKS["delivered"], RANKS["read"], RANKS["played"]
WORDS = {SENT: "sent", DELIVERED: "delivered", READ: "read", PLAYED: "played"}


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """A refusal that came as a status. Of several the earliest counts."""

    at: datetime
    code: int
    detail: str = ""


class Standing(NamedTuple):
    """What is known of a message from statuses. Times are Meta's. `pricing` is canonical JSON, or "" when not told.

    A tuple, because one is made for every status that comes in.
    """

    rank: int = 0
    sent_at: datetime | None = None
    delivered_at: datetime | None = None  # as told; see `shown_delivered_at`
    read_at: datetime | None = None
    played_at: datetime | None = None
    failure: Failure | None = None
    pricing: str = ""

    @property
    def is_delivered(self) -> bool:
        return self.rank >= DELIVERED

    @property
    def is_delivery_implied(self) -> bool:
        """Whether only a read or played tells that it was delivered."""
        return self.is_delivered and self.delivered_at is None

    @property
    def shown_delivered_at(self) -> datetime | None:
        """When it was delivered: as told, else when it was read at the latest."""
        if self.delivered_at is not None or not self.is_delivered:
            return self.delivered_at
        return earliest(self.read_at, self.played_at)

    def state(self, before: str) -> str:
        """The message's word; `before` is its word without any status (accepted, held, queued, …)."""
        if not self.is_delivered and self.failure is not None:
            return "failed"
        return WORDS.get(self.rank, before)


NOTHING = Standing()


def told(status: str, at: datetime, *, failure: Failure | None = None, pricing: object = None) -> Standing:
    """What one status says alone. A status word without a rank says nothing, except its pricing."""
    price = orjson.dumps(pricing, option=orjson.OPT_SORT_KEYS).decode() if pricing else ""
    if status == "failed":
        return Standing(failure=failure or Failure(at, -1), pricing=price)
    rank = RANKS.get(status, 0)
    sent, delivered, read, played = (at if rank == each else None for each in WORDS)
    return Standing(rank, sent, delivered, read, played, pricing=price)


def join(a: Standing, b: Standing) -> Standing:
    """What two standings say together."""
    if a == NOTHING:
        return b
    rank = max(a.rank, b.rank)
    return Standing(
        rank,
        earliest(a.sent_at, b.sent_at),
        earliest(a.delivered_at, b.delivered_at),
        earliest(a.read_at, b.read_at),
        earliest(a.played_at, b.played_at),
        None if rank >= DELIVERED else first_failure(a.failure, b.failure),
        cheaper(a.pricing, b.pricing),
    )


def earliest(a: datetime | None, b: datetime | None) -> datetime | None:
    if a is None or b is None:
        return a or b
    return min(a, b)


def first_failure(a: Failure | None, b: Failure | None) -> Failure | None:
    if a is None or b is None:
        return a or b
    return min(a, b)


def cheaper(a: str, b: str) -> str:
    """Meta tells the price once; should it tell two, the same one counts in any order."""
    if not a or not b:
        return a or b
    return min(a, b)


def names_reached(before: Standing, after: Standing) -> list[str]:
    """The words that a message reaches with `after` for the first time; a read counts as delivered and sent too."""
    return [word for rank, word in WORDS.items() if before.rank < rank <= after.rank]
