"""B13: the words of what has not gone are changed while a campaign is paused; nobody gets both, and the sum holds."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.campaigns.conftest import BINDINGS, NOON, Shop
from tests.campaigns.counting import adds_up
from tests.campaigns.test_feeder import feed_all, people
from tests.campaigns.test_free import HELLO, planned, wrote
from tests.campaigns.test_pages import at, text_of
from tests.conftest import Time
from tests.people import browser, member
from tradewind.campaigns import actions, feeder, wording
from tradewind.campaigns.approvals import verbs as approvals
from tradewind.campaigns.approvals.models import Approval
from tradewind.campaigns.editing import renewing, verbs, versions
from tradewind.campaigns.editing.models import Revision
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.export_csv import letters_of
from tradewind.campaigns.models import Campaign, Recipient, Variant
from tradewind.campaigns.trials import assigning
from tradewind.contacts.models import Contact
from tradewind.messages.actions import count as count_one
from tradewind.messages.models import Message, Outbox
from tradewind.templates.models import Template
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.usefixtures("still_time")

NEW = [
    {"key": "body.1", "field": "", "fallback": "friend"},
    {"key": "body.2", "field": "fields.order", "fallback": "none"},
]


def paused(shop: Shop, count: int = 150, gone: int = 10, **more: Any) -> Campaign:
    """A paused campaign: some have left, fifty wait in the outbox, the others have not been fed."""
    people(shop, count)
    campaign = actions.launch(shop.planned(numbers=shop.numbers[:1], **more), member=shop.owner)
    left = list(Message.objects.order_by("pk").values_list("pk", flat=True)[:gone])
    Outbox.objects.filter(pk__in=left).delete()
    Message.objects.filter(pk__in=left).update(state="accepted", rank=1, accepted_at=NOON)
    for pk in left:
        count_one(Message.objects.get(pk=pk), "accepted", 1)
    return actions.pause(campaign, member=shop.owner)


def another(shop: Shop, name: str = "better", category: str = "UTILITY", text: str = "Dear {{1}}") -> Template:
    account = shop.numbers[0].account
    return Template.objects.create(
        workspace=account.workspace, account=account, meta_id=name, name=name, language="en", category=category,
        status="APPROVED", components=[{"type": "BODY", "text": text}], synced_at=NOON,
    )  # fmt: skip


def test_b13_who_has_it_keeps_it_and_everybody_else_gets_the_new_words_once(shop: Shop) -> None:
    campaign = paused(shop)
    adds_up(campaign)
    first = Message.objects.order_by("pk")[0].content_id
    revision = verbs.change(campaign, member=shop.owner, template=another(shop), bindings=NEW[:1])
    assert (revision.version, revision.people, revision.ready_at is not None) == (2, 140, True)
    adds_up(campaign)
    actions.resume(campaign, member=shop.owner)
    feed_all()
    counts = adds_up(campaign)
    assert counts["unfed"] == 0 and counts["states"] == {"accepted": 10, "queued": 140}
    got = Counter(Message.objects.values_list("content_id", "state"))
    assert got == {(first, "accepted"): 10, (revision.content_id, "queued"): 140}
    values = Message.objects.filter(state="queued").values_list("variables", flat=True)
    assert all(each == {"body.1": "friend"} for each in values)
    assert len(set(Message.objects.values_list("contact_id", flat=True))) == 150, "nobody twice"
    assert set(Outbox.objects.values_list("content_id", flat=True)) == {revision.content_id}
    assert letters_of(Campaign.objects.get(pk=campaign.pk)) == {first: "1", revision.content_id: "2"}
    entry = AuditEntry.objects.get(verb="campaign.text_changed")
    assert entry.member == shop.owner


def test_what_a_sender_has_in_hand_is_taken_from_it(shop: Shop) -> None:
    campaign = paused(shop, gone=0)
    claimed = list(Outbox.objects.order_by("pk").values_list("pk", flat=True)[:3])
    Outbox.objects.filter(pk__in=claimed[:2]).update(stage="claimed", holder="somebody", lease_until=NOON)
    Outbox.objects.filter(pk=claimed[2]).update(stage="inflight", holder="somebody", attempt_at=NOON)
    before = Outbox.objects.get(pk=claimed[0]).content_id
    revision = verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=NEW)
    taken = Outbox.objects.in_bulk(claimed)
    assert [(taken[pk].stage, taken[pk].content_id) for pk in claimed] == [
        ("waiting", revision.content_id), ("waiting", revision.content_id), ("inflight", before),
    ]  # fmt: skip
    # What was in flight comes back refused: it takes the new words when the campaign goes on.
    Outbox.objects.filter(pk=claimed[2]).update(stage="waiting", holder="")
    actions.resume(campaign, member=shop.owner)
    message = Message.objects.get(pk=claimed[2])
    assert message.content_id == revision.content_id and message.variables["body.1"] == "friend"
    adds_up(campaign)


def test_the_words_may_change_twice(shop: Shop) -> None:
    campaign = paused(shop)
    verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=NEW)
    third = verbs.change(campaign, member=shop.owner, template=another(shop), bindings=NEW[:1])
    assert third.version == 3
    told = versions.told(Campaign.objects.get(pk=campaign.pk))
    assert [(each.revision.version, each.got) for each in told] == [(1, 10), (2, 0), (3, 0)]
    assert [each.words for each in told] == [
        "Hi ‹First name, there›, your order ‹order› is here.",
        "Hi friend, your order ‹order, none› is here.",
        "Dear friend",
    ]


def test_it_is_made_ready_in_steps_and_does_not_go_on_before(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assigning, "STRETCH", 40)
    monkeypatch.setattr(verbs, "AT_ONCE", 3)
    campaign = paused(shop)
    revision = verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=NEW)
    assert revision.ready_at is None
    with pytest.raises(CampaignError, match="still being put in"):
        actions.resume(campaign, member=shop.owner)
    with pytest.raises(CampaignError, match="still being put in"):
        verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=NEW)
    while renewing.step_all():
        adds_up(campaign)
    actions.resume(campaign, member=shop.owner)
    feed_all()
    assert Message.objects.filter(state="queued", variables__contains={"body.1": "friend"}).count() == 140


def test_everybody_is_looked_at_in_stretches_before_anything_is_locked(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assigning, "STRETCH", 40)
    campaign, seen, depth = paused(shop), [], len(connection.savepoint_ids)
    looked_over = renewing.unfit

    def look(row: Campaign) -> tuple[int, int, int]:
        seen.append(looked_over(row))
        assert len(connection.savepoint_ids) == depth, "in no transaction of its own"
        return seen[-1]

    monkeypatch.setattr(renewing, "unfit", look)
    holes = [NEW[0], {**NEW[1], "field": "fields.none", "fallback": ""}]
    with pytest.raises(CampaignError, match="For 140 people a variable would be empty"):
        verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=holes)
    revision = verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=NEW)
    assert seen == [(140, 0, 140), (0, 0, 140)] and revision.ready_at is not None


def test_nobody_gets_the_old_values_in_the_new_words(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's order is taken away after everybody was counted, and before it is their turn."""
    monkeypatch.setattr(verbs, "AT_ONCE", 0)
    campaign = paused(shop, gone=0)
    swapped = another(shop, text="{{1}} is for {{2}}")
    bindings = [{"key": "body.1", "field": "fields.order", "fallback": ""}, {**BINDINGS[0], "key": "body.2"}]
    verbs.change(campaign, member=shop.owner, template=swapped, bindings=bindings)
    in_outbox, not_fed = Message.objects.order_by("pk")[0].contact, Contact.objects.order_by("-pk")[0]
    Contact.objects.filter(pk__in=[in_outbox.pk, not_fed.pk]).update(fields={})
    while renewing.step_all():
        pass
    actions.resume(campaign, member=shop.owner)
    feed_all()
    for person in (in_outbox, not_fed):
        values = Message.objects.get(contact=person).variables
        assert set(values) == {"body.2"}, "what is empty now is refused by the sender, with a word why"
        assert wording.parts_of(swapped).problems(values)
    assert Message.objects.filter(variables__has_key="body.1").count() == 148
    adds_up(campaign)


