"""Clicks on links that a shop tells of count for the campaign whose message brought them."""

from datetime import timedelta

import pytest

from tests.campaigns.conftest import Shop
from tests.campaigns.counting import rows
from tests.conftest import Time
from tests.waiting import wait_until_readable
from tradewind.campaigns import actions, clicks, feeder, queries
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.messages.models import Message

pytestmark = pytest.mark.django_db(transaction=True)  # what reads the journal reads what is committed


def click(shop: Shop, name: str, minutes: float) -> None:
    record(
        "link.clicked", workspace_id=shop.owner.workspace_id, contact_id=shop.people[name].pk,
        at=clock.now() + timedelta(minutes=minutes), data={},
    )  # fmt: skip


def test_a_click_counts_once_for_the_last_message_within_three_days(shop: Shop, still_time: Time) -> None:
    for rank, name in enumerate(["Twice", "Late", "Before"]):
        shop.person(name, f"+49151{rank:08}")
    campaign = actions.launch(shop.planned(), member=shop.owner)
    while feeder.step():
        pass
    Message.objects.update(accepted_at=clock.now(), state="accepted")
    click(shop, "Twice", 9)
    click(shop, "Twice", 5)
    click(shop, "Late", 73 * 60)
    click(shop, "Before", -1)
    wait_until_readable()
    while clicks.step():
        pass
    click(shop, "Twice", 7)
    wait_until_readable()
    while clicks.step():
        pass
    twice = Message.objects.get(contact__name="Twice")
    assert twice.clicked_at == clock.now() + timedelta(minutes=5)
    assert rows("SELECT count(*) FROM message WHERE clicked_at IS NOT NULL") == [(1,)]
    assert queries.progress(campaign).clicked == 1
