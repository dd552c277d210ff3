"""Four eyes: who may launch alone, who says yes, and what makes a yes worthless."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests.campaigns.conftest import Shop
from tests.people import browser, member
from tradewind.campaigns import actions, planner
from tradewind.campaigns.approvals import rule, verbs
from tradewind.campaigns.approvals.models import Approval
from tradewind.campaigns.errors import AlreadySo, CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.workspaces import keys
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.usefixtures("still_time")


@pytest.fixture
def second(shop: Shop) -> Member:
    return member(shop.owner.workspace, "Mia", "manager")


@pytest.fixture
def planned(shop: Shop) -> Campaign:
    two_people(shop)
    return shop.planned()


def two_people(shop: Shop) -> None:
    """Two get it, and the workspace wants four eyes over one."""
    shop.person("Ada", "+491510000001")
    shop.person("Ben", "+491510000002")
    demand(shop, 1)


def asked_for_live(shop: Shop) -> Campaign:
    """A campaign whose audience is counted again when it leaves; it waits for a second member's word."""
    two_people(shop)
    campaign = shop.planned({"kind": "everybody", "live": True})
    verbs.launch_or_ask(campaign, member=shop.owner)
    return campaign


def demand(shop: Shop, over: int | None) -> None:
    shop.owner.workspace.four_eyes_over = over
    shop.owner.workspace.save()


def state(campaign: Campaign) -> str:
    return Campaign.objects.values_list("state", flat=True).get(pk=campaign.pk)


def test_up_to_the_number_one_member_is_enough(shop: Shop, planned: Campaign) -> None:
    demand(shop, 2)
    assert verbs.launch_or_ask(planned, member=shop.owner).state == "running"
    assert not Approval.objects.exists()


def test_over_it_the_launch_becomes_a_request(shop: Shop, planned: Campaign, second: Member) -> None:
    with pytest.raises(rule.NeedsApproval):
        actions.launch(planned, member=shop.owner)
    assert verbs.launch_or_ask(planned, member=shop.owner).state == "planned"
    with pytest.raises(AlreadySo):
        verbs.launch_or_ask(planned, member=shop.owner)
    approval = Approval.objects.get()
    assert (approval.requested_by, approval.recipients, approval.verdict) == (shop.owner, 2, "")
    assert rule.waiting_for(second) == [approval] and rule.waiting_for(shop.owner) == []


def test_another_member_approves_and_it_leaves(shop: Shop, planned: Campaign, second: Member) -> None:
    verbs.launch_or_ask(planned, member=shop.owner)
    assert verbs.approve(planned, member=second, word="Go").state == "running"
    approval = Approval.objects.get()
    assert (approval.verdict, approval.decided_by, approval.word) == ("approved", second, "Go")
    trail = (
        AuditEntry.objects.filter(verb__startswith="campaign.").order_by("id").values_list("verb", "member__user__name")
    )
    assert list(trail)[-3:] == [
        ("campaign.approval_asked", "Alice"), ("campaign.approved", "Mia"), ("campaign.launched", "Mia")
    ]  # fmt: skip


def test_nobody_approves_their_own_request(shop: Shop, planned: Campaign, second: Member) -> None:
    verbs.launch_or_ask(planned, member=shop.owner)
    with pytest.raises(CampaignError, match="yourself"):
        verbs.approve(planned, member=shop.owner)
    assert state(planned) == "planned" and Approval.objects.get().verdict == ""


def test_a_refusal_needs_a_word_and_can_be_asked_again(shop: Shop, planned: Campaign, second: Member) -> None:
    verbs.launch_or_ask(planned, member=shop.owner)
    with pytest.raises(CampaignError, match="why not"):
        verbs.refuse(planned, member=second, word="  ")
    verbs.refuse(planned, member=second, word="Wrong price")
    assert state(planned) == "planned"
    with pytest.raises(CampaignError, match="Nobody waits"):
        verbs.approve(planned, member=second)
    verbs.launch_or_ask(planned, member=shop.owner)
    verbs.approve(planned, member=second)
    assert state(planned) == "running"


def test_a_changed_plan_takes_the_request_back(shop: Shop, planned: Campaign, second: Member) -> None:
    verbs.launch_or_ask(planned, member=shop.owner)
    again = actions.plan(planned, member=shop.owner)
    planner.work(again.pk)
    assert state(again) == "planned"
    assert Approval.objects.get().verdict == "void"
    with pytest.raises(CampaignError, match="Nobody waits"):
        verbs.approve(again, member=second)
    with pytest.raises(rule.NeedsApproval):
        actions.launch(again, member=shop.owner)