def test_what_would_leave_somebody_out_or_change_the_rules_is_refused(shop: Shop) -> None:
    campaign = paused(shop)
    shop.owner.workspace.refresh_from_db()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"template": another(shop, "sale2", "MARKETING"), "bindings": NEW[:1]}, "another category"),
        ({"free": {"text": "Hi"}, "bindings": []}, "stays a template"),
        ({"template": campaign.template, "bindings": [NEW[0], {**NEW[1], "field": "fields.none", "fallback": ""}]},
         "140 people a variable would be empty"),
        ({"template": another(shop, "long", text="x" * 1021 + "{{1}}"),
          "bindings": [{**NEW[0], "field": "fields.order"}]}, "140 people a value does not fit"),
        ({"template": shop.utility, "bindings": []}, "no value yet"),
    ]  # fmt: skip
    for given, why in cases:
        with pytest.raises(CampaignError, match=why):
            verbs.change(campaign, member=shop.owner, **given)
    assert not Revision.objects.exists() and not AuditEntry.objects.filter(verb="campaign.text_changed").exists()
    campaign.refresh_from_db()
    assert campaign.bindings == BINDINGS


def test_only_a_paused_campaign_with_one_text(shop: Shop) -> None:
    campaign = paused(shop)
    Variant.objects.create(workspace=campaign.workspace, campaign=campaign, place=1, template=another(shop))
    with pytest.raises(CampaignError, match="compares several texts"):
        verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=NEW)
    Variant.objects.all().delete()
    actions.resume(campaign, member=shop.owner)
    with pytest.raises(CampaignError, match="Pause it first"):
        verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=NEW)


