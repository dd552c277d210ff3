"""Second tries of a campaign: a cancel calls them off, and its run stays open for them after its end, not for ever."""

from datetime import timedelta

import pytest

from tests.campaigns.conftest import NOON, Shop
from tests.conftest import Time
from tradewind.campaigns import actions, queries, upkeep
from tradewind.campaigns.models import Campaign
from tradewind.messages import second_tries
from tradewind.messages.models import Message, Outbox, Run, SecondTry

pytestmark = pytest.mark.usefixtures("still_time")


def failed_once(shop: Shop) -> Campaign:
    """A running campaign to two people: one message arrived, the other failed and is tried again tomorrow."""
    for rank in range(2):
        shop.person(f"P{rank}", f"+49151{rank:08}")
    campaign = actions.launch(shop.planned(), member=shop.owner)
    first, second = Message.objects.order_by("pk")
    Outbox.objects.all().delete()
    Message.objects.filter(pk=first.pk).update(state="delivered", rank=3, accepted_at=NOON)
    Message.objects.filter(pk=second.pk).update(state="failed", error_code=131026, failed_at=NOON, accepted_at=NOON)
    SecondTry.objects.create(
        message=second, workspace_id=campaign.workspace_id, code=131026, due_at=NOON + timedelta(days=1)
    )
    return campaign


def test_a_cancel_calls_second_tries_off(shop: Shop, still_time: Time) -> None:
    campaign = failed_once(shop)
    assert queries.second_tries(campaign) == (1, NOON + timedelta(days=1))
    actions.cancel(campaign, member=shop.owner)
    assert queries.second_tries(campaign) == (0, None)
    still_time.move(25 * 3600)
    second_tries.step()
    assert not Outbox.objects.exists()
    assert set(Message.objects.values_list("state", flat=True)) == {"delivered", "failed"}


def test_a_finished_campaign_lets_its_second_tries_go_and_then_closes_its_run(shop: Shop, still_time: Time) -> None:
    campaign = failed_once(shop)
    upkeep.look_after()
    campaign.refresh_from_db()
    assert campaign.state == "done" and Run.objects.get().state == "open"
    still_time.move(25 * 3600)
    second_tries.step()
    assert Outbox.objects.count() == 1 and queries.second_tries(campaign) == (0, None)
    still_time.move(24 * 3600)
    upkeep.look_after()
    assert Run.objects.get().state == "open", "one is still in the outbox"
    Outbox.objects.all().delete()
    upkeep.look_after()
    assert (Run.objects.get().state, Run.objects.get().state_reason) == ("closed", "finished")
    campaign.refresh_from_db()
    assert campaign.state == "done"


def test_only_those_that_stand_as_failed_are_told_to_be_tried_again(shop: Shop) -> None:
    campaign = failed_once(shop)
    Message.objects.filter(state="failed").update(state="delivered", rank=3)
    assert queries.second_tries(campaign) == (0, None)