def test_a_live_audience_that_has_grown_is_no_longer_what_was_approved(shop: Shop, second: Member) -> None:
    campaign = asked_for_live(shop)
    shop.person("Cleo", "+491510000003")
    verbs.approve(campaign, member=second)
    planner.work(campaign.pk)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.plan["recipients"]) == ("planned", 3)  # type: ignore[index]
    assert [approval.recipients for approval in rule.waiting_for(shop.owner)] == [3], (
        "asked for anew, with the new size"
    )


def test_a_live_audience_of_the_same_size_leaves(shop: Shop, second: Member) -> None:
    campaign = asked_for_live(shop)
    verbs.approve(campaign, member=second)
    planner.work(campaign.pk)
    assert state(campaign) == "running"


def test_the_whole_way_on_the_pages(shop: Shop, planned: Campaign, second: Member) -> None:
    owner, mia = browser(shop.owner), browser(second)
    path = f"/campaigns/{public_id(planned)}"
    assert b"Ask to launch for 2 people" in owner.get(f"{path}/plan/").content
    owner.post(f"{path}/launch/")
    page = owner.get(f"{path}/plan/").content
    assert b"Waits for a second member" in page and b"Approve and launch" not in page
    assert owner.post(f"{path}/approval/yes/").status_code == 302 and state(planned) == "planned"
    assert b"waits for your word" in mia.get("/campaigns/").content
    assert b"waits for your word" not in owner.get("/campaigns/").content
    assert b"Approve and launch for 2 people" in mia.get(f"{path}/plan/").content
    mia.post(f"{path}/approval/no/", {"word": "Wrong <b>price</b>"})
    assert b"Wrong &lt;b&gt;price" in owner.get(f"{path}/plan/").content
    owner.post(f"{path}/launch/")
    assert mia.post(f"{path}/approval/yes/")["Location"] == f"{path}/"
    assert state(planned) == "running"
    assert mia.get(f"{path}/approval/")["HX-Redirect"] == f"{path}/"


@pytest.mark.parametrize("role", ["agent", "analyst"])
def test_who_may_not_launch_approves_nothing(shop: Shop, planned: Campaign, role: str) -> None:
    verbs.launch_or_ask(planned, member=shop.owner)
    helper = browser(member(shop.owner.workspace, "Helper", role))
    assert helper.post(f"/campaigns/{public_id(planned)}/approval/yes/").status_code == 403
    assert state(planned) == "planned"


def test_programs_ask_and_answer_likewise(shop: Shop, planned: Campaign, second: Member) -> None:
    _key, asks = keys.create(by=shop.owner, name="Asks", scopes=["campaigns:launch"])
    _key, answers = keys.create(by=second, name="Answers", scopes=["campaigns:launch"])
    path = f"/api/v1/campaigns/{public_id(planned)}"

    def post(token: str, where: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return Client().post(f"{path}/{where}", body or {}, content_type="application/json", headers=headers)

    assert {post(asks, "launch").json()["approval"] for _ in range(2)} == {"waiting"}
    assert post(asks, "approval", {"verdict": "approve"}).status_code == 409
    assert post(answers, "approval", {"verdict": "refuse"}).status_code == 409
    done = post(answers, "approval", {"verdict": "approve", "word": "Go"}).json()
    assert (done["state"], done["approval"]) == ("running", "approved")


@pytest.mark.django_db(transaction=True)
def test_who_may_decide_gets_a_letter(shop: Shop, planned: Campaign, second: Member) -> None:
    member(shop.owner.workspace, "Helper", "agent")
    verbs.launch_or_ask(planned, member=shop.owner)
    (letter,) = mail.outbox
    assert letter.to == [second.user.email] and f"/campaigns/{public_id(planned)}/plan/" in letter.body


def test_a_word_that_is_asked_for_already_does_not_hold_the_plan_up(shop: Shop, second: Member) -> None:
    """The rule was off for a moment, in which somebody launched what waited for a word: now it is on again."""
    campaign = asked_for_live(shop)
    demand(shop, 10)
    actions.launch(campaign, member=second)
    demand(shop, 1)
    planner.work(campaign.pk)
    assert state(campaign) == "planned"
    assert "waits for a second member" in Campaign.objects.get(pk=campaign.pk).state_reason
    verbs.approve(campaign, member=second)
    assert Approval.objects.get().verdict == "approved"


def test_a_launch_that_nobody_clicks_asks_for_the_second_member_by_itself(shop: Shop, second: Member) -> None:
    """Follow-ups and campaigns that come again are launched by the worker, for whoever launched or switched them on."""
    two_people(shop)
    campaign = actions.count_again(shop.planned(), shop.owner)
    planner.work(campaign.pk)
    assert state(campaign) == "planned"
    approval = Approval.objects.get()
    assert (approval.requested_by, approval.recipients) == (shop.owner, 2)
    verbs.approve(campaign, member=second)
    assert state(campaign) == "running"
