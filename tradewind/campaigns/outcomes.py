"""What happened, laid beside the plan with which it left (product.md X1).

Counting a million messages takes seconds, so what was counted is kept, and counted again while it may still change.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tradewind.campaigns import kept, queries
from tradewind.campaigns.models import Campaign, Outcome
from tradewind.campaigns.rates import actual
from tradewind.campaigns.rates.models import RateCard
from tradewind.lib import clock

FRESH = timedelta(seconds=30)
SETTLED = timedelta(hours=72)
"""Statuses and answers come in for so long after the end."""

# A second try, a day later, of what could not be delivered (messages/second_tries.py) does not move the end.
LAST = """
SELECT min(accepted_at), max(accepted_at) FROM message
WHERE run_id = %s AND accepted_at <= coalesce(%s::timestamptz + interval '1 hour', 'infinity')
"""
# Ends that tell no more than their name.
ENDS = """
SELECT name, sum(n)::bigint FROM tally WHERE run_id = %s AND name IN ('expired', 'cancelled')
GROUP BY 1 HAVING sum(n) > 0
"""
LEFT = """
SELECT date_bin('1 hour', at, 'epoch'::timestamptz), sum(n)::bigint FROM departure WHERE run_id = %s
GROUP BY 1 ORDER BY 1
"""
# By country of the phone: who was written to, whom it reached (`rank` 3 and more), who read it.
COUNTRIES = """
SELECT recipient.country, count(*) FILTER (WHERE message.accepted_at IS NOT NULL),
       count(*) FILTER (WHERE message.rank >= 3), count(*) FILTER (WHERE message.rank >= 4)
FROM message JOIN recipient ON recipient.campaign_id = %s AND recipient.contact_id = message.contact_id
WHERE message.run_id = %s AND message.direction = 'out' GROUP BY 1
"""
END_WORDS = {"expired": "expired", "cancelled": "run_closed"}


def of(campaign: Campaign) -> Outcome:
    """What is known of a launched campaign; counted now, unless that was done just before or nothing changes now."""
    now = clock.now()
    found = Outcome.objects.filter(campaign=campaign).first()
    if found is not None and not is_due(campaign, found, now):
        return found
    figures = count(campaign)
    row, _ = Outcome.objects.update_or_create(
        campaign=campaign, workspace_id=campaign.workspace_id, defaults={"counted_at": now, "figures": figures}
    )
    return row


def is_due(campaign: Campaign, found: Outcome, now: datetime) -> bool:
    is_settled = campaign.finished_at is not None and found.counted_at > campaign.finished_at + SETTLED
    return not is_settled and now - found.counted_at > FRESH


def count(campaign: Campaign) -> dict[str, Any]:
    """{"first_at", "last_at": ISO or None, "seconds": from the launch to the last message, "hours": {ISO: n}, "cost",
    "people", "sent", "delivered", "read", "replied", "failed", "left_out": {reason: n}, …,
    "countries": {country: {"gone", "delivered", "read"}}}.
    """
    seen = queries.progress(campaign)
    with connection.cursor() as cursor:
        cursor.execute(LAST, [campaign.run_id, campaign.finished_at])
        first, last = cursor.fetchone()
        cursor.execute(LEFT, [campaign.run_id])
        hours = {at.isoformat(): int(n) for at, n in cursor.fetchall()}
        cursor.execute(ENDS, [campaign.run_id])
        ends = {END_WORDS[name]: int(n) for name, n in cursor.fetchall()}
        cursor.execute(COUNTRIES, [campaign.pk, campaign.run_id])
        countries = {code: {"gone": n, "delivered": got, "read": read} for code, n, got, read in cursor.fetchall() if n}
    began = campaign.launched_at and max(campaign.launched_at, campaign.starts_at or campaign.launched_at)
    return {
        "first_at": first.isoformat() if first else None,
        "last_at": last.isoformat() if last else None,
        "seconds": round((last - began).total_seconds(), 1) if last and began else None,
        "hours": hours,
        "people": seen.recipients,
        **{
            name: getattr(seen, name)
            for name in ("gone", "delivered", "read", "replied", "failed", "opted_out", "unknown")
        },
        "waiting": seen.waiting,
        "left_out": {**seen.skipped_by_reason, **ends},
        "failed_by_code": {str(code): n for code, n in seen.failed_by_code.items()},
        "countries": countries,
        "cost": actual.of_run(campaign, card_of(campaign)),
    }


def card_of(campaign: Campaign) -> RateCard | None:
    """The card that the plan counted with."""
    plan = kept.launched(campaign)
    pk = ((plan.plan if plan else campaign.plan) or {}).get("cost", {}).get("card")
    return RateCard.objects.filter(workspace_id=campaign.workspace_id, pk=pk).first() if pk else None
