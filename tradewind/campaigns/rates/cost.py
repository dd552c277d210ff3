"""What a plan costs: delivered messages by country, with what is free taken out and volume tiers counted.

Money is in millionths of the card's currency, as integers; only the expected cost, which is a share, is rounded.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from tradewind.campaigns.models import Campaign
from tradewind.campaigns.rates import cards
from tradewind.campaigns.rates.cards import PriceList, Tiers
from tradewind.campaigns.wording import price_category
from tradewind.lib import clock
from tradewind.numbers.models import Number

SERVICE_CHARGED_FROM = date(2026, 10, 1)
"""Since then utility and service messages cost money inside the window, too (reported by several providers)."""
USUALLY_DELIVERED = 0.97
"""The yardstick until a workspace has sent campaigns of its own: 92 to 97 % are healthy."""
PULL = 200
"""The yardstick weighs as much as so many messages."""
LOOKS_BACK = timedelta(days=90)

# Of the workspace's own campaigns of this category: how many were accepted, and how many of these arrived.
ARRIVED = """
SELECT coalesce(sum(n) FILTER (WHERE name = 'delivered'), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE name = 'failed'), 0)::bigint
FROM tally JOIN run ON run.id = tally.run_id
WHERE run.workspace_id = %(workspace)s AND run.category = %(category)s AND run.created_at > %(since)s
  AND run.created_at <= %(now)s AND tally.name IN ('delivered', 'failed')
"""
# Messages of a month that were charged, by portfolio and country of the phone: for the volume tiers only.
CHARGED = """
SELECT number.portfolio_id, recipient.country, count(*)
FROM run JOIN campaign ON campaign.run_id = run.id
JOIN recipient ON recipient.campaign_id = campaign.id AND recipient.excluded = ''
JOIN message ON message.run_id = run.id AND message.contact_id = recipient.contact_id
JOIN number ON number.id = message.number_id
WHERE run.workspace_id = %(workspace)s AND run.category = %(category)s
  AND message.accepted_at >= %(month)s AND message.pricing ->> 'type' = 'regular'
GROUP BY 1, 2
"""


def of_plan(campaign: Campaign, priced: Mapping[tuple[int, str, str], int], starts_at: datetime) -> dict[str, Any]:
    """What the plan says of money. `priced`: people by (number, country, what makes it free).

    {"card": id | None, "currency", "category", "share": what is delivered as a rule, "share_is_own", "lines":
    [{"country", "people", "free", "micros": price of one (of the first), "sum"}], "sum": if all arrive, "expected",
    "missing": {country: people without a price}}.
    """
    assert campaign.said is not None
    category, day = price_category(campaign.said), starts_at.astimezone(UTC).date()
    card = cards.in_use(campaign.workspace_id, day)
    share, is_own = delivered_share(campaign.workspace_id, category)
    if card is None:
        return {"card": None, "category": category, "people": sum(priced.values())}
    lines, missing = lines_of(campaign, cards.price_list(card), category, priced, day)
    total = sum(line["sum"] for line in lines)
    return {
        "card": card.pk,
        "name": card.name,
        "currency": card.currency,
        "valid_from": card.valid_from.isoformat(),
        "is_example": card.is_example,
        "is_old": cards.is_old(card, day),
        "category": category,
        "share": round(share, 4),
        "share_is_own": is_own,
        "lines": lines,
        "free": sum(line["free"] for line in lines),
        "sum": total,
        "expected": round(total * share),
        "missing": missing,
    }


def lines_of(
    campaign: Campaign, prices: PriceList, category: str, priced: Mapping[tuple[int, str, str], int], day: date
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """A line for each country, the dearest first, and the countries that the card has no price for."""
    portfolios = dict(Number.objects.filter(pk__in={number for number, *_ in priced}).values_list("pk", "portfolio_id"))
    free: Counter[str] = Counter()
    paid: Counter[tuple[str, int]] = Counter()
    left = Counter(allowances(campaign.workspace_id, category, day))
    for (number, country, free_by), people in sorted(priced.items()):
        some = people
        if not is_free(free_by, category, day):
            some = min(people, left[number])
            left[number] -= some
        free[country] += some
        if people > some:
            paid[country, portfolios[number]] += people - some
    used = charged(campaign.workspace_id, category, day) if has_tiers(prices, category) else {}
    missing: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for (country, portfolio), people in paid.items():
        if (tiers := prices.tiers(country, category)) is None:
            missing[country] += people
        else:
            sums[country] += charge(people, used.get((portfolio, country), 0), tiers)
    people_of = Counter(free)
    for (country, _portfolio), people in paid.items():
        people_of[country] += people
    lines = [
        {"country": country, "people": people, "free": free[country], "sum": sums[country],
         "micros": (prices.tiers(country, category) or ((0, 0),))[0][1]}
        for country, people in people_of.items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (-line["sum"], -line["people"], line["country"])), dict(missing)


def is_free(free_by: str, category: str, day: date) -> bool:
    """A free entry point frees every category; the service window freed utility and service until October 2026."""
    was_free = category in ("utility", "service") and day < SERVICE_CHARGED_FROM
    return free_by == "entry_point" or (free_by == "window" and was_free)


def allowances(workspace_id: int, category: str, day: date) -> dict[int, int]:
    """How many service messages each number has free in the rest of this month; of other categories none is."""
    from tradewind.campaigns.rates import month  # month imports this module

    if category != "service" or day < SERVICE_CHARGED_FROM:
        return {}
    so_far = month.so_far(workspace_id, None)
    return {} if so_far is None else {number.pk: n for number, _, n in month.allowances(so_far, workspace_id)}


def has_tiers(prices: PriceList, category: str) -> bool:
    return any(len(tiers) > 1 for (_, name), tiers in prices.prices.items() if name == category)


def charge(messages: int, used: int, tiers: Tiers) -> int:
    """Millionths for so many messages after `used` ones in the month: each tier's price for its part."""
    total = 0
    for rank, (begins, micros) in enumerate(tiers):
        ends = tiers[rank + 1][0] if rank + 1 < len(tiers) else used + messages
        total += micros * max(0, min(ends, used + messages) - max(begins, used))
    return total


def delivered_share(workspace_id: int, category: str) -> tuple[float, bool]:
    """How much of what Meta takes arrives and so is charged, by the workspace's own past; and whether it has one."""
    now = clock.now()
    params: dict[str, Any] = {
        "workspace": workspace_id,
        "category": category,
        "since": now - LOOKS_BACK,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(ARRIVED, params)
        arrived, failed = cursor.fetchone()
    seen = arrived + failed
    return (arrived + PULL * USUALLY_DELIVERED) / (seen + PULL), seen >= PULL


def charged(workspace_id: int, category: str, day: date) -> dict[tuple[int, str], int]:
    """(portfolio, country) → messages of the month of `day` that were charged."""
    month = datetime(day.year, day.month, 1, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute(CHARGED, {"workspace": workspace_id, "category": category, "month": month})
        return {(portfolio, country): n for portfolio, country, n in cursor.fetchall()}
