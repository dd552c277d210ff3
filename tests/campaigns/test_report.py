"""X1: what was planned beside what happened, and the people as a file."""

import csv
from datetime import timedelta
from typing import Any

import pytest

from tests.campaigns.conftest import NOON, Shop
from tests.conftest import Time
from tradewind.campaigns import actions, outcomes, queries
from tradewind.campaigns.models import Campaign, Outcome, Variant
from tradewind.campaigns.pages import spent
from tradewind.campaigns.pages.reported import arrivals
from tradewind.campaigns.rates import cards
from tradewind.campaigns.rates.sheet import read
from tradewind.messages.models import Content, Message, Outbox, Tally
from tradewind.workspaces.door import public_id

pytestmark = pytest.mark.usefixtures("still_time")

CARD = "Market,Currency,Marketing,Utility\nGermany,EUR,0.1131,0.0456\n"


@pytest.fixture
def finished(shop: Shop, still_time: Time) -> Campaign:
    """Three got it a minute after the launch: one was free, one failed; one was left out before."""
    cards.import_card(workspace=shop.owner.workspace, member=None, sheet=read(CARD), valid_from=NOON.date())
    for n, name in enumerate(("=Ada", "Ben", "Cem")):
        shop.person(name, f"+49151000000{n}")
    shop.person("No phone")
    campaign = actions.launch(shop.planned(numbers=shop.numbers[:1]), member=shop.owner)
    for rank, message in enumerate(Message.objects.order_by("pk")):
        message.state, message.rank = [("read", 4), ("delivered", 3), ("failed", 0)][rank]
        message.accepted_at = message.sent_at = NOON + timedelta(seconds=60)
        message.pricing = [{"type": "regular", "category": "utility"}, {"type": "free_entry_point"}, None][rank]
        message.error_code = 131026 if rank == 2 else None
        message.wamid = f"w{rank}"
        message.save()
    for name, n in (
        ("accepted", 3),
        ("delivered", 2),
        ("read", 1),
        ("failed", 1),
        ("failed:131026", 1),
        ("queued", -3),
    ):
        Tally.objects.create(
            workspace_id=campaign.workspace_id, run_id=campaign.run_id, number_id=shop.numbers[0].pk, name=name, n=n
        )
    Campaign.objects.filter(pk=campaign.pk).update(state="done", finished_at=NOON + timedelta(seconds=61))
    still_time.set(NOON + timedelta(minutes=5))
    Outbox.objects.all().delete()
    return Campaign.objects.get(pk=campaign.pk)


def test_x1_only_what_arrived_and_is_charged_costs(finished: Campaign) -> None:
    figures = outcomes.of(finished).figures
    assert figures["cost"] == {
        "sum": 45_600, "free": 1, "missing": {}, "by_country": {"DE": {"people": 2, "free": 1, "sum": 45_600}},
    }  # fmt: skip
    assert (figures["seconds"], figures["gone"], figures["delivered"], figures["failed"]) == (60.0, 3, 2, 1)


def test_x1_a_second_try_a_day_later_does_not_move_the_end(finished: Campaign) -> None:
    late = Message.objects.filter(run_id=finished.run_id, state="failed")
    assert late.update(accepted_at=NOON + timedelta(hours=24), reason="again") == 1
    assert outcomes.count(finished)["seconds"] == 60.0


def test_b10_how_much_arrived_is_told_by_country(as_alice: Any, finished: Campaign) -> None:
    assert outcomes.of(finished).figures["countries"] == {"DE": {"gone": 3, "delivered": 2, "read": 1}}
    page = as_alice.get(f"/campaigns/{public_id(finished)}/report/").content.decode()
    assert "Arrived by country" in page and "Germany" in page
    figures = {
        "countries": {"DE": {"gone": 300, "delivered": 200, "read": 1}, "IT": {"gone": 30, "delivered": 2, "read": 9}}
    }
    assert [row["is_low"] for row in arrivals(figures)] == [True, False]


