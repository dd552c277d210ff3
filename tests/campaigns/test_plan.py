"""The flight plan: each person counts once, at the first reason, and every value is frozen."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.campaigns.conftest import NOON, Shop
from tests.conftest import Time
from tradewind.campaigns import actions
from tradewind.campaigns.actions import CampaignError
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.contacts.models import Contact, Identity
from tradewind.messages.models import ServiceWindow

pytestmark = pytest.mark.usefixtures("still_time")


def recipient(campaign: Campaign, contact: Contact) -> Recipient:
    return Recipient.objects.get(campaign=campaign, contact_id=contact.pk)


def test_each_reason_counts_once_in_its_order(shop: Shop) -> None:
    shop.person("Gets it", "+491510000001")
    shop.person("Suppressed and opted out", "+491510000002", suppressed_at=NOON, marketing="opted_out")
    shop.person("Opted out", "+491510000003", marketing="opted_out")
    shop.person("Never asked", "+491510000004", marketing="unknown")
    shop.person("No phone")
    shop.person("Gone", "+491510000005", unreachable_count=2)
    shop.person("American", "+12125550123", country="US")
    shop.person("No order", "+491510000006", fields={})
    plan = shop.planned(template=shop.marketing).plan
    assert plan is not None
    assert plan["audience"] == 8
    assert plan["recipients"] == 1
    assert plan["excluded"] == {
        "suppressed": 1,
        "opted_out": 1,
        "no_opt_in": 1,
        "no_address": 1,
        "unreachable": 1,
        "us_marketing": 1,
        "missing_variable": 1,
    }


def test_utility_needs_no_marketing_consent_but_respects_suppression(shop: Shop) -> None:
    shop.person("Opted out", "+491510000003", marketing="opted_out")
    shop.person("Suppressed", "+491510000002", suppressed_at=NOON)
    plan = shop.planned().plan
    assert plan is not None
    assert (plan["recipients"], plan["excluded"]) == (1, {"suppressed": 1})


def test_variables_are_frozen_cleaned_and_never_expanded(shop: Shop) -> None:
    ada = shop.person("  Ada\nLovelace ", "+491510000001", fields={"order": "{{7*7}}\t 9"})
    campaign = shop.planned()
    assert recipient(campaign, ada).variables == {"body.1": "Ada", "body.2": "{{7*7}} 9"}


def test_a_missing_value_takes_the_fallback_or_leaves_the_person_out(shop: Shop) -> None:
    nameless = shop.person("", "+491510000001")
    orderless = shop.person("Ben", "+491510000002", fields={"order": "  "})
    campaign = shop.planned()
    assert recipient(campaign, nameless).variables == {"body.1": "there", "body.2": "A-17"}
    assert recipient(campaign, orderless).excluded == "missing_variable"


def test_quiet_hours_move_the_due_time_to_the_recipients_morning(shop: Shop, still_time: Time) -> None:
    still_time.set(datetime(2026, 3, 2, 21, 30, tzinfo=UTC))
    berlin = shop.person("Berlin", "+491510000001", timezone="Europe/Berlin")
    bogota = shop.person("Bogotá", "+573101234567", timezone="America/Bogota")
    nowhere = shop.person("Nowhere", "+491510000003", timezone="")  # the workspace's zone: Europe/Berlin
    campaign = shop.planned(template=shop.marketing)
    assert recipient(campaign, berlin).due_at == datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    assert recipient(campaign, bogota).due_at == datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
    assert recipient(campaign, nowhere).due_at == datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def test_utility_does_not_wait_for_the_morning(shop: Shop, still_time: Time) -> None:
    night = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    still_time.set(night)
    berlin = shop.person("Berlin", "+491510000001")
    assert recipient(shop.planned(), berlin).due_at == night


def test_the_number_that_talked_last_is_kept(shop: Shop) -> None:
    people = [shop.person(f"P{rank}", f"+4915100000{rank:02d}") for rank in range(20)]
    for person in people:
        ServiceWindow.objects.create(
            workspace=shop.owner.workspace, number=shop.numbers[1], contact=person, last_inbound_at=NOON, closes_at=NOON
        )
    campaign = shop.planned()
    assert {recipient(campaign, person).number_id for person in people} == {shop.numbers[1].pk}


def test_people_are_shared_between_the_numbers(shop: Shop) -> None:
    for rank in range(200):
        shop.person(f"P{rank}", f"+491510000{rank:03d}")
    plan = shop.planned().plan
    assert plan is not None
    assert sum(plan["by_number"].values()) == 200
    assert min(plan["by_number"].values()) > 90  # neighbours are dealt out in turn, not drawn by chance


def test_a_person_without_phone_is_reached_by_bsuid_in_the_same_portfolio_only(shop: Shop) -> None:
    here, elsewhere = shop.person("Here"), shop.person("Elsewhere")
    for person, scope in ((here, shop.portfolio.pk), (elsewhere, shop.portfolio.pk + 1)):
        Identity.objects.create(
            workspace=shop.owner.workspace, contact=person, kind="bsuid", scope=scope, value="DE.1", seen_at=NOON
        )
    campaign = shop.planned()
    assert recipient(campaign, here).excluded == ""
    assert recipient(campaign, elsewhere).excluded == "no_address"


def test_pasted_numbers_are_matched_and_the_rest_is_named(shop: Shop) -> None:
    shop.person("Ada", "+4915112345678")
    campaign = shop.planned({"kind": "pasted", "text": "0151 12345678, +49 151 12345678; hello\n+4915199999999"})
    assert campaign.plan is not None
    assert campaign.plan["recipients"] == 1
    assert campaign.plan["doubles"] == 1
    unused = Recipient.objects.filter(campaign=campaign).exclude(excluded="").values_list("raw", "excluded")
    assert sorted(unused) == [("+4915199999999", "not_a_contact"), ("hello", "not_a_number")]


def test_a_tag_is_an_audience(shop: Shop) -> None:
    shop.person("In", "+491510000001")
    shop.person("Out", "+491510000002")
    plan = shop.planned({"kind": "tag", "tag": shop.tag("In").pk}).plan
    assert plan is not None
    assert plan["audience"] == plan["recipients"] == 1


def test_planning_again_starts_afresh(shop: Shop) -> None:
    shop.person("Ada", "+491510000001")
    campaign = shop.planned()
    shop.person("Ben", "+491510000002")
    plan = shop.replanned(campaign).plan
    assert plan is not None and plan["recipients"] == 2
    assert Recipient.objects.filter(campaign=campaign).count() == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"bindings": []}, r"variable \{\{1\}\} has no value"),
        ({"bindings": [{"key": "body.1", "field": "password"}, {"key": "body.2", "field": "name"}]}, "password"),
        ({"numbers": []}, "at least one number"),
        ({"audience": {"kind": "nobody"}}, "who gets this"),
        ({"preset": "warp"}, "how fast"),
    ],
)
def test_a_draft_that_cannot_go_is_refused_in_words(shop: Shop, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CampaignError, match=sentence):
        shop.draft(**change)


def test_a_template_that_meta_has_not_approved_is_refused(shop: Shop) -> None:
    shop.utility.status = "PAUSED"
    shop.utility.save()
    with pytest.raises(CampaignError, match="not approved"):
        shop.draft()


def test_another_workspaces_number_is_refused(shop: Shop, charlie: Any) -> None:
    shop.numbers[0].workspace = charlie.workspace
    with pytest.raises(CampaignError, match="another workspace"):
        shop.draft(numbers=shop.numbers)


def test_a_state_that_does_not_fit_is_refused(shop: Shop) -> None:
    campaign = shop.draft()
    with pytest.raises(CampaignError, match="draft and cannot be launched"):
        actions.launch(campaign, member=shop.owner)
