"""What the plan says of time, and what it is held back by (B10); the play itself is tested with the messages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.campaigns.conftest import NOON, Shop
from tests.conftest import Time
from tradewind.campaigns import actions, forecasting, queries
from tradewind.campaigns.models import Campaign
from tradewind.messages.models import Attempt, LedgerMinute, Message, Outbox

pytestmark = pytest.mark.usefixtures("still_time")


def people(shop: Shop, count: int, **fields: Any) -> None:
    for rank in range(count):
        shop.person(f"P{rank:03}", f"+49151{rank:08}", **fields)


def plan_of(campaign: Campaign) -> dict[str, Any]:
    assert campaign.plan is not None
    return campaign.plan


def test_meta_speed_bounds_a_fast_campaign(shop: Shop) -> None:
    people(shop, 160)
    plan = plan_of(shop.planned(numbers=shop.numbers[:1]))
    assert plan["seconds"] == pytest.approx(160 / 78 + 0.5, rel=0.05)
    assert plan["held_by"] == {}
    assert plan["hours"] == [{"hour": NOON.isoformat(), "by_number": {str(shop.numbers[0].pk): 160}}]


def test_the_machine_bounds_what_meta_would_allow(shop: Shop) -> None:
    people(shop, 100)
    campaign = shop.planned()
    for number in shop.numbers:
        number.throughput = 1_000
        number.save()
    campaign.waves = [[number.pk, "UTC", NOON.timestamp(), 50_000] for number in shop.numbers]
    assert forecasting.forecast_of(campaign, NOON)["seconds"] == pytest.approx(100, rel=0.05)


def test_a_careful_pace_takes_its_pauses(shop: Shop) -> None:
    people(shop, 120)
    plan = plan_of(shop.planned(numbers=shop.numbers[:1], preset="careful"))
    # 120 messages 4 s apart (B4), and a pause of 120 s and 5 to 10 s after each 50.
    assert plan["seconds"] == pytest.approx(120 * 4.1 + 2 * 127.5 - 8, rel=0.1)
    assert "pace" in plan["held_by"]


def test_the_portfolios_limit_names_itself(shop: Shop) -> None:
    people(shop, 30)
    shop.portfolio.people_limit = 20
    shop.portfolio.save()
    LedgerMinute.objects.create(
        workspace_id=shop.owner.workspace_id, portfolio=shop.portfolio, minute=NOON - timedelta(hours=23), seats=5
    )
    plan = plan_of(shop.planned())
    assert plan["held_by"]["portfolio"] == {"free": 15}
    # 15 at once, 5 when the old places come back after an hour, the rest a day after the first.
    assert plan["seconds"] == pytest.approx(24 * 3600, rel=0.01)
    assert [sum(hour["by_number"].values()) for hour in plan["hours"]] == [15, 5, 10]


def test_a_portfolio_without_any_place_never_ends(as_alice: Any, shop: Shop) -> None:
    people(shop, 3)
    shop.portfolio.people_limit, shop.portfolio.service_reserve = 100, 100
    shop.portfolio.save()
    campaign = shop.planned()
    assert (plan_of(campaign)["ends_at"], plan_of(campaign)["seconds"]) == (None, None)
    from tradewind.workspaces.door import public_id

    page = as_alice.get(f"/campaigns/{public_id(campaign)}/plan/").content.decode()
    assert "never comes to an end" in page
    campaign = actions.launch(campaign, member=shop.owner)
    assert queries.expected_end(campaign, NOON, queries.progress(campaign)) is None
    assert as_alice.get(f"/campaigns/{public_id(campaign)}/live/").status_code == 200


def test_new_numbers_warm_up(shop: Shop) -> None:
    people(shop, 120)
    shop.numbers[0].warmup_from = date(2026, 3, 2)
    shop.numbers[0].save()
    plan = plan_of(shop.planned(numbers=shop.numbers[:1], preset="balanced"))
    assert plan["held_by"]["warmup"] == {"numbers": [shop.numbers[0].pk], "a_day": 50}
    assert plan["seconds"] == pytest.approx(2 * 86_400, rel=0.02)


def test_nights_are_waited_for_and_named(shop: Shop, still_time: Time) -> None:
    still_time.set(datetime(2026, 3, 2, 21, 30, tzinfo=UTC))
    shop.person("Berlin", "+491510000001", timezone="Europe/Berlin")
    shop.person("Wrong", "+491510000002", timezone="Mars/Olympus")  # counts as the workspace's zone
    shop.person("Bogotá", "+573101234567", timezone="America/Bogota")
    plan = plan_of(shop.planned(template=shop.marketing))
    assert plan["held_by"]["quiet_hours"] == {"people": 2}
    assert plan["ends_at"].startswith("2026-03-03T07:00:0")
    assert plan["first_at"] == "2026-03-02T21:30:00+00:00"


def test_what_a_number_sent_just_before_counts(shop: Shop) -> None:
    people(shop, 20)
    number = shop.numbers[0]
    sent = actions.launch(shop.planned(numbers=[number]), member=shop.owner)
    for rank, message in enumerate(Message.objects.all()):
        at = NOON - timedelta(seconds=30, milliseconds=100 * (20 - rank))
        Attempt.objects.create(
            id=uuid4(), workspace_id=sent.workspace_id, message_id=message.pk, number_id=number.pk, started_at=at,
            ended_at=at, outcome="accepted",
        )  # fmt: skip
    Outbox.objects.all().delete()
    lately = plan_of(shop.planned(numbers=[number], preset="custom", pacing={"per_minute": 20}))
    other = plan_of(shop.planned(numbers=shop.numbers[1:], preset="custom", pacing={"per_minute": 20}))
    assert other["seconds"] == pytest.approx(57, abs=2)
    assert lately["seconds"] == pytest.approx(57 + 28, abs=3)


def test_other_campaigns_on_the_number_go_first(shop: Shop) -> None:
    people(shop, 100)
    number = shop.numbers[0]
    first = shop.planned(numbers=[number], preset="custom", pacing={"per_minute": 60})
    second = shop.planned(numbers=[number])
    actions.launch(first, member=shop.owner)
    again = forecasting.forecast_of(second, NOON)
    assert plan_of(second)["seconds"] < 5
    assert again["seconds"] == pytest.approx(100, rel=0.05)


def test_a_launch_long_after_the_plan_is_forecast_anew(shop: Shop, still_time: Time) -> None:
    people(shop, 100)
    campaign = shop.planned(preset="custom", pacing={"per_minute": 60})
    still_time.set(NOON + timedelta(hours=5))
    campaign = actions.launch(campaign, member=shop.owner)
    plan = plan_of(campaign)
    assert datetime.fromisoformat(plan["starts_at"]) == NOON + timedelta(hours=5)
    assert datetime.fromisoformat(plan["ends_at"]) > NOON + timedelta(hours=5)


class TestExpectedEnd:
    """Told by how far behind its plan a campaign is."""

    @pytest.fixture
    def campaign(self) -> Campaign:
        hour = NOON.isoformat()
        evening, morning = NOON + timedelta(hours=9), NOON + timedelta(hours=20)
        plan = {
            "starts_at": hour, "seconds": 21 * 3600.0, "ends_at": "",
            "hours": [
                {"hour": hour, "by_number": {"1": 100}},
                {"hour": evening.isoformat(), "by_number": {"1": 100}},
                {"hour": morning.isoformat(), "by_number": {"1": 100, "2": 0}},
            ],
        }  # fmt: skip
        return Campaign(state="running", launched_at=NOON, plan=plan)

    @pytest.mark.parametrize(
        ("hours", "answered", "late_hours"),
        [
            (0, 0, 0), (0.5, 50, 0), (0.75, 50, 0.25), (5, 100, 0), (9, 100, 0), (10, 100, 1), (9.5, 150, 0),
            (15, 200, 0), (20, 200, 0), (22, 200, 2), (0.25, 50, -0.25), (21, 300, 0),
        ],
    )  # fmt: skip
    def test_nights_are_not_late(self, campaign: Campaign, hours: float, answered: int, late_hours: float) -> None:
        now = NOON + timedelta(hours=hours)
        end = forecasting.expected_end(campaign, now, answered)
        assert end == max(now, NOON + timedelta(hours=21 + late_hours))

    def test_nothing_is_said_of_one_that_does_not_run(self, campaign: Campaign) -> None:
        campaign.state = "paused"
        assert forecasting.expected_end(campaign, NOON, 5) is None

    def test_a_later_start_counts(self, campaign: Campaign) -> None:
        campaign.starts_at = NOON + timedelta(hours=1)
        assert forecasting.expected_end(campaign, NOON, 0) == NOON + timedelta(hours=22)
