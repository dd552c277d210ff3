"""The pages of trials, follow-ups, recurring campaigns and what has not gone, as their users see them."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.campaigns.conftest import Shop
from tests.campaigns.test_pages import at, text_of
from tests.campaigns.test_trials import people, planned, send_all, text_b, trial_of, work
from tests.conftest import Time
from tests.messages.media.files import photo
from tests.people import browser, member
from tradewind.campaigns import actions
from tradewind.campaigns.models import Campaign, FollowUp, Series
from tradewind.messages.media import actions as media
from tradewind.messages.media.models import MediaUpload
from tradewind.messages.models import Run, Tally
from tradewind.templates.models import Template
from tradewind.workspaces.door import public_id

pytestmark = pytest.mark.usefixtures("still_time")

SETTINGS: dict[str, Any] = {
    "has_canary": "on", "canary_percent": "5", "canary_least": "10", "watch_minutes": "30", "sample_percent": "40",
    "sample_people": "", "measure": "read", "wait_minutes": "60", "confidence": "0.98", "when_even": "ask",
    "spread_hours": "0", "answer_minutes": "7",
}  # fmt: skip
VALUES = {
    "B-field-body.1": "first_name", "B-fallback-body.1": "friend", "B-field-body.2": "city", "B-fallback-body.2": "us",
}  # fmt: skip


def test_b8_a_trial_is_set_up_on_its_page_and_the_plan_shows_it(as_alice: Client, shop: Shop) -> None:
    people(shop, 40)
    draft = shop.draft()
    other = text_b(shop)
    more = text_of(as_alice.post(at("trial", draft), {**SETTINGS, "add": "1"}, headers={"HX-Request": "true"}))
    assert "B-template" in more and "news_b" in more and "sale" not in more, "only what can stand beside A"
    data = {**SETTINGS, **VALUES, "B-template": other.pk, "save": "1"}
    assert as_alice.post(at("trial", draft), data)["Location"] == at("plan", draft)
    trial = trial_of(draft)
    assert (trial.has_canary, trial.has_test, trial.campaign.answer_minutes) == (True, True, 7)
    campaign = shop.replanned(Campaign.objects.get(pk=draft.pk))
    page = text_of(as_alice.get(at("plan", campaign)))
    assert "Texts compared" in page and "A few first" in page and "Without a difference a person chooses." in page
    shown = text_of(as_alice.get(at("trial", campaign)))
    assert 'value="us"' in shown and "too few to find any difference" in shown
    bad = as_alice.post(at("trial", campaign), {**data, "B-field-body.2": "", "B-fallback-body.2": ""})
    assert bad.status_code == 422 and "neither a field nor a text" in text_of(bad)


def test_b11_another_text_takes_a_file_of_ours(as_alice: Client, shop: Shop) -> None:
    people(shop, 40)
    draft, other = shop.draft(), text_b(shop)
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://example.com/a.jpg"]}}
    Template.objects.filter(pk=other.pk).update(components=[header, *other.components])
    file = media.keep(workspace=draft.workspace, member=shop.owner, name="spring.jpg", content=photo(400, 300))
    look = {**SETTINGS, **VALUES, "B-template": other.pk, "look": "1"}
    page = text_of(as_alice.post(at("trial", draft), look, headers={"HX-Request": "true"}))
    assert 'name="B-header-file"' in page and "Choose one of your files" in page
    data = {**look, "save": "1"}
    del data["look"]
    assert "begins with a picture" in text_of(as_alice.post(at("trial", draft), data))
    chosen = {**data, "B-header-file": f"media:{public_id(file)}"}
    assert as_alice.post(at("trial", draft), chosen)["Location"] == at("plan", draft)
    assert "spring.jpg" in text_of(as_alice.get(at("trial", shop.replanned(draft))))
    handed_in = {**data, "B-header-upload": SimpleUploadedFile("b.jpg", photo(500, 300))}
    assert as_alice.post(at("trial", draft), handed_in)["Location"] == at("plan", draft)
    actions.launch(shop.replanned(Campaign.objects.get(pk=draft.pk)), member=shop.owner)
    wanted = MediaUpload.objects.filter(file__name="b.jpg").values_list("number_id", flat=True)
    assert set(wanted) == {number.pk for number in shop.numbers}


def test_b8_a_member_chooses_the_text_on_the_live_page(as_alice: Client, shop: Shop, still_time: Time) -> None:
    people(shop, 60)
    campaign = actions.launch(planned(shop, texts=1, sample_share=0.5, when_even="ask"), member=shop.owner)
    send_all()
    still_time.move(61 * 60)
    work()
    page = text_of(as_alice.get(at("live", campaign)))
    assert "No difference that is more than chance" in page and "Send B to the rest" in page
    bob = browser(member(shop.owner.workspace, "Bob", role="agent"))
    assert bob.post(at("choose_text", campaign, "B")).status_code == 403
    for _ in range(2):
        assert as_alice.post(at("choose_text", campaign, "B"))["Location"] == at("live", campaign)
    assert trial_of(campaign).winner == 1
    assert "chose text B" in text_of(as_alice.get(at("live", campaign)))


def test_x4_a_stopped_canary_says_why(as_alice: Client, shop: Shop, still_time: Time) -> None:
    people(shop, 200)
    campaign = actions.launch(planned(shop, has_canary=True, canary_least=20), member=shop.owner)
    send_all()
    Tally.objects.create(
        workspace_id=campaign.workspace_id, run_id=campaign.run_id or 0, number_id=shop.numbers[0].pk, name="opted_out",
        n=5,
    )  # fmt: skip
    still_time.move(60)
    work()
    page = text_of(as_alice.get(at("live", campaign)))
    assert "Stopped" in page and "5 of 20 opted out; usual are 0.4 %, 1.5 % is the limit." in page


def test_b6_alarms_stand_on_the_live_page(as_alice: Client, shop: Shop) -> None:
    people(shop, 10)
    campaign = actions.launch(shop.planned(), member=shop.owner)
    assert "were delivered" not in text_of(as_alice.get(at("progress", campaign)))
    place = {"workspace_id": campaign.workspace_id, "run_id": campaign.run_id, "number_id": shop.numbers[0].pk}
    for name, n in (("delivered", 85), ("failed", 15), ("failed:131026", 15)):
        Tally.objects.create(**place, name=name, n=n)
    page = text_of(as_alice.get(at("progress", campaign)))
    assert "Only 85 % of those with an outcome were delivered" in page
    assert "15 numbers are not on WhatsApp" in page


def test_b9_a_follow_up_is_added_and_taken_off(as_alice: Client, shop: Shop) -> None:
    people(shop, 3)
    campaign = actions.launch(shop.planned(), member=shop.owner)
    data = {"kind": "unreplied", "after_hours": "48", "template": shop.utility.pk, "field-body.1": "first_name",
            "fallback-body.1": "you", "field-body.2": "", "fallback-body.2": "A-1"}  # fmt: skip
    assert as_alice.post(at("follow_up", campaign), {**data, "after_hours": "0"}).status_code == 422
    assert as_alice.post(at("follow_up", campaign), data)["Location"] == at("show", campaign)
    found = FollowUp.objects.get()
    page = text_of(as_alice.get(at("live", campaign)))
    assert "Who got it and has not answered" in page
    as_alice.post(at("follow_up_removal", campaign, public_id(found)))
    assert "Taken off by a member." in text_of(as_alice.get(at("live", campaign)))


def test_b14_a_draft_comes_again(as_alice: Client, shop: Shop) -> None:
    draft = shop.draft()
    assert as_alice.post(at("repeat", draft), {"kind": "weekly", "time": "", "weekday": "1"}).status_code == 422
    assert as_alice.post(at("repeat", draft), {"kind": "weekly", "time": "10:00", "weekday": "1"}).status_code == 302
    series = Series.objects.get()
    assert "Every Tuesday at 10:00" in text_of(as_alice.get("/recurring/"))
    switch = f"/recurring/{public_id(series)}/switch/"
    as_alice.post(switch, {"on": "1"})
    series.refresh_from_db()
    assert series.is_on and series.next_at is not None and series.switched_by == shop.owner
    assert "The next one" in text_of(as_alice.get(at("repeat", draft)))
    as_alice.post(f"/recurring/{public_id(series)}/removal/")
    assert not Series.objects.exists() and Campaign.objects.filter(pk=draft.pk).exists()


def test_b13_what_has_not_gone_is_edited_while_it_is_paused(as_alice: Client, shop: Shop) -> None:
    people(shop, 3)
    campaign = actions.launch(shop.planned(), member=shop.owner)
    assert as_alice.get(at("rest", campaign)).status_code == 302
    actions.pause(campaign, member=shop.owner)
    assert "Pace and end" in text_of(as_alice.get(at("live", campaign)))
    data = {"preset": "custom", "per_minute": "", "ends_at": "", "answer_minutes": ""}
    assert as_alice.post(at("rest", campaign), data).status_code == 422
    assert as_alice.post(at("rest", campaign), {**data, "per_minute": "20"})["Location"] == at("live", campaign)
    assert Run.objects.get(pk=campaign.run_id).pacing["per_minute"] == 20