def test_b6_alarms_lead_to_who_failed_and_to_the_pause(as_alice: Any, finished: Campaign) -> None:
    for name, n in (("accepted", 200), ("delivered", 150), ("failed", 49), ("failed:131026", 49)):
        Tally.objects.create(
            workspace_id=finished.workspace_id, run_id=finished.run_id, number_id=finished.senders.get().number_id,
            name=name, n=n,
        )  # fmt: skip
    Campaign.objects.filter(pk=finished.pk).update(state="running", finished_at=None)
    page = as_alice.get(f"/campaigns/{public_id(finished)}/live/").content.decode()
    assert "Only 75 % of those with an outcome were delivered" in page
    assert "50 numbers are not on WhatsApp: more than 5 in 100." in page
    assert page.count("See who") == 2 and page.count(f"/campaigns/{public_id(finished)}/pause/") >= 2


def test_the_live_page_tells_what_it_has_cost_so_far(as_alice: Any, finished: Campaign) -> None:
    page = as_alice.get(f"/campaigns/{public_id(finished)}/live/").content.decode()
    assert "of €\xa00.13 planned" in page and "€\xa00.05" in page
    told = spent.so_far(finished, queries.progress(finished))
    assert told is not None and (told["is_about"], told["currency"], str(told["spent"])) == (False, "EUR", "0.0456")
    assert finished.plan is not None
    finished.plan["recipients"] = 1_000_000  # too many to be counted while somebody looks on
    Outcome.objects.all().delete()
    told = spent.so_far(finished, queries.progress(finished))
    assert told is not None and told["is_about"]


def test_x1_the_report_lays_plan_and_outcome_beside_each_other(as_alice: Any, finished: Campaign) -> None:
    address = f"/campaigns/{public_id(finished)}/report/"
    page = as_alice.get(address).content.decode()
    assert "of 3 people were written to" in page and "€\xa00.05" in page
    assert "No number or id these senders can reach" in page and "launched" in page
    assert Outcome.objects.count() == 1
    assert as_alice.get(address).status_code == 200


def test_x1_the_people_as_a_file_run_nothing_in_a_spreadsheet(as_alice: Any, finished: Campaign) -> None:
    answer = as_alice.get(f"/campaigns/{public_id(finished)}/report.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 4 and lines[0].startswith("\ufeffName,Phone,From,Meant for")
    ada = next(line for line in lines if "Ada" in line)
    assert ada.startswith("'=Ada,'+491510000000,Number 0,2026-03-02T12:00:00+00:00")
    assert ada.endswith("DE,0.0456,EUR")
    assert next(line for line in lines if "Ben" in line).endswith("DE,0,EUR")
    assert next(line for line in lines if "Cem" in line).endswith("DE,,")


def test_b8_the_file_says_which_text_each_person_got(as_alice: Any, finished: Campaign, shop: Shop) -> None:
    address = f"/campaigns/{public_id(finished)}/report.csv"
    lines = b"".join(as_alice.get(address).streaming_content).decode().splitlines()
    assert ",,news,en,Read," in next(line for line in lines if "Ada" in line)
    payload = {"name": "better", "language": "de"}
    content = Content.objects.create(workspace_id=finished.workspace_id, payload=payload, created_at=NOON)
    Variant.objects.create(
        workspace_id=finished.workspace_id, campaign=finished, place=1, template=shop.marketing, content=content
    )
    Message.objects.filter(contact__name="Ben").update(content=content)
    lines = b"".join(as_alice.get(address).streaming_content).decode().splitlines()
    assert ",A,news,en,Read," in next(line for line in lines if "Ada" in line)
    assert ",B,better,de,Delivered," in next(line for line in lines if "Ben" in line)
    assert {len(row) for row in csv.reader(lines)} == {15}


def test_x1_a_campaign_that_was_not_launched_has_no_report(as_alice: Any, shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = shop.planned()
    for page in ("report/", "report.csv"):
        assert as_alice.get(f"/campaigns/{public_id(campaign)}/{page}").status_code == 302
