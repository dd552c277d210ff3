"""From recipients to the outbox: once, in order of their time, a little ahead, and nothing after the end."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from tests.campaigns.conftest import BINDINGS, NOON, Shop
from tests.campaigns.counting import adds_up, rows
from tests.conftest import Time
from tradewind.campaigns import actions, feeder, queries
from tradewind.campaigns.models import Campaign, CampaignNumber, Variant
from tradewind.contacts.models import Contact
from tradewind.messages import runs
from tradewind.messages.models import Content, Message, Outbox, Run

pytestmark = pytest.mark.usefixtures("still_time")


def people(shop: Shop, count: int, **fields: Any) -> None:
    for rank in range(count):
        shop.person(f"P{rank:03}", f"+49151{rank:08}", **fields)


def feed_all() -> None:
    while feeder.step():
        pass


def test_what_breaks_with_one_number_holds_no_other_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    people(shop, 300)
    actions.launch(shop.planned(), member=shop.owner)
    broken, sound = (number.pk for number in shop.numbers[:2])
    before, usual = Message.objects.filter(number=sound).count(), feeder.feed

    def feed(each: feeder.Hungry, most: int) -> bool:
        if each.number == broken:
            raise RuntimeError("broken")
        return usual(each, most)

    monkeypatch.setattr(feeder, "feed", feed)
    with pytest.raises(RuntimeError):
        feeder.step()
    assert Message.objects.filter(number=sound).count() > before


def test_everybody_is_fed_once_with_frozen_values(shop: Shop) -> None:
    people(shop, 120)
    campaign = actions.launch(shop.planned(), member=shop.owner)
    adds_up(campaign)
    feed_all()
    feed_all()
    assert Message.objects.count() == Outbox.objects.count() == 120
    assert len(set(Message.objects.values_list("contact_id", flat=True))) == 120
    message = Message.objects.order_by("pk").first()
    assert message is not None
    assert message.variables == {"body.1": message.contact.name, "body.2": "A-17"}
    assert (message.state, message.category, message.direction) == ("queued", "utility", "out")
    assert adds_up(campaign)["unfed"] == 0


def test_the_launch_itself_feeds_a_few(shop: Shop) -> None:
    people(shop, 150)
    actions.launch(shop.planned(numbers=shop.numbers[:1]), member=shop.owner)
    assert Outbox.objects.count() == feeder.FIRST_BATCH


def test_earlier_people_come_first_and_those_of_tomorrow_not_yet(shop: Shop, still_time: Time) -> None:
    still_time.set(datetime(2026, 3, 2, 21, 30, tzinfo=UTC))
    shop.person("Berlin", "+491510000001", timezone="Europe/Berlin")
    shop.person("Bogotá", "+573101234567", timezone="America/Bogota")
    campaign = actions.launch(shop.planned(template=shop.marketing, numbers=shop.numbers[:1]), member=shop.owner)
    feed_all()
    assert [row.contact.name for row in Message.objects.all()] == ["Bogotá"]
    still_time.set(datetime(2026, 3, 3, 6, 57, 59, tzinfo=UTC))
    feed_all()
    assert Message.objects.count() == 1
    still_time.set(datetime(2026, 3, 3, 6, 58, 1, tzinfo=UTC))
    feed_all()
    assert Message.objects.count() == 2
    berlin = Outbox.objects.get(message__contact__name="Berlin")
    assert (berlin.due_at, berlin.zone, berlin.is_marketing) == (
        datetime(2026, 3, 3, 7, 0, tzinfo=UTC), "Europe/Berlin", True,
    )  # fmt: skip
    adds_up(campaign)


def test_the_outbox_stays_shallow(shop: Shop) -> None:
    people(shop, 300)
    campaign = shop.planned(numbers=shop.numbers[:1], preset="careful")
    actions.launch(campaign, member=shop.owner)
    feed_all()
    assert Outbox.objects.count() == feeder.LEAST_DEPTH
    Outbox.objects.filter(pk__in=list(Outbox.objects.values_list("pk", flat=True)[:40])).delete()
    feed_all()
    assert Outbox.objects.count() == 60  # not yet half empty
    Outbox.objects.filter(pk__in=list(Outbox.objects.values_list("pk", flat=True)[:20])).delete()
    feed_all()
    assert Outbox.objects.count() == feeder.LEAST_DEPTH


def test_a_paused_run_is_not_fed(shop: Shop) -> None:
    people(shop, 150)
    campaign = actions.launch(shop.planned(numbers=shop.numbers[:1]), member=shop.owner)
    actions.pause(campaign, member=shop.owner)
    feed_all()
    assert Outbox.objects.count() == feeder.FIRST_BATCH
    actions.resume(campaign, member=shop.owner)
    feed_all()
    assert Outbox.objects.count() == 150


def test_a_run_that_closes_behind_the_feeders_back_is_not_fed(shop: Shop) -> None:
    people(shop, 150)
    campaign = actions.launch(shop.planned(numbers=shop.numbers[:1]), member=shop.owner)
    (each,) = feeder.hungry()
    Run.objects.filter(pk=campaign.run_id).update(state="closed")
    assert feeder.feed(each, 100) is False
    assert Outbox.objects.count() == feeder.FIRST_BATCH


def test_erased_people_are_passed_over_and_counted(shop: Shop) -> None:
    people(shop, 3)
    campaign = shop.planned()
    Contact.objects.filter(name="P001").delete()
    campaign = actions.launch(campaign, member=shop.owner)
    feed_all()
    assert Message.objects.count() == 2
    assert adds_up(campaign)["erased"] == 1


def test_only_open_parts_are_fed_one_after_the_other_and_each_text_to_its_own(shop: Shop) -> None:
    people(shop, 60)
    campaign = shop.draft(numbers=shop.numbers[:1])
    Variant.objects.create(
        workspace=campaign.workspace, campaign=campaign, place=1, template=shop.utility, bindings=BINDINGS
    )
    campaign = shop.replanned(campaign)
    rows("UPDATE recipient SET part = 1 WHERE contact_id %% 3 > 0 RETURNING id")
    rows("UPDATE recipient SET variant = 1 WHERE contact_id %% 3 = 1 RETURNING id")
    campaign = actions.launch(campaign, member=shop.owner)
    assert campaign.run is not None
    other = Content.objects.create(workspace=campaign.workspace, payload={}, created_at=NOON)
    Variant.objects.update(content=other)
    feed_all()
    assert Message.objects.count() == 20
    assert queries.progress(campaign).waiting == 60
    Campaign.objects.update(open_part=1)
    feed_all()
    assert Message.objects.count() == 60
    assert rows("SELECT content_id, count(*) FROM outbox GROUP BY 1 ORDER BY 1") == [
        (campaign.run.content_id, 40), (other.pk, 20),
    ]  # fmt: skip
    adds_up(campaign)


def test_two_campaigns_on_one_number_are_both_fed(shop: Shop) -> None:
    people(shop, 30)
    first = actions.launch(shop.planned(numbers=shop.numbers[:1]), member=shop.owner)
    second = shop.planned(numbers=shop.numbers[:1])
    assert second.plan is not None
    assert second.plan["excluded"] == {"other_campaign": 30}
    adds_up(first)


def test_people_whom_another_campaign_has_not_even_fed_are_busy_too(shop: Shop) -> None:
    people(shop, 5)
    first = actions.launch(shop.planned(starts_at=NOON + timedelta(hours=1)), member=shop.owner)
    assert Outbox.objects.count() == 0
    assert shop.planned().plan["excluded"] == {"other_campaign": 5}  # type: ignore[index]
    actions.cancel(first, member=shop.owner)
    assert shop.planned().plan["excluded"] == {}  # type: ignore[index]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each in a thread with a connection of its own, all let go at the same moment; results or exceptions."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait()
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
class TestTogether:
    """Everything here may run at the same time as itself."""

    def test_many_feeders_feed_each_person_once(self, shop: Shop) -> None:
        people(shop, 400)
        campaign = actions.launch(shop.planned(), member=shop.owner)
        at_once(*[feed_all] * 6)
        feed_all()
        assert Message.objects.count() == 400
        assert rows("SELECT count(*) FROM outbox") == [(400,)]
        assert rows("SELECT sum(n) FROM tally WHERE name = 'queued'") == [(400,)]
        assert set(CampaignNumber.objects.values_list("campaign_id", flat=True)) == {campaign.pk}
        adds_up(campaign)

    def test_p5_two_launches_at_once_are_one(self, shop: Shop) -> None:
        people(shop, 20)
        campaign = shop.planned()
        results = at_once(*[lambda: actions.launch(campaign, member=shop.owner)] * 5)
        assert sum(isinstance(each, Campaign) for each in results) == 1
        assert all(isinstance(each, Campaign | actions.AlreadySo) for each in results), results
        assert Run.objects.count() == 1
        assert rows("SELECT count(*) FROM journal WHERE kind = 'campaign.launched'") == [(1,)]
        feed_all()
        assert Message.objects.count() == 20
        adds_up(campaign)

    def test_a_cancel_while_feeding_leaves_nothing_that_could_go(self, shop: Shop) -> None:
        people(shop, 300)
        campaign = actions.launch(shop.planned(), member=shop.owner)
        results = at_once(feed_all, feed_all, lambda: actions.cancel(campaign, member=shop.owner), feed_all)
        assert not [each for each in results if isinstance(each, Exception)], results
        feed_all()
        assert Outbox.objects.count() == 0
        assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}
        adds_up(campaign)

    def test_pause_and_resume_and_cancel_at_once_end_in_one_state(self, shop: Shop) -> None:
        people(shop, 50)
        campaign = actions.launch(shop.planned(), member=shop.owner)
        verbs = (actions.pause, actions.resume, actions.pause, actions.cancel, actions.resume)
        results = at_once(*[lambda verb=verb: verb(campaign, member=shop.owner) for verb in verbs])
        assert all(isinstance(each, Campaign | actions.CampaignError) for each in results), results
        campaign.refresh_from_db()
        run = Run.objects.get(pk=campaign.run_id)
        assert (campaign.state, run.state) == ("cancelled", "closed")

    def test_a_brake_and_a_member_pause_at_once(self, shop: Shop) -> None:
        people(shop, 5)
        campaign = actions.launch(shop.planned(), member=shop.owner)
        assert campaign.run is not None
        run = campaign.run
        at_once(
            lambda: runs.pause(run, reason="failed: 30 of 100", by_brake=True),
            lambda: actions.pause(campaign, member=shop.owner),
        )
        campaign.refresh_from_db()
        assert campaign.state == "paused"
        actions.resume(campaign, member=shop.owner)
        run.refresh_from_db()
        assert run.state == "open"

    def test_a_feeder_that_dies_half_way_has_done_nothing(self, shop: Shop) -> None:
        people(shop, 100)
        campaign = actions.launch(shop.planned(numbers=shop.numbers[:1]), member=shop.owner)
        before = rows("SELECT fed, fed_recipient FROM campaign_number")
        (each,) = feeder.hungry()
        with pytest.raises(RuntimeError), transaction.atomic():
            feeder.feed(each, 30)
            raise RuntimeError("killed")
        assert rows("SELECT fed, fed_recipient FROM campaign_number") == before
        assert Message.objects.count() == feeder.FIRST_BATCH
        feed_all()
        assert Message.objects.count() == 100
        adds_up(campaign)
