"""The page of the high season, the cycle that is learnt, and a series that is tried and timed like its pattern."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.campaigns.conftest import BINDINGS, NOON, Shop
from tests.conftest import Time
from tests.people import browser, member
from tradewind.campaigns.followups import season
from tradewind.campaigns.followups import verbs as followups
from tradewind.campaigns.models import Campaign, Season, Trial
from tradewind.campaigns.series import people
from tradewind.campaigns.series import verbs as series
from tradewind.campaigns.timing import days_off
from tradewind.campaigns.trials import verbs as trials
from tradewind.journal.actions import record
from tradewind.lib import clock

pytestmark = pytest.mark.usefixtures("still_time")
PAGE = "campaigns:season"


def test_b14_the_season_is_chosen_on_its_page_and_holds_for_what_waits(as_alice: Client, shop: Shop) -> None:
    campaign = shop.draft()
    follow_up = followups.add(
        campaign, member=shop.owner, kind="unread", after_hours=72, template=shop.utility, bindings=BINDINGS
    )
    Campaign.objects.filter(pk=campaign.pk).update(state="done", finished_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    follow_up.refresh_from_db()
    assert season.hours_of(follow_up) == 72
    page = as_alice.get(reverse(PAGE)).content.decode()
    assert "March" in page and "September" in page and "Spring" in page
    answer = as_alice.post(reverse(PAGE), {"months": ["11", "12"], "follow_up_hours": "20"})
    assert answer.status_code == 302
    assert Season.objects.get(workspace=shop.owner.workspace).months == [11, 12]
    assert season.hours_of(follow_up) == 20
    assert "sooner" in as_alice.get(reverse(PAGE)).content.decode()
    assert as_alice.post(reverse(PAGE), {"months": ["13"], "follow_up_hours": "0"}).status_code == 422


def test_who_may_not_launch_sees_the_season_and_changes_nothing(shop: Shop) -> None:
    analyst = browser(member(shop.owner.workspace, "ann@example.com", role="analyst"))
    assert analyst.get(reverse(PAGE)).status_code == 200
    assert analyst.post(reverse(PAGE), {"months": ["1"], "follow_up_hours": "5"}).status_code == 403
    assert not Season.objects.exists()


def test_holidays_have_names() -> None:
    assert (date(2026, 10, 3), "Tag der Deutschen Einheit") in days_off.named("de", 2026)
    assert days_off.named("ZZ", 2026) == [] and days_off.is_day_off("DE", date(2026, 10, 3))


def test_b14_the_cycle_is_learnt_from_those_who_ordered_three_times(shop: Shop) -> None:
    workspace = shop.owner.workspace
    assert people.learnt(workspace.pk, "Europe/Berlin") is None
    for rank in range(6):
        person = shop.person(f"P{rank}", f"+49151{rank:08}")
        for order in range(3):
            at = clock.now() - timedelta(days=100) + timedelta(days=order * (28 + rank))
            record("order.placed", workspace_id=workspace.pk, contact_id=person.pk, at=at, data={})
    found = people.learnt(workspace.pk, "Europe/Berlin")
    assert found == people.Learnt(days=30, people=6) and found.on_day == 24


def test_b14_each_occurrence_is_tried_and_timed_like_its_pattern(shop: Shop, still_time: Time) -> None:
    for rank in range(4):
        shop.person(f"P{rank}", f"+49151{rank:08}")
    pattern = shop.draft(timing={"kind": "local", "date": "2026-03-02", "time": "16:30", "next_day": True})
    wishes = trials.Wishes(has_canary=True, canary_least=2, watch_minutes=9, measure="reply")
    texts = [trials.Text(shop.utility, BINDINGS)]
    trials.set_up(pattern, member=shop.owner, wishes=wishes, texts=texts, answer_minutes=7)
    row = series.set_up(pattern, member=shop.owner, kind="daily", rule={"time": "13:30"})
    series.switch(row, member=shop.owner, is_on=True)
    still_time.move(timedelta(hours=1).total_seconds())
    made = series.make(row.pk)
    assert made is not None
    made.refresh_from_db()
    assert made.timing == {"kind": "local", "date": "2026-03-02", "time": "16:30", "next_day": True, "late_hours": 4}
    trial = Trial.objects.get(campaign=made)
    assert (trial.has_canary, trial.canary_least, trial.watch_minutes, trial.measure) == (True, 2, 9, "reply")
    assert (made.answer_minutes, made.state, made.variants.count()) == (7, "planning", 1)
    assert trial.key != Trial.objects.get(campaign=pattern).key


def test_a_pattern_with_a_moment_of_its_own_comes_at_the_time_of_the_series(shop: Shop, still_time: Time) -> None:
    shop.person("Ada", "+4915100000001")
    pattern = shop.draft(starts_at=NOON + timedelta(minutes=5))
    row = series.set_up(pattern, member=shop.owner, kind="daily", rule={"time": "13:30"})
    series.switch(row, member=shop.owner, is_on=True)
    still_time.move(31 * 60)
    made = series.make(row.pk)
    assert made is not None
    made.refresh_from_db()
    assert (made.starts_at, made.timing["kind"]) == (None, "now")
