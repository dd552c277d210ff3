"""Recurring campaigns: each day once, at its time on the wall, for those whose day it is."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.campaigns.conftest import Shop
from tests.conftest import Time
from tradewind.campaigns import planner
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.campaigns.series import calendar, people, verbs
from tradewind.campaigns.series.models import Occurrence, Series
from tradewind.journal.actions import record
from tradewind.lib import clock

BERLIN = "Europe/Berlin"


def moments(kind: str, rule: dict[str, Any], after: datetime, count: int, zone: str = BERLIN) -> list[str]:
    return [at.isoformat() for at in calendar.upcoming(kind, rule, zone, after, count)]


def test_p27_a_day_on_which_clocks_change_has_its_time_once() -> None:
    spring = datetime(2026, 3, 27, 12, tzinfo=UTC)
    assert moments("daily", {"time": "02:30"}, spring, 3) == [
        "2026-03-28T01:30:00+00:00", "2026-03-29T01:00:00+00:00", "2026-03-30T00:30:00+00:00",
    ]  # fmt: skip
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert moments("daily", {"time": "02:30"}, autumn, 2) == ["2026-10-25T00:30:00+00:00", "2026-10-26T01:30:00+00:00"]


def test_weekly_and_monthly() -> None:
    after = datetime(2026, 1, 30, 12, tzinfo=UTC)
    assert moments("weekly", {"time": "10:00", "weekday": 4}, after, 2) == [
        "2026-02-06T09:00:00+00:00", "2026-02-13T09:00:00+00:00",
    ]  # fmt: skip
    assert moments("monthly", {"time": "10:00", "day": 31}, after, 3) == [
        "2026-01-31T09:00:00+00:00", "2026-02-28T09:00:00+00:00", "2026-03-31T08:00:00+00:00",
    ]  # fmt: skip


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
    st.times().map(lambda at: at.strftime("%H:%M")),
    st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo"]),
)
def test_p27_every_local_day_comes_exactly_once(after: datetime, time: str, zone: str) -> None:
    at, days = after.replace(tzinfo=UTC), []
    for _ in range(8):
        day, following = calendar.next_after("daily", {"time": time}, zone, at)
        assert following > at
        days.append(day)
        at = following
    assert days == [days[0] + timedelta(days=n) for n in range(8)]


def repeating(shop: Shop, kind: str = "daily", audience: dict[str, Any] | None = None, **rule: Any) -> Series:
    series = verbs.set_up(shop.draft(audience), member=shop.owner, kind=kind, rule={"time": "13:30", **rule})
    return verbs.switch(series, member=shop.owner, is_on=True)


def names(campaign: Campaign) -> set[str]:
    planner.work(campaign.pk)
    rows = Recipient.objects.filter(campaign=campaign, excluded="")
    ids = list(rows.values_list("contact_id", flat=True))
    return {person.name for person in campaign.workspace.contact_set.filter(pk__in=ids)}  # type: ignore[attr-defined]


def test_b14_each_occurrence_is_a_campaign_made_once(shop: Shop, still_time: Time) -> None:
    shop.person("Ada", "+491510000001")
    series = repeating(shop)
    assert series.next_at == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    verbs.step()
    assert not Occurrence.objects.exists()
    still_time.move(31 * 60)
    for _ in range(3):
        verbs.step()
    (occurrence,) = Occurrence.objects.all()
    assert occurrence.campaign is not None and occurrence.day == date(2026, 3, 2)
    planner.work(occurrence.campaign.pk)
    child = Campaign.objects.get(pk=occurrence.campaign.pk)
    assert (child.state, child.launched_by) == ("running", shop.owner)
    series.refresh_from_db()
    assert series.next_at == datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
    Series.objects.update(next_at=datetime(2026, 3, 2, 12, 30, tzinfo=UTC))
    verbs.step()
    assert Occurrence.objects.count() == 1, "the day's key holds, whatever asks again"


@pytest.mark.django_db(transaction=True)
def test_b14_eight_workers_make_one(shop: Shop, still_time: Time) -> None:
    shop.person("Ada", "+491510000001")
    repeating(shop)
    still_time.move(31 * 60)

    def work() -> None:
        verbs.step()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Occurrence.objects.count() == 1 and Campaign.objects.count() == 2


def test_one_that_could_not_be_made_in_time_is_left_out(shop: Shop, still_time: Time) -> None:
    series = repeating(shop)
    still_time.move(40 * 3600)
    verbs.step()
    series.refresh_from_db()
    assert Campaign.objects.count() == 1
    assert series.next_at == datetime(2026, 3, 4, 12, 30, tzinfo=UTC)


def test_without_the_right_nothing_goes_and_it_says_so(shop: Shop, still_time: Time) -> None:
    series = repeating(shop)
    type(shop.owner).objects.filter(pk=shop.owner.pk).update(role="agent")
    still_time.move(31 * 60)
    verbs.step()
    series.refresh_from_db()
    assert series.note == "no_right" and Campaign.objects.count() == 1


def test_switched_off_it_does_not_come(shop: Shop, still_time: Time) -> None:
    series = verbs.switch(repeating(shop), member=shop.owner, is_on=False)
    still_time.move(31 * 60)
    verbs.step()
    assert Campaign.objects.count() == 1 and series.next_at is None


def test_b14_birthdays_are_kept_on_their_day(shop: Shop, still_time: Time) -> None:
    for rank, (name, born) in enumerate(
        [("Ada", "1990-03-02"), ("Ben", "--03-02"), ("Cem", "1990-03-03"), ("Dora", "2 March"), ("Eve", "1999-03-02")]
    ):
        shop.person(name, f"+49151{rank:08}", fields={"order": "A", "birthday": born})
    shop.tag("Ada", "Ben", "Cem")
    tag = {"kind": "tag", "tag": shop.tag_of() if hasattr(shop, "tag_of") else shop.owner.workspace.tag_set.get().pk}
    repeating(shop, "anniversary", tag, field="birthday")
    still_time.move(31 * 60)
    verbs.step()
    child = Campaign.objects.get(occurrence__isnull=False)
    assert names(child) == {"Ada", "Ben"}
    assert people.anniversaries(date(2026, 2, 28)) == ["02-28", "02-29"]
    assert people.anniversaries(date(2028, 2, 28)) == ["02-28"]


def test_b14_who_buys_every_so_often_is_asked_before_it_runs_out(shop: Shop, still_time: Time) -> None:
    def bought(name: str, *days_ago: int) -> None:
        for days in days_ago:
            record(
                "order.placed", workspace_id=shop.owner.workspace_id, contact_id=shop.people[name].pk,
                at=clock.now() - timedelta(days=days), data={},
            )  # fmt: skip

    for rank, name in enumerate(["Once", "Every35", "Every50", "Every50Early", "Never", "Twice"]):
        shop.person(name, f"+49151{rank:08}")
    bought("Once", 28)
    bought("Every35", 98, 63, 28)
    bought("Every50", 140, 90, 40)
    bought("Every50Early", 128, 78, 28)
    bought("Twice", 58, 28)  # two orders tell no habit: the business's own cycle counts
    repeating(shop, "replenish", cycle_days=35, on_day=28)
    still_time.move(31 * 60)
    verbs.step()
    assert names(Campaign.objects.get(occurrence__isnull=False)) == {"Once", "Every35", "Every50", "Twice"}


def test_what_never_comes_is_refused(shop: Shop) -> None:
    draft = shop.draft()
    for kind, rule in (
        ("yearly", {"time": "10:00"}), ("daily", {"time": "25:00"}), ("weekly", {"time": "10:00", "weekday": 7}),
        ("monthly", {"time": "10:00", "day": 32}), ("anniversary", {"time": "10:00", "field": ""}),
        ("replenish", {"time": "10:00", "cycle_days": 10, "on_day": 20}), ("daily", {}),
    ):  # fmt: skip
        with pytest.raises(CampaignError):
            verbs.set_up(draft, member=shop.owner, kind=kind, rule=rule)
    with pytest.raises(people.AudienceError):
        people.clean({"anniversary": {"field": "x'; --", "day": "2026-01-01"}})
