"""The verbs of a campaign, what they leave behind, and when they refuse."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.campaigns.conftest import NOON, Shop
from tests.campaigns.counting import adds_up, rows
from tests.conftest import Time
from tests.waiting import wait_until_readable
from tradewind.campaigns import actions, jobs, planner, queries, upkeep
from tradewind.campaigns.errors import AlreadySo, CampaignError
from tradewind.campaigns.models import Campaign, Departure, Recipient
from tradewind.journal.actions import record
from tradewind.messages import runs
from tradewind.messages.models import Content, Message, Outbox, Run, Tally
from tradewind.messages.pacing import Pacing
from tradewind.workspaces.models import AuditEntry

pytestmark = pytest.mark.usefixtures("still_time")


@pytest.fixture
def launched(shop: Shop) -> Campaign:
    shop.person("Ada", "+491510000001")
    shop.person("Ben", "+491510000002")
    return actions.launch(shop.planned(), member=shop.owner)


def answered(campaign: Campaign, **states: int) -> None:
    """As if the sender had had answers for so many messages."""
    for state, count in states.items():
        for message in list(Message.objects.filter(run_id=campaign.run_id, state="queued").order_by("pk")[:count]):
            Outbox.objects.filter(pk=message.pk).delete()
            accepted = {"accepted_at": NOON} if state not in ("skipped", "failed") else {}
            Message.objects.filter(pk=message.pk).update(state=state, **accepted)
            for name in ("accepted", *(("delivered",) if state == "delivered" else ())) if accepted else (state,):
                Tally.objects.create(
                    workspace_id=campaign.workspace_id, run_id=campaign.run_id or 0, number_id=message.number_id,
                    name=name, n=1,
                )  # fmt: skip


def test_each_verb_leaves_who_when_and_an_entry(shop: Shop, launched: Campaign, still_time: Time) -> None:
    still_time.move(60)
    actions.pause(launched, member=shop.owner)
    launched.refresh_from_db()
    assert (launched.state, launched.state_by, launched.state_at) == ("paused", shop.owner, NOON + timedelta(minutes=1))
    actions.resume(launched, member=shop.owner)
    actions.cancel(launched, member=shop.owner)
    kinds = [kind for (kind,) in rows("SELECT kind FROM journal WHERE kind LIKE 'campaign.%%' ORDER BY id")]
    assert kinds == [
        "campaign.created", "campaign.changed", "campaign.planned", "campaign.launched", "campaign.paused",
        "campaign.resumed", "campaign.cancelled",
    ]  # fmt: skip
    audited = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"campaign.launched", "campaign.paused", "campaign.resumed", "campaign.cancelled"} <= audited
    assert "campaign.planned" not in audited  # that was the worker


def test_what_is_so_already_is_told_apart_from_what_cannot_be(shop: Shop, launched: Campaign) -> None:
    with pytest.raises(AlreadySo):
        actions.launch(launched, member=shop.owner)
    with pytest.raises(AlreadySo):
        actions.resume(launched, member=shop.owner)
    with pytest.raises(CampaignError, match="being sent and cannot be changed"):
        actions.change(
            launched, member=shop.owner, template=shop.utility, audience={"kind": "everybody"}, bindings=[],
            numbers=shop.numbers, preset="fast",
        )  # fmt: skip
    actions.cancel(launched, member=shop.owner)
    with pytest.raises(AlreadySo):
        actions.cancel(launched, member=shop.owner)
    with pytest.raises(CampaignError, match="cancelled and cannot be resumed") as refused:
        actions.resume(launched, member=shop.owner)
    assert not isinstance(refused.value, AlreadySo)


def test_nothing_else_happens_while_it_is_planned(shop: Shop) -> None:
    campaign = shop.draft()
    actions.plan(campaign, member=shop.owner)
    for verb in (actions.launch, actions.pause, actions.resume):
        with pytest.raises(CampaignError, match="being planned"):
            verb(campaign, member=shop.owner)
    actions.cancel(campaign, member=shop.owner)
    planner.work(campaign.pk)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.plan) == ("cancelled", None)


def test_a_cancelled_campaign_still_adds_up(shop: Shop) -> None:
    for rank in range(130):
        shop.person(f"P{rank}", f"+491510000{rank:03}")
    campaign = actions.launch(shop.planned(numbers=shop.numbers[:1]), member=shop.owner)
    answered(campaign, delivered=10)
    actions.cancel(campaign, member=shop.owner)
    truth = adds_up(campaign)
    assert (truth["unfed"], truth["states"]) == (80, {"cancelled": 40, "delivered": 10})
    seen = queries.progress(Campaign.objects.get(pk=campaign.pk))
    assert (seen.waiting, seen.left_out, seen.gone, seen.delivered) == (0, 120, 10, 10)


def test_the_run_carries_the_policy(shop: Shop) -> None:
    workspace = shop.owner.workspace
    workspace.cap_72h = 2
    workspace.save()
    shop.person("Ada", "+491510000001")
    campaign = actions.launch(shop.planned(template=shop.marketing, preset="careful"), member=shop.owner)
    run = Run.objects.get(pk=campaign.run_id)
    assert (run.category, run.cap_72h, run.quiet_from, run.quiet_to) == (
        "marketing", 2, workspace.quiet_from, workspace.quiet_to,
    )  # fmt: skip
    assert Pacing.from_json(run.pacing).per_hour == 200
    content = Content.objects.get(pk=run.content_id)
    assert content.payload["components"] == shop.marketing.components


def test_utility_keeps_no_quiet_hours_and_no_caps(shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = actions.launch(shop.planned(), member=shop.owner)
    run = Run.objects.get(pk=campaign.run_id)
    assert (run.quiet_from, run.quiet_to, run.cap_72h, run.cap_month) == (None, None, None, None)


def test_an_own_pace_is_spread_over_its_minute(shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = actions.launch(shop.planned(preset="custom", pacing={"per_minute": 30}), member=shop.owner)
    pacing = Pacing.from_json(Run.objects.get(pk=campaign.run_id).pacing)
    assert (pacing.per_minute, pacing.delay(0.0), pacing.delay(0.9), pacing.shortest_delay) == (30, 2.0, 2.0, 1.0)


@pytest.mark.parametrize("pacing", [{}, {"per_minute": -1}, {"per_minute": "ten"}, {"warp": 9}, {"per_minute": True}])
def test_a_pace_that_makes_no_sense_is_refused(shop: Shop, pacing: dict[str, Any]) -> None:
    with pytest.raises(CampaignError):
        shop.draft(preset="custom", pacing=pacing)


def test_a_template_that_changed_since_the_plan_needs_a_new_one(shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = shop.planned()
    shop.utility.components = [{"type": "BODY", "text": "Other {{1}} words {{2}}"}]
    shop.utility.save()
    with pytest.raises(CampaignError, match="changed the template"):
        actions.launch(campaign, member=shop.owner)
    assert Run.objects.count() == 0
    actions.launch(shop.replanned(campaign), member=shop.owner)


@pytest.mark.parametrize("field", ["status", "removed_at"])
def test_a_template_or_number_that_went_away_stops_the_launch(shop: Shop, field: str) -> None:
    shop.person("Ada", "+491510000001")
    campaign = shop.planned()
    thing = shop.utility if field == "status" else shop.numbers[0]
    setattr(thing, field, "PAUSED" if field == "status" else NOON)
    thing.save()
    with pytest.raises(CampaignError, match=r"not approved|not connected"):
        actions.launch(campaign, member=shop.owner)
    assert Run.objects.count() == 0


def test_a_brake_pauses_the_campaign_with_its_reason(shop: Shop, launched: Campaign) -> None:
    assert launched.run is not None
    runs.pause(launched.run, reason="unknown: 3 of 60", by_brake=True)
    upkeep.look_after()
    launched.refresh_from_db()
    assert (launched.state, launched.state_reason, launched.state_by) == ("paused", "unknown: 3 of 60", None)
    actions.resume(launched, member=shop.owner)
    launched.run.refresh_from_db()
    assert launched.run.state == "open"
    assert launched.run.stop_unknown_share == pytest.approx(0.07)
    assert launched.run.stop_failed_share == actions.STOP_FAILED_SHARE


def test_a_campaign_is_done_when_nothing_waits_any_more(launched: Campaign) -> None:
    upkeep.look_after()
    launched.refresh_from_db()
    assert launched.state == "running"
    answered(launched, delivered=2)
    upkeep.look_after()
    upkeep.look_after()
    launched.refresh_from_db()
    assert (launched.state, launched.finished_at) == ("done", NOON)
    assert rows("SELECT count(*) FROM journal WHERE kind = 'campaign.finished'") == [(1,)]


def test_a_doubt_holds_no_campaign_open_and_a_pause_neither(shop: Shop, launched: Campaign) -> None:
    answered(launched, delivered=1)
    Outbox.objects.update(stage="unknown")
    Message.objects.filter(state="queued").update(state="unknown")
    actions.pause(launched, member=shop.owner)
    upkeep.look_after()
    launched.refresh_from_db()
    assert launched.state == "done"


def test_left_over_people_hold_it_open(shop: Shop) -> None:
    for rank in range(60):
        shop.person(f"P{rank}", f"+4915100000{rank:02}")
    campaign = actions.launch(shop.planned(numbers=shop.numbers[:1]), member=shop.owner)
    answered(campaign, delivered=50)
    upkeep.look_after()
    campaign.refresh_from_db()
    assert (campaign.state, Outbox.objects.count()) == ("running", 0)


@pytest.mark.django_db(transaction=True)
def test_departures_are_counted_once_by_ten_seconds(shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = actions.launch(shop.planned(), member=shop.owner)
    for second in (1, 4, 12):
        record(
            "message.accepted", workspace_id=campaign.workspace_id, run_id=campaign.run_id,
            at=NOON + timedelta(seconds=second),
        )  # fmt: skip
    wait_until_readable()
    upkeep.count_departures()
    upkeep.count_departures()
    counted = list(Departure.objects.order_by("at").values_list("at", "n"))
    assert counted == [(NOON, 2), (NOON + timedelta(seconds=10), 1)]


class TestPlanning:
    def test_it_is_asked_for_once_however_often_one_clicks(self, shop: Shop) -> None:
        campaign = shop.draft()
        actions.plan(campaign, member=shop.owner)
        with pytest.raises(AlreadySo):
            actions.plan(campaign, member=shop.owner)
        jobs.ask_for_plan(campaign.pk)
        lock = f"{jobs.make_plan.name} {campaign.pk}"
        assert rows("SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock = %s", lock) == [(1,)]

    def test_a_job_that_runs_twice_plans_once(self, shop: Shop) -> None:
        shop.person("Ada", "+491510000001")
        campaign = shop.planned()
        planner.work(campaign.pk)
        assert rows("SELECT count(*) FROM journal WHERE kind = 'campaign.planned'") == [(1,)]

    def test_who_cancels_meanwhile_wins(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        shop.person("Ada", "+491510000001")
        campaign = shop.draft()
        Campaign.objects.filter(pk=campaign.pk).update(state="planning", plan_started_at=NOON)
        really = planner.planning.make_plan

        def slowly(given: Campaign) -> dict[str, Any]:
            result = really(given)
            actions.cancel(given, member=shop.owner)
            return result

        monkeypatch.setattr(planner.planning, "make_plan", slowly)
        planner.work(campaign.pk)
        campaign.refresh_from_db()
        assert (campaign.state, campaign.plan) == ("cancelled", None)

    def test_a_plan_that_breaks_is_told_without_its_insides(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        campaign = shop.draft()
        Campaign.objects.filter(pk=campaign.pk).update(state="planning", plan_started_at=NOON)

        def breaks(given: Campaign) -> dict[str, Any]:
            raise ValueError("secret inside")

        monkeypatch.setattr(planner.planning, "make_plan", breaks)
        with pytest.raises(ValueError, match="inside"):
            planner.work(campaign.pk)
        campaign.refresh_from_db()
        assert (campaign.state, campaign.state_reason) == ("draft", "plan_broke")

    def test_a_tag_that_is_gone_leads_back_to_the_draft(self, shop: Shop) -> None:
        shop.person("In", "+491510000001")
        tag = shop.tag("In")
        campaign = shop.draft({"kind": "tag", "tag": tag.pk})
        tag.delete()
        campaign = shop.replanned(campaign)
        assert (campaign.state, campaign.state_reason) == ("draft", "audience_gone")

    def test_what_a_dead_worker_left_is_asked_for_again(self, shop: Shop, still_time: Time) -> None:
        campaign = shop.draft()
        actions.plan(campaign, member=shop.owner)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")
        planner.rescue()
        assert rows("SELECT count(*) FROM procrastinate_jobs") == [(0,)]
        still_time.move(30)
        planner.rescue()
        planner.rescue()
        assert rows("SELECT count(*) FROM procrastinate_jobs") == [(1,)]

    def test_small_stretches_see_everybody_once(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tradewind.campaigns.planning.STRETCH", 7)
        for rank in range(50):
            shop.person(f"P{rank}", f"+4915100000{rank:02}")
        campaign = shop.replanned(shop.planned())
        assert Recipient.objects.filter(campaign=campaign).count() == 50
        adds_up(campaign)
        assert (campaign.looked_at, campaign.to_look_at) == (50, 50)
