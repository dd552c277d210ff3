"""What this month's messages have cost so far, and how much of the free service messages each number has used.

Counted from what Meta said with each message (`pricing`): only messages that arrived are charged.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import OperationalError

from tradewind.campaigns.rates import cost
from tradewind.campaigns.rates.cards import PriceList
from tradewind.campaigns.rates.markets import country_params, country_sql
from tradewind.lib import clock
from tradewind.numbers.models import Number
from tradewind.segments.queries import asking

FREE_SERVICE = 1_000
"""Service messages that are free for each number and month, since October 2026 (reported by several providers)."""
LIMIT_MS = 5_000

SPENT = f"""
SELECT message.number_id, message.category, message.pricing ->> 'category', message.pricing ->> 'type',
       {country_sql("phone.value")}, count(*)
FROM message LEFT JOIN identity phone
  ON phone.contact_id = message.contact_id AND phone.kind = 'phone' AND phone.is_current
WHERE message.workspace_id = %(workspace)s AND message.direction = 'out' AND message.accepted_at >= %(month)s
  AND message.pricing IS NOT NULL AND message.rank >= 3
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 - only names of ours


@dataclass(slots=True)
class Month:
    """`charged`: category → (messages, millionths); `free`: category → messages; `service`: number → free ones used;
    `unpriced`: messages to countries that the card has no price for, which are in no sum."""

    since: datetime
    charged: dict[str, tuple[int, int]] = field(default_factory=dict)
    free: dict[str, int] = field(default_factory=dict)
    service: dict[int, int] = field(default_factory=dict)
    unpriced: int = 0

    @property
    def sum(self) -> int:
        return sum(micros for _, micros in self.charged.values())


def so_far(workspace_id: int, prices: PriceList | None) -> Month | None:
    """The month's figures; None when there are too many messages to count while somebody waits."""
    now = clock.now()
    month = Month(now.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    try:
        with asking(limit_ms=LIMIT_MS) as cursor:
            cursor.execute(SPENT, {"workspace": workspace_id, "month": month.since, **country_params()})
            rows = cursor.fetchall()
    except OperationalError:
        return None
    for number, own, theirs, kind, country, n in rows:
        add(month, number, theirs or own, kind, country, n, prices)
    return month


def add(month: Month, number: int, category: str, kind: str, country: str, n: int, prices: PriceList | None) -> None:
    if category == "service":
        month.service[number] = month.service.get(number, 0) + n
    if kind != "regular":
        month.free[category] = month.free.get(category, 0) + n
        return
    messages, micros = month.charged.get(category, (0, 0))
    tiers = prices.tiers(country, category) if prices else None
    if prices and tiers is None:
        month.unpriced += n
    month.charged[category] = (messages + n, micros + (cost.charge(n, 0, tiers) if tiers else 0))


def allowances(month: Month, workspace_id: int) -> list[tuple[Number, int, int]]:
    """(number, free service messages used, left) of every connected number."""
    numbers = Number.objects.filter(workspace_id=workspace_id, removed_at=None).order_by("name")
    used = {number.pk: min(FREE_SERVICE, month.service.get(number.pk, 0)) for number in numbers}
    return [(number, used[number.pk], FREE_SERVICE - used[number.pk]) for number in numbers]
