"""Answers to expect: by one's own past, else by the yardstick."""

from datetime import timedelta

import pytest

from tests.campaigns.conftest import NOON, Shop
from tradewind.campaigns import actions, replies
from tradewind.messages.models import Message, Tally

pytestmark = pytest.mark.usefixtures("still_time")


def test_x1_without_a_past_the_yardstick_says_so(shop: Shop) -> None:
    found = replies.outlook(shop.owner.workspace_id, "marketing")
    assert (found["share"], found["is_own"], found["pace"]) == (0.22, False, None)
    assert sum(found["delays"]) == pytest.approx(1, abs=0.001)
    hours = [{"hour": NOON.isoformat(), "by_number": {"1": 600, "2": 400}}]
    expected = replies.by_hour(hours, found)
    assert sum(expected.values()) == pytest.approx(220, rel=0.01)
    assert max(expected, key=lambda at: expected[at]) == NOON


def test_x1_ones_own_past_counts(shop: Shop) -> None:
    ada = shop.person("Ada", "+491510000001")
    campaign = actions.launch(shop.planned(numbers=shop.numbers[:1]), member=shop.owner)
    for name, n in (("delivered", 900), ("replied", 450)):
        Tally.objects.create(
            workspace_id=campaign.workspace_id, run_id=campaign.run_id, number_id=shop.numbers[0].pk, name=name, n=n
        )
    Message.objects.update(accepted_at=NOON - timedelta(hours=3), state="delivered")
    Message.objects.create(
        workspace=shop.owner.workspace, number=shop.numbers[0], contact=ada, direction="in", kind="text",
        state="received", wamid="in", created_at=NOON - timedelta(minutes=30),
    )  # fmt: skip
    found = replies.outlook(campaign.workspace_id, "utility")
    assert found["is_own"] and found["share"] == pytest.approx((450 + 22) / 1000)
    usual = replies.delays({})
    assert found["delays"][2] > usual[2] and found["delays"][0] < usual[0]
