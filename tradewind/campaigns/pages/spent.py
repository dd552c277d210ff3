"""What a campaign has cost so far, for a tile of the live page.

Counting what Meta charged takes seconds for a million messages, and the page asks every second. So while it runs the
sum is told about, from its plan; once it has ended, a small campaign is counted, and a large one when its report was.
"""

from decimal import Decimal
from typing import Any

from tradewind.campaigns import outcomes
from tradewind.campaigns.models import Campaign, Outcome
from tradewind.campaigns.queries import Progress
from tradewind.campaigns.rates.shown import amount

MOST_COUNTED = 20_000
"""So many people are counted in some hundredths of a second, and at most every half minute (outcomes.FRESH)."""


def so_far(campaign: Campaign, seen: Progress) -> dict[str, Any] | None:
    """{"spent", "planned": amounts in "currency", "is_about", "is_example"}; None without a rate card."""
    cost = (campaign.plan or {}).get("cost") or {}
    if cost.get("card") is None:
        return None
    planned, exact = amount(cost["expected"]), counted(campaign)
    spent = exact if exact is not None else estimated(cost, seen)
    return {
        "spent": spent,
        "planned": planned,
        "currency": cost["currency"],
        "is_about": exact is None,
        "is_example": cost.get("is_example", False),
    }


def counted(campaign: Campaign) -> Decimal | None:
    """By Meta's word on each message; None while it runs, and where that is not known without a long count."""
    if campaign.finished_at is None:
        return None
    if campaign.plan and campaign.plan["recipients"] <= MOST_COUNTED:
        return amount(outcomes.of(campaign).figures["cost"]["sum"])
    kept = Outcome.objects.filter(campaign=campaign).first()
    if kept is None or kept.counted_at < campaign.finished_at:
        return None
    return amount(kept.figures["cost"]["sum"])


def estimated(cost: dict[str, Any], seen: Progress) -> Decimal | None:
    """The sum if all arrive, by the share of people whom it has reached."""
    return amount(round(cost["sum"] * seen.delivered / max(1, seen.recipients)))
