"""Reply-aware pacing, and changes of what has not gone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.campaigns.conftest import NOON, Shop
from tests.conftest import Time
from tradewind.campaigns import actions, crew, rest
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign, Departure
from tradewind.campaigns.pages import live
from tradewind.contacts.models import Consent, Contact
from tradewind.lib import clock
from tradewind.messages.models import Message, Run, ServiceWindow
from tradewind.workspaces.door import public_id

pytestmark = pytest.mark.usefixtures("still_time")


def launched(shop: Shop, answer_minutes: int | None = 5) -> Campaign:
    for rank in range(6):
        shop.person(f"P{rank}", f"+49151{rank:08}")
    campaign = shop.planned(preset="balanced")
    Campaign.objects.filter(pk=campaign.pk).update(answer_minutes=answer_minutes)
    return actions.launch(Campaign.objects.get(pk=campaign.pk), member=shop.owner)


def writes(shop: Shop, name: str, kind: str = "text") -> None:
    person, now = shop.people[name], clock.now()
    place = {"workspace": person.workspace, "number": shop.numbers[0], "contact": person}
    Message.objects.create(**place, direction="in", kind=kind, state="received", created_at=now)
    ServiceWindow.objects.update_or_create(
        number=shop.numbers[0], contact=person,
        defaults={"workspace": person.workspace, "last_inbound_at": now, "closes_at": now + timedelta(hours=24)},
    )  # fmt: skip


def answers(shop: Shop, name: str) -> None:
    person = shop.people[name]
    Message.objects.create(
        workspace=person.workspace, number=shop.numbers[0], contact=person, direction="out", kind="text",
        state="sent", created_at=clock.now(),
    )  # fmt: skip


def pace(campaign: Campaign) -> int:
    return int(Run.objects.get(pk=campaign.run_id).pacing.get("per_minute", 0))


def test_x3_the_live_page_tells_when_and_why_it_slowed(shop: Shop, still_time: Time, as_alice: Client) -> None:
    campaign = launched(shop)
    for n in range(6):
        Departure.objects.create(
            workspace_id=campaign.workspace_id, run_id=campaign.run_id, at=NOON + timedelta(minutes=n), n=5
        )
    for name in ("P0", "P1", "P2"):
        writes(shop, name)
    still_time.move(6 * 60)
    crew.step()
    still_time.move(4 * 60)
    for name in ("P0", "P1", "P2"):
        answers(shop, name)
    crew.step()
    still_time.move(10 * 60)
    campaign.refresh_from_db()
    (spell,) = crew.spells_of(campaign)
    assert (spell.began_at, spell.ended_at) == (NOON + timedelta(minutes=6), NOON + timedelta(minutes=10))
    assert (spell.people, spell.longest) == (3, timedelta(minutes=6))
    page = as_alice.get(reverse("campaigns:live", args=[public_id(campaign)])).content.decode()
    assert "Slowed for the team" in page and "3 people waited for an answer" in page
    drawn = live.line(campaign, clock.now())
    assert drawn is not None and drawn["slow"] == [{"x": 30.77, "w": 20.51}]
    assert 'class="slow" x="30.77%" width="20.51%"' in page


def test_x3_it_slows_when_people_wait_too_long_and_goes_on_when_they_do_not(shop: Shop, still_time: Time) -> None:
    campaign = launched(shop)
    for name in ("P0", "P1", "P2"):
        writes(shop, name)
    still_time.move(4 * 60)
    crew.step()
    assert pace(campaign) == 600
    still_time.move(61)
    crew.step()
    campaign.refresh_from_db()
    assert pace(campaign) == 150 and crew.is_slow(campaign)
    assert (campaign.slowdowns[-1]["waiting"], campaign.slowdowns[-1]["longest"]) == (3, 301.0)
    writes(shop, "P3")
    answers(shop, "P0")
    crew.step()
    assert pace(campaign) == 150, "three still wait, the longest five minutes: it does not swing"
    answers(shop, "P1")
    crew.step()
    campaign.refresh_from_db()
    assert pace(campaign) == 600 and not crew.is_slow(campaign)
    assert campaign.slowdowns[-1]["to"] is not None


def test_x3_who_needs_no_answer_is_not_waiting(shop: Shop, still_time: Time) -> None:
    launched(shop)
    for name in ("P0", "P1"):
        writes(shop, name)
    writes(shop, "P2", "reaction")
    writes(shop, "P3")
    Consent.objects.create(
        workspace=shop.owner.workspace, contact=shop.people["P3"], state="opted_out", source="message",
        at=clock.now(), recorded_at=clock.now(),
    )  # fmt: skip
    still_time.move(600)
    queue = crew.queue_of(shop.owner.workspace_id, clock.now())
    assert (queue.people, queue.oldest) == (2, timedelta(minutes=10))
    crew.step()
    assert pace(Campaign.objects.get()) == 600


def test_x3_a_campaign_without_a_target_does_not_mind(shop: Shop, still_time: Time) -> None:
    campaign = launched(shop, None)
    for name in ("P0", "P1", "P2", "P3"):
        writes(shop, name)
    still_time.move(3600)
    crew.step()
    assert pace(campaign) == 600


def test_b13_what_has_not_gone_gets_another_pace_and_an_end(shop: Shop, still_time: Time) -> None:
    campaign = launched(shop)
    given = {"preset": "custom", "pacing": {"per_minute": 20}, "answer_minutes": None}
    with pytest.raises(CampaignError, match="Pause it first"):
        rest.change(campaign, member=shop.owner, ends_at=None, **given)  # type: ignore[arg-type]
    actions.pause(campaign, member=shop.owner)
    with pytest.raises(CampaignError, match="past"):
        rest.change(campaign, member=shop.owner, ends_at=clock.now(), **given)  # type: ignore[arg-type]
    rest.change(campaign, member=shop.owner, ends_at=clock.now() + timedelta(hours=1), **given)  # type: ignore[arg-type]
    assert pace(campaign) == 20
    actions.resume(campaign, member=shop.owner)
    still_time.move(3_599)
    rest.end_those_due()
    assert Campaign.objects.get(pk=campaign.pk).state == "running"
    still_time.move(2)
    rest.end_those_due()
    campaign.refresh_from_db()
    assert campaign.state == "cancelled"
    assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}
    assert Contact.objects.count() == 6
