"""P17, for every test of this room: at every moment everybody of the audience stands somewhere, once."""

from typing import Any

from django.db import connection

from tradewind.campaigns import queries
from tradewind.campaigns.models import Campaign

ENDED_WITHOUT_META = ("skipped", "expired", "cancelled")


def adds_up(campaign: Campaign) -> dict[str, Any]:
    """Holds the rows against the plan, and the tallies against the rows; returns the counts."""
    campaign = Campaign.objects.get(pk=campaign.pk)
    truth = queries.truth(campaign)
    placed = sum(truth["excluded"].values()) + truth["unfed"] + truth["erased"] + sum(truth["states"].values())
    assert placed == truth["audience"], truth
    assert campaign.plan is not None
    assert truth["audience"] == campaign.plan["audience"]
    assert truth["recipients"] == campaign.plan["recipients"]
    assert truth["unfed"] >= 0 and truth["erased"] >= 0
    check_figures(campaign, truth)
    return truth


def check_figures(campaign: Campaign, truth: dict[str, Any]) -> None:
    seen, states = queries.progress(campaign), truth["states"]
    in_doubt = states.get("unknown", 0)
    left_out = sum(states.get(state, 0) for state in ENDED_WITHOUT_META)
    never = truth["unfed"] if campaign.state == "cancelled" else 0
    assert seen.waiting == states.get("queued", 0) + truth["unfed"] - never
    assert seen.unknown == in_doubt
    assert seen.left_out == left_out + never + truth["erased"]
    assert seen.failed == states.get("failed", 0)
    assert seen.delivered == sum(states.get(state, 0) for state in ("delivered", "read", "played"))
    everybody = seen.waiting + seen.unknown + seen.left_out + seen.failed + seen.delivered + seen.on_the_way
    assert everybody == truth["recipients"]
    for number in seen.by_number.values():
        assert number.waiting >= 0 and number.answered <= number.recipients


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
