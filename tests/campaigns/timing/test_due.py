"""The timing of a whole plan: what each recipient's row says, and what becomes of what is late (B3, P15)."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from tests.campaigns.conftest import Shop
from tests.conftest import Time
from tradewind.campaigns import actions, feeder
from tradewind.campaigns.actions import CampaignError
from tradewind.campaigns.models import Campaign, FlightPlan, Recipient
from tradewind.contacts.models import Contact
from tradewind.messages import recover
from tradewind.messages.models import Message, Outbox
from tradewind.workspaces.door import public_id

pytestmark = pytest.mark.usefixtures("still_time")

TOMORROW = {"kind": "local", "date": "2026-03-03", "time": "10:00"}


def due(campaign: Campaign, contact: Contact) -> datetime | None:
    return Recipient.objects.get(campaign=campaign, contact_id=contact.pk).due_at


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def heard(contact: Contact, shop: Shop, *moments: str) -> None:
    for rank, moment in enumerate(moments):
        Message.objects.create(
            workspace=shop.owner.workspace, number=shop.numbers[0], contact=contact, direction="in", kind="text",
            state="received", created_at=at(moment), wamid=f"w{contact.pk}-{rank}",
        )  # fmt: skip


def test_b3_ten_in_the_morning_is_ten_where_they_are(shop: Shop) -> None:
    berlin = shop.person("Berlin", "+491510000001")
    bogota = shop.person("Bogotá", "+573101234567", timezone="America/Bogota")
    mars = shop.person("Wrong", "+491510000002", timezone="Mars/Olympus")
    campaign = shop.planned(template=shop.marketing, timing=TOMORROW)
    assert due(campaign, berlin) == due(campaign, mars) == at("2026-03-03T09:00")
    assert due(campaign, bogota) == at("2026-03-03T15:00")
    assert campaign.plan is not None and campaign.plan["first_at"] == "2026-03-03T09:00:00+00:00"
    assert "quiet_hours" not in campaign.plan["held_by"]
    row = Recipient.objects.get(campaign=campaign, contact_id=bogota.pk)
    assert (row.country, row.expires_at) == ("CO", at("2026-03-03T19:00"))


def test_b3_whose_time_has_passed_today_is_left_out_or_gets_it_tomorrow(shop: Shop) -> None:
    berlin = shop.person("Berlin", "+491510000001")
    bogota = shop.person("Bogotá", "+573101234567", timezone="America/Bogota")
    today = {**TOMORROW, "date": "2026-03-02"}  # noon in UTC: past in Berlin
    campaign = shop.planned(timing=today)
    assert campaign.plan is not None and campaign.plan["excluded"] == {"time_passed": 1}
    assert due(campaign, bogota) == at("2026-03-02T15:00")
    campaign = shop.planned(timing={**today, "next_day": True})
    assert due(campaign, berlin) == at("2026-03-03T09:00")


def test_b3_each_persons_best_hour_comes_from_their_own_past(shop: Shop) -> None:
    early, late, new = (shop.person(name, f"+49151000000{n}") for n, name in enumerate(("Early", "Late", "New")))
    heard(early, shop, *(f"2026-02-{day:02}T07:20" for day in range(10, 14)))  # 08:20 in Berlin
    heard(late, shop, *(f"2026-02-{day:02}T18:40" for day in range(10, 14)))  # 19:40
    campaign = shop.planned(template=shop.marketing, timing={"kind": "best_hour"})
    assert due(campaign, early) == at("2026-03-03T07:00")
    assert due(campaign, late) == at("2026-03-02T18:00")
    assert due(campaign, new) == at("2026-03-02T18:00"), "the workspace's usual hour by now"


def test_b3_one_glance_does_not_overrule_the_workspace(shop: Shop) -> None:
    once = shop.person("Once", "+491510000001")
    heard(once, shop, "2026-02-10T14:10")
    campaign = shop.planned(template=shop.marketing, timing={"kind": "best_hour"})
    found = due(campaign, once)
    assert found is not None and found.astimezone(UTC).hour in (9, 14), "near its own or the usual hour, never outside"


def test_b3_a_best_hour_in_the_night_is_never_used_for_marketing(shop: Shop) -> None:
    owl = shop.person("Owl", "+491510000001")
    heard(owl, shop, *(f"2026-02-{day:02}T01:20" for day in range(10, 20)))
    assert due(shop.planned(template=shop.marketing, timing={"kind": "best_hour"}), owl) == at("2026-03-03T09:00")
    assert due(shop.planned(timing={"kind": "best_hour"}, quiet_hours=False), owl) == at("2026-03-03T01:00")


def test_b3_holidays_are_those_of_the_recipients_country(shop: Shop, still_time: Time) -> None:
    still_time.set(at("2026-12-25T12:00"))
    german = shop.person("German", "+491510000001", country="")  # by the phone
    emirati = shop.person("Emirati", "+971501234567", country="AE", timezone="Asia/Dubai")
    campaign = shop.planned(template=shop.marketing, timing={"kind": "now", "no_holidays": True})
    assert due(campaign, german) == at("2026-12-27T07:00")
    assert due(campaign, emirati) == at("2026-12-25T12:00")


def test_a_local_time_in_quiet_hours_is_refused_in_words(shop: Shop) -> None:
    with pytest.raises(CampaignError, match="lies in quiet hours, from 22:00 to 08:00"):
        shop.draft(template=shop.marketing, timing={"kind": "local", "time": "23:00"})
    shop.draft(template=shop.utility, timing={"kind": "local", "time": "23:00"})
    with pytest.raises(CampaignError, match="Say when it is to begin"):
        shop.draft(timing={"kind": "at"})


def test_p15_what_is_late_for_its_window_does_not_leave_after_an_outage(shop: Shop, still_time: Time) -> None:
    for n in range(3):
        shop.person(f"P{n}", f"+49151000000{n}")
    actions.launch(shop.planned(timing={**TOMORROW, "late_hours": 2}), member=shop.owner)
    assert Outbox.objects.count() == 0, "not before its time"
    still_time.set(at("2026-03-03T08:59"))
    feeder.step()
    assert set(Outbox.objects.values_list("due_at", "expires_at")) == {(at("2026-03-03T09:00"), at("2026-03-03T11:00"))}
    still_time.set(at("2026-03-03T17:00"))  # eight hours without a sender
    recover.step()
    assert set(Message.objects.values_list("state", "reason")) == {("expired", "expired")}


def test_p15_a_plan_whose_time_is_over_is_not_launched(shop: Shop, still_time: Time) -> None:
    shop.person("Ada", "+491510000001")
    campaign = shop.planned(timing=TOMORROW)
    still_time.set(at("2026-03-03T16:00"))
    with pytest.raises(CampaignError, match="For 1 person the time has passed"):
        actions.launch(campaign, member=shop.owner)


def test_p15_who_cannot_be_reached_in_time_is_counted_beforehand(shop: Shop) -> None:
    for n in range(90):
        shop.person(f"P{n}", f"+4915100000{n:02}")
    campaign = shop.planned(
        numbers=shop.numbers[:1], timing={**TOMORROW, "late_hours": 1}, preset="custom", pacing={"per_minute": 1}
    )
    assert campaign.plan is not None
    assert campaign.plan["late"] == pytest.approx(30, abs=2)
    assert campaign.plan["held_by"]["late"] == {"people": campaign.plan["late"]}


def test_p15_who_is_reached_only_just_before_their_time_ends_is_counted_beforehand(
    shop: Shop, as_alice: Client
) -> None:
    """One a minute for an hour: of forty-nine the last few leave after its first three quarters."""
    for n in range(49):
        shop.person(f"P{n}", f"+4915100000{n:02}")
    hour = {**TOMORROW, "late_hours": 1}
    campaign = shop.planned(numbers=shop.numbers[:1], timing=hour, preset="custom", pacing={"per_minute": 1})
    assert campaign.plan is not None and campaign.plan["late"] == 0
    assert campaign.plan["tight"] == pytest.approx(4, abs=2)
    page = as_alice.get(reverse("campaigns:plan", args=[public_id(campaign)])).content.decode()
    assert "reached only in the last 15 minutes of their time" in page
    at_ease = shop.planned(numbers=shop.numbers[:1], timing=TOMORROW, preset="custom", pacing={"per_minute": 1})
    assert at_ease.plan is not None and at_ease.plan["tight"] == 0


def test_x1_each_plan_is_kept_and_never_changed(shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = shop.planned()
    campaign = shop.replanned(campaign)
    actions.launch(campaign, member=shop.owner)
    kept = list(FlightPlan.objects.filter(campaign=campaign).order_by("version"))
    assert [(each.version, each.is_launched) for each in kept] == [(1, False), (2, False), (3, True)]
    assert kept[2].plan["recipients"] == 1 and kept[2].made_by == shop.owner
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        FlightPlan.objects.filter(campaign=campaign).update(version=9)
