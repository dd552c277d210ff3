"""What a campaign has cost: messages that arrived and that Meta charges, by the country of the phone.

Meta's word counts (`pricing.type` of the message's statuses); only the price of one comes from the rate card.
"""

from collections import Counter
from typing import Any

from django.db import connection

from tradewind.campaigns.models import Campaign
from tradewind.campaigns.rates import cards, cost
from tradewind.campaigns.rates.models import RateCard

# `rank` 3 and more: delivered. A message without a word on its price is charged like the others of its kind.
CHARGED = """
SELECT recipient.country, coalesce(message.pricing ->> 'category', message.category),
       coalesce(message.pricing ->> 'type', 'regular'), count(*)
FROM message JOIN recipient ON recipient.campaign_id = %(campaign)s AND recipient.contact_id = message.contact_id
WHERE message.run_id = %(run)s AND message.rank >= 3
GROUP BY 1, 2, 3
"""


def of_run(campaign: Campaign, card: RateCard | None) -> dict[str, Any]:
    """{"sum": millionths (None without a card), "by_country": {country: {"people", "free", "sum"}}, "free", "missing":
    {country: people without a price}}."""
    with connection.cursor() as cursor:
        cursor.execute(CHARGED, {"campaign": campaign.pk, "run": campaign.run_id})
        rows = cursor.fetchall()
    prices = cards.price_list(card) if card else None
    lines: dict[str, Counter[str]] = {}
    missing: Counter[str] = Counter()
    for country, category, kind, n in rows:
        line = lines.setdefault(country, Counter(people=0, free=0, sum=0))
        line["people"] += n
        if kind != "regular":
            line["free"] += n
        elif prices is not None and (tiers := prices.tiers(country, category)) is not None:
            line["sum"] += cost.charge(n, 0, tiers)
        else:
            missing[country] += n
    return {
        "sum": sum(line["sum"] for line in lines.values()) if prices else None,
        "by_country": {country: dict(line) for country, line in lines.items()},
        "free": sum(line["free"] for line in lines.values()),
        "missing": dict(missing) if prices else {},
    }