def test_new_words_need_a_new_word_where_that_is_the_rule(shop: Shop) -> None:
    second = member(shop.owner.workspace, "Mia", "manager")
    campaign = paused(shop)
    shop.owner.workspace.four_eyes_over = 100
    shop.owner.workspace.save()
    assert approvals.resume_or_ask(campaign, member=shop.owner).state == "running", "nothing was changed"
    actions.pause(campaign, member=shop.owner)
    verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=NEW)
    assert approvals.resume_or_ask(campaign, member=shop.owner).state == "paused"
    approval = Approval.objects.get()
    assert (approval.recipients, approval.verdict) == (140, "")
    with pytest.raises(CampaignError, match="yourself"):
        approvals.approve(campaign, member=shop.owner)
    # Other words again: what was asked for holds no more.
    verbs.change(campaign, member=shop.owner, template=another(shop), bindings=NEW[:1])
    approval.refresh_from_db()
    assert approval.verdict == "void"
    approvals.resume_or_ask(campaign, member=shop.owner)
    hers = browser(second)
    assert "wants to go on with new words" in text_of(hers.get(reverse("campaigns:list")))
    seen = text_of(hers.get(at("live", campaign)))
    assert "The new words wait for a second member" in seen and "Approve and go on for 140 people" in seen
    assert "Waits for a second member" in seen and at("resume", campaign) not in seen
    assert hers.post(at("approve", campaign)).status_code == 302
    assert Campaign.objects.get(pk=campaign.pk).state == "running"
    adds_up(campaign)


def test_a_small_rest_needs_no_second_member(shop: Shop) -> None:
    campaign = paused(shop, count=60, gone=50)
    shop.owner.workspace.four_eyes_over = 10
    shop.owner.workspace.save()
    verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=NEW)
    assert approvals.resume_or_ask(campaign, member=shop.owner).state == "running"


def test_a_cancelled_change_leaves_nothing_queued(shop: Shop) -> None:
    campaign = paused(shop)
    verbs.change(campaign, member=shop.owner, template=campaign.template, bindings=NEW)
    actions.cancel(campaign, member=shop.owner)
    adds_up(campaign)
    assert not Outbox.objects.exists() and not feeder.step()


# The pages


def test_the_page_changes_them_and_the_log_says_which_text_each_got(as_alice: Client, shop: Shop) -> None:
    campaign = paused(shop)
    assert "Change the text" in text_of(as_alice.get(at("live", campaign)))
    page = text_of(as_alice.get(at("words", campaign)))
    assert "140 people" in page and "sale" not in page, "templates of another category are not offered"
    better = another(shop)
    form = {"said": "template", "template": better.pk, "field-body.1": "", "fallback-body.1": ""}
    refused = as_alice.post(at("words", campaign), form)
    assert refused.status_code == 422 and "neither a field nor a text" in text_of(refused)
    answer = as_alice.post(at("words", campaign), {**form, "fallback-body.1": "friend"})
    assert answer.status_code == 302, text_of(answer)
    shown = text_of(as_alice.get(at("live", campaign)))
    assert "Text 1" in shown and "Text 2" in shown and "Dear friend" in shown
    as_alice.post(at("resume", campaign))
    feed_all()
    assert "Text 2" in text_of(as_alice.get(at("log", campaign) + "?show=waiting"))
    assert "Dear friend" in text_of(as_alice.get(at("report", campaign)))
    assert as_alice.get(at("words", campaign)).status_code == 302, "it runs"


def test_charlie_finds_nothing(as_charlie: Client, shop: Shop) -> None:
    campaign = paused(shop)
    assert as_charlie.get(at("words", campaign)).status_code == 404
    assert as_charlie.post(at("words", campaign), {"said": "template"}).status_code == 404
    assert not Revision.objects.exists()


def test_an_analyst_may_not(shop: Shop) -> None:
    campaign = paused(shop)
    analyst: Member = member(shop.owner.workspace, "Anna", "analyst")
    assert browser(analyst).post(at("words", campaign), {"said": "template"}).status_code == 403
    assert not Revision.objects.exists() and Recipient.objects.filter(campaign=campaign).exists()


def test_the_free_words_of_a_paused_campaign(shop: Shop, still_time: Time) -> None:
    for rank in range(60):
        wrote(shop, shop.person(f"P{rank}", f"+49151{rank:08}"))
    campaign = actions.launch(planned(shop, numbers=shop.numbers[:1]), member=shop.owner)
    actions.pause(campaign, member=shop.owner)
    with pytest.raises(CampaignError, match="another category"):
        verbs.change(campaign, member=shop.owner, free={**HELLO, "purpose": "service"}, bindings=[])
    verbs.change(campaign, member=shop.owner, free={"text": "Just text, {{first_name}}"}, bindings=[
        {"key": "body.first_name", "field": "first_name", "fallback": "you"}
    ])  # fmt: skip
    actions.resume(campaign, member=shop.owner)
    feed_all()
    assert set(Message.objects.values_list("kind", flat=True)) == {"text"}
    assert set(Outbox.objects.values_list("needs_window", flat=True)) == {True}
    adds_up(campaign)
