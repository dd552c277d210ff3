"""Segments as audiences, and whom a campaign leaves out on purpose; frozen at the plan or counted at the launch."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.campaigns.conftest import NOON, Shop
from tradewind.campaigns import actions, planner
from tradewind.campaigns.audience import clean
from tradewind.campaigns.errors import AudienceError
from tradewind.contacts.models import Contact, ContactTags, Tag
from tradewind.messages.models import Message
from tradewind.segments import actions as segments
from tradewind.segments.models import Segment
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.usefixtures("still_time")


def test_a_segment_as_audience_minus_exclusions_each_counted_by_its_name(shop: Shop) -> None:
    workspace = shop.owner.workspace
    vip, bored = (Tag.objects.create(workspace=workspace, name=name, created_at=NOON) for name in ("VIP", "Bored"))
    people = {name: shop.person(name, f"+49151000000{n}") for n, name in enumerate("abcdef")}
    shop.person("not among them", "+491510000009", marketing="unknown")
    tag(people["b"], vip)
    tag(people["c"], vip, bored)
    tag(people["d"], bored)
    agreed = saved(shop, "Agreed", {"opted_in": True})
    likes = saved(shop, "Likes tea", {"tag": "VIP"})
    audience = {"kind": "segment", "segment": agreed.pk, "without": {"segments": [likes.pk], "tags": [bored.pk]}}
    campaign = shop.planned(audience, template=shop.marketing)
    by_segment, by_tag = f"segment-{public_id(likes)}", f"tag-{public_id(bored)}"
    assert campaign.plan is not None
    assert (campaign.plan["audience"], campaign.plan["recipients"]) == (6, 3)
    assert campaign.plan["excluded"] == {by_segment: 2, by_tag: 1}  # c counts once, at the first
    assert campaign.plan["exclusions"] == {by_segment: "Likes tea", by_tag: "Bored"}
    assert campaign.to_look_at == campaign.looked_at == 6


def test_the_flight_plan_names_each_exclusion_and_leads_to_its_people(shop: Shop, as_alice: Client) -> None:
    likes = saved(shop, "Likes <b>tea</b>", {"all": []})
    shop.person("Dora", "+491510000001")
    campaign = shop.planned({"kind": "everybody", "without": {"segments": [likes.pk]}})
    page = as_alice.get(reverse("campaigns:plan", args=[public_id(campaign)])).content.decode()
    assert "In the segment “Likes &lt;b&gt;tea&lt;/b&gt;”" in page
    left_out = reverse("campaigns:left_out", args=[public_id(campaign), f"segment-{public_id(likes)}"])
    assert left_out in page
    assert "Dora" in as_alice.get(left_out).content.decode()
    export = b"".join(as_alice.get(reverse("campaigns:export_left_out", args=[public_id(campaign)])).streaming_content)
    assert "Dora" in export.decode()


def test_a_frozen_audience_is_who_fitted_at_the_plan_a_live_one_is_counted_again_at_the_launch(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradewind.campaigns.jobs.ask_for_plan", lambda campaign_id: None)
    agreed = saved(shop, "Agreed", {"opted_in": True})
    shop.person("a", "+491510000001")
    frozen = shop.planned({"kind": "segment", "segment": agreed.pk})
    live = shop.planned({"kind": "segment", "segment": agreed.pk, "live": True})
    shop.person("b", "+491510000002")
    frozen = actions.launch(frozen, member=shop.owner)
    assert (frozen.state, frozen.plan["recipients"]) == ("running", 1)
    actions.cancel(frozen, member=shop.owner)
    live = actions.launch(live, member=shop.owner)
    assert (live.state, live.run_id) == ("planning", None)
    planner.work(live.pk)
    live.refresh_from_db()
    assert (live.state, live.plan["recipients"], live.launched_by) == ("running", 2, shop.owner)
    assert Message.objects.filter(run_id=live.run_id).count() == 2


def test_what_a_launch_uses_counts_as_used(shop: Shop) -> None:
    workspace = shop.owner.workspace
    vip, bored, idle = (
        Tag.objects.create(workspace=workspace, name=name, created_at=NOON) for name in ("VIP", "Bored", "Idle")
    )
    tag(shop.person("a", "+491510000001"), vip)
    likes = saved(shop, "Likes tea", {"tag": "VIP"})
    Tag.objects.update(used_at=None)
    campaign = shop.planned({"kind": "segment", "segment": likes.pk, "without": {"tags": [bored.pk]}})
    assert not Tag.objects.exclude(used_at=None).exists()
    actions.launch(campaign, member=shop.owner)
    assert set(Tag.objects.exclude(used_at=None)) == {vip, bored}
    assert Segment.objects.get().used_at is not None
    assert idle.used_at is None


def test_a_live_launch_that_finds_nobody_says_so_and_does_not_start(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradewind.campaigns.jobs.ask_for_plan", lambda campaign_id: None)
    agreed = saved(shop, "Agreed", {"opted_in": True})
    person = shop.person("a", "+491510000001")
    live = shop.planned({"kind": "segment", "segment": agreed.pk, "live": True})
    Contact.objects.filter(pk=person.pk).update(marketing="opted_out")
    actions.launch(live, member=shop.owner)
    planner.work(live.pk)
    live.refresh_from_db()
    assert (live.state, live.run_id) == ("planned", None)
    assert "Nobody would get it" in live.state_reason


def test_a_segment_whose_tag_is_gone_fails_the_plan_with_a_reason(shop: Shop) -> None:
    vip = Tag.objects.create(workspace=shop.owner.workspace, name="VIP", created_at=NOON)
    likes = saved(shop, "Likes tea", {"tag": "VIP"})
    vip.delete()
    shop.person("a", "+491510000001")
    for audience in (
        {"kind": "segment", "segment": likes.pk},
        {"kind": "everybody", "without": {"segments": [likes.pk]}},
    ):
        campaign = shop.planned(audience)
        assert (campaign.state, campaign.state_reason) == ("draft", "audience_gone")


def test_segments_and_tags_of_another_workspace_cannot_be_named(shop: Shop, charlie: Member) -> None:
    his = Segment.objects.create(
        workspace=charlie.workspace, name="His", tree={"all": []}, created_at=NOON, changed_at=NOON
    )
    tag = Tag.objects.create(workspace=charlie.workspace, name="His", created_at=NOON)
    for audience in (
        {"kind": "segment", "segment": his.pk},
        {"kind": "everybody", "without": {"segments": [his.pk]}},
        {"kind": "everybody", "without": {"tags": [tag.pk]}},
        {"kind": "everybody", "without": {"tags": "all"}},
        {"kind": "everybody", "without": [1]},
    ):
        with pytest.raises(AudienceError):
            clean(audience, workspace_id=shop.owner.workspace_id)


def saved(shop: Shop, name: str, tree: dict[str, Any]) -> Segment:
    return segments.create(workspace=shop.owner.workspace, member=shop.owner, name=name, tree=tree)


def tag(person: Contact, *tags: Tag) -> None:
    ContactTags.objects.update_or_create(
        contact=person, workspace=person.workspace, defaults={"tags": [each.pk for each in tags]}
    )
