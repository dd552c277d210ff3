"""Carousels and offers in a campaign: a file for each card, values frozen per person, the page's fields."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.campaigns.conftest import Shop
from tests.campaigns.test_pages import form
from tests.conftest import Time
from tests.messages.media.files import photo
from tests.templates import shapes
from tradewind.campaigns import actions, bindings
from tradewind.campaigns.composer import links
from tradewind.campaigns.composer.advice import advise
from tradewind.campaigns.errors import BindingError
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.campaigns.trials import verbs
from tradewind.campaigns.wording import parts_of
from tradewind.messages.media import actions as media
from tradewind.messages.media import uploading
from tradewind.messages.media.models import MediaFile, MediaUpload
from tradewind.messages.models import Run
from tradewind.templates.models import Template
from tradewind.workspaces.door import public_id

pytestmark = pytest.mark.usefixtures("still_time")
END = int(datetime(2026, 3, 8, 20, 0, tzinfo=UTC).timestamp())


def template(shop: Shop, name: str) -> Template:
    made = dict(shapes.writings())[name]
    account = shop.numbers[0].account
    return Template.objects.create(
        workspace=account.workspace, account=account, meta_id=name, name=name, language=made.language,
        category="MARKETING", status="APPROVED", parameter_format=made.parameter_format, components=made.components(),
        synced_at=shop.owner.workspace.created_at,
    )  # fmt: skip


def pictures(shop: Shop, count: int) -> list[MediaFile]:
    workspace = shop.owner.workspace
    return [
        media.keep(workspace=workspace, member=shop.owner, name=f"{n}.jpg", content=photo(500 + n, 300))
        for n in range(count)
    ]


def on_cards(files: list[MediaFile]) -> list[dict[str, str]]:
    return [
        {"key": f"card.{n}.media", "field": "", "fallback": f"media:{public_id(file)}"} for n, file in enumerate(files)
    ]


CAROUSEL = "carousel_image_link_2_one"  # each card: a text with {{1}}, an address that ends with {{1}}
FILLED: list[dict[str, str]] = [
    {"key": "body.1", "field": "first_name", "fallback": "there"},
    {"key": "card.0.body.1", "field": "first_name", "fallback": "there"},
    {"key": "card.1.body.1", "field": "", "fallback": "friend"},
    {"key": "card.0.button.0.1", "field": "fields.order", "fallback": ""},
    {"key": "card.1.button.0.1", "field": "", "fallback": "tents"},
]


def test_b1_a_carousel_is_bound_planned_and_frozen_with_a_file_on_each_card(as_alice: Client, shop: Shop) -> None:
    shop.person("Ada Byron", "+4915100000001", fields={"order": "A-17"})
    shop.person("Bob", "+4915100000002", fields={})
    files = pictures(shop, 2)
    campaign = shop.planned(template=template(shop, CAROUSEL), bindings=[*FILLED, *on_cards(files)])
    assert MediaUpload.objects.count() == 2 * len(shop.numbers)  # brought to Meta as soon as it is written
    got = Recipient.objects.get(campaign=campaign, excluded="")
    assert got.variables == {
        "body.1": "Ada", "card.0.body.1": "Ada", "card.1.body.1": "friend", "card.0.button.0.1": "A-17",
        "card.1.button.0.1": "tents",
    }  # fmt: skip
    assert Recipient.objects.get(campaign=campaign, contact_id=shop.people["Bob"].pk).excluded == "missing_variable"
    assert campaign.template is not None
    payload = actions.payload_of(campaign.template, campaign)
    assert payload["card_media"] == [{"file": file.pk, "filename": file.name} for file in files]
    assert "header_media" not in payload
    page = as_alice.get(reverse("campaigns:plan", args=[public_id(campaign)])).content.decode()
    assert page.count('class="block w-full h-24') == 2


@pytest.mark.parametrize("count", [0, 1])
def test_a_card_without_a_file_is_found_before_the_start(shop: Shop, count: int) -> None:
    with pytest.raises(BindingError, match=f"Card {count + 1}: This message begins with a picture"):
        shop.draft(template=template(shop, CAROUSEL), bindings=[*FILLED, *on_cards(pictures(shop, count))])


def test_a_film_is_no_picture_and_an_address_must_be_safe(shop: Shop) -> None:
    row = template(shop, CAROUSEL)
    for link in ("http://a.example/1.jpg", "javascript:x", "media:nothing"):
        wrong = [{"key": "card.0.media", "field": "", "fallback": link}, *on_cards(pictures(shop, 2))[1:]]
        with pytest.raises(BindingError, match="Card 1"):
            shop.draft(template=row, bindings=[*FILLED, *wrong])


OFFER = "offer_none_code_ends_one"


def offer_bindings(end: str, code: str = "fields.coupon") -> list[dict[str, str]]:
    return [
        {"key": "body.1", "field": "first_name", "fallback": "there"},
        {"key": "limited_time_offer.expiration", "field": "", "fallback": end},
        {"key": "button.0.code", "field": code, "fallback": ""},
        {"key": "button.1.1", "field": "", "fallback": "sale"},
    ]


def test_b1_an_offers_code_and_end_are_frozen_for_each_person(shop: Shop) -> None:
    shop.person("Ada", "+4915100000001", fields={"coupon": "ADA20"})
    shop.person("Bob", "+4915100000002", fields={"coupon": "no code!"})
    campaign = shop.planned(template=template(shop, OFFER), bindings=offer_bindings(str(END)))
    got = Recipient.objects.get(campaign=campaign, excluded="")
    assert got.variables["button.0.code"] == "ADA20" and got.variables["limited_time_offer.expiration"] == str(END)
    assert Recipient.objects.get(campaign=campaign, contact_id=shop.people["Bob"].pk).excluded == "unfit_variable"


# Alice's shop is in Berlin, and it is noon of 2 March 2026 in UTC.
@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("1772900000", "2026-03-07T16:13:20+00:00"),
        (1772900000, "2026-03-07T16:13:20+00:00"),
        ("2026-03-08", "2026-03-08T22:59:59+00:00"),
        ("2026-03-29", "2026-03-29T21:59:59+00:00"),
        ("2026-03-08 18:00", "2026-03-08T17:00:00+00:00"),
        ("  2026-03-08T18:00:30.25 ", "2026-03-08T17:00:30+00:00"),
        ("2026-03-08T18:00Z", "2026-03-08T18:00:00+00:00"),
        ("2026-03-08 18:00 +05:30", "2026-03-08T12:30:00+00:00"),
        ("2026-03-08T18:00-0800", "2026-03-09T02:00:00+00:00"),
        ("2028-02-29", "2028-02-29T22:59:59+00:00"),
        ("2026-02-29", ""),
        ("2026-04-31T10:00", ""),
        ("2026-13-01", ""),
        ("2026-03-08 24:00", ""),
        ("2026-03-08T18:00+99:00", ""),
        ("08.03.2026", ""),
        ("soon", ""),
        ("2026-03-02", "2026-03-02T22:59:59+00:00"),
        ("2026-03-01", ""),
        ("2026-03-02T12:00Z", ""),
        ("1500000000", ""),
        ("٢٠٢٦-٠٣-٠٨", ""),
        ("2026-03-08'); DROP TABLE contact; --", ""),
    ],
)  # fmt: skip
def test_b2_the_end_of_an_offer_is_read_from_a_persons_field(shop: Shop, said: object, ends: str) -> None:
    shop.person("Ada", "+4915100000001", fields={"coupon": "ADA20", "ends": said})
    bound = offer_bindings("")
    bound[1]["field"] = "fields.ends"
    found = Recipient.objects.get(campaign=shop.planned(template=template(shop, OFFER), bindings=bound))
    assert found.excluded == ("" if ends else "offer_over")
    kept = (found.variables or {}).get("limited_time_offer.expiration")
    assert kept == (str(int(datetime.fromisoformat(ends).timestamp())) if ends else None)


def test_b2_whose_offer_has_no_end_is_said_on_the_plan(as_alice: Client, shop: Shop) -> None:
    shop.person("Ada", "+4915100000001", fields={"coupon": "ADA20", "ends": "soon"})
    shop.person("Bob", "+4915100000002", fields={"coupon": "BOB20"})
    shop.person("Cem", "+4915100000003", fields={"coupon": "CEM20", "ends": "2026-04-01"})
    bound = offer_bindings("")
    bound[1]["field"] = "fields.ends"
    campaign = shop.planned(template=template(shop, OFFER), bindings=bound)
    reasons = dict(Recipient.objects.filter(campaign=campaign).values_list("contact_id", "excluded"))
    names = {name: reasons[contact.pk] for name, contact in shop.people.items()}
    assert names == {"Ada": "offer_over", "Bob": "missing_variable", "Cem": ""}
    page = as_alice.get(reverse("campaigns:plan", args=[public_id(campaign)])).content.decode()
    assert "Their offer&#x27;s end is wrong or past" in page
    address = reverse("campaigns:left_out", args=[public_id(campaign), "offer_over"])
    page = as_alice.get(address).content.decode()
    assert "Ada" in page and "Write it as 2026-03-08" in page


def test_b2_a_stated_end_may_be_a_day_or_a_time_and_nothing_else(shop: Shop) -> None:
    row = template(shop, OFFER)
    for said, ends in (("2026-04-01", "2026-04-01T21:59:59+00:00"), ("2026-04-01 18:00", "2026-04-01T16:00:00+00:00")):
        kept = shop.draft(template=row, bindings=offer_bindings(said)).bindings[1]["fallback"]
        assert kept == str(int(datetime.fromisoformat(ends).timestamp()))
    with pytest.raises(BindingError, match="“next week” is no time"):
        shop.draft(template=row, bindings=offer_bindings("next week"))


def test_an_offer_ends_at_midnight_of_utc_where_nobody_knows_the_zone(shop: Shop) -> None:
    shop.owner.workspace.timezone = "Mars/Olympus"
    shop.owner.workspace.save()
    shop.person("Ada", "+4915100000001", fields={"coupon": "ADA20", "until": "2026-03-08"}, timezone="")
    last = int(datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC).timestamp())
    row, end = template(shop, OFFER), {"key": bindings.OFFER_END, "field": "fields.until", "fallback": ""}
    for said in ({**end, "field": "", "fallback": "2026-03-08"}, end):
        bound = [said if each["key"] == end["key"] else each for each in offer_bindings(str(END))]
        campaign = shop.planned(template=row, bindings=bound)
        values = Recipient.objects.get(campaign=campaign, excluded="").variables
        assert values[bindings.OFFER_END] == str(last)


def test_an_offer_that_is_over_already_is_refused(shop: Shop) -> None:
    with pytest.raises(BindingError, match="over already"):
        shop.draft(template=template(shop, OFFER), bindings=offer_bindings("1500000000"))


def test_b11_the_cards_of_every_text_are_renewed_while_the_run_is_open(shop: Shop, still_time: Time) -> None:
    """Those of text B too, whose people may come weeks after the first."""
    for rank in range(20):
        shop.person(f"P{rank}", f"+49151{rank:08}")
    row, files = template(shop, CAROUSEL), pictures(shop, 5)
    other = Template.objects.get(pk=row.pk)
    other.pk, other.name, other.meta_id = None, "another", "another"
    other.save()
    draft = shop.draft(template=row, bindings=[*FILLED, *on_cards(files[:2])])
    texts = [verbs.Text(other, [*FILLED, *on_cards(files[2:4])])]
    verbs.set_up(draft, member=shop.owner, wishes=verbs.Wishes(sample_share=0.5), texts=texts)
    campaign = actions.launch(shop.replanned(Campaign.objects.get(pk=draft.pk)), member=shop.owner)
    media.want(files[4], shop.numbers)  # of no campaign
    for upload in MediaUpload.objects.all():
        uploading.settle(upload, f"meta {upload.pk}")
    assert uploading.take() == []
    still_time.move(28 * 86_400)
    taken = [upload for _ in range(3) for upload in uploading.take()]
    assert {upload.file_id for upload in taken} == {file.pk for file in files[:4]} and len(taken) == 8
    still_time.move(3_600)
    Run.objects.filter(pk=campaign.run_id).update(state="closed")
    assert uploading.take() == []


def test_the_page_asks_for_each_card_and_shows_them(as_alice: Client, shop: Shop) -> None:
    shop.person("Ada", "+4915100000001")
    row, files = template(shop, CAROUSEL), pictures(shop, 2)
    draft = actions.create(workspace=shop.owner.workspace, member=shop.owner, name="Spring")
    address = reverse("campaigns:variables", args=[public_id(draft)])
    page = as_alice.get(address, {"template": row.pk}).content.decode()
    assert 'name="card-1-upload"' in page and 'name="card-2-upload"' not in page and "· Card 2" in page
    given = form(shop, template=row.pk) | {
        name: value
        for each in FILLED
        for name, value in (
            (f"field-{each['key']}", each["field"]), (f"fallback-{each['key']}", each["fallback"]),
        )
    }  # fmt: skip
    given |= {f"card-{n}-file": f"media:{public_id(file)}" for n, file in enumerate(files)}
    shown = as_alice.post(reverse("campaigns:preview", args=[public_id(draft)]), given).content.decode()
    assert shown.count('class="block w-full h-24') == 2
    as_alice.post(reverse("campaigns:compose", args=[public_id(draft)]), given)
    kept = Campaign.objects.get(pk=draft.pk)
    assert bindings.card_links(kept.bindings) == [f"media:{public_id(file)}" for file in files]


def test_b12_links_on_cards_are_looked_at_too(shop: Shop) -> None:
    row = template(shop, CAROUSEL)
    assert links.links_in(row) == {"shop.example.com"}
    said = links.written(row, parts_of(row).preview({}))
    assert len(said.links) == 2
    assert "foreign_link" in [each.word for each in advise(said, ["other.example"])]


def test_a_card_comes_with_the_form_from_a_browser_without_scripts(as_alice: Client, shop: Shop) -> None:
    draft = actions.create(workspace=shop.owner.workspace, member=shop.owner, name="Spring")
    given: dict[str, Any] = form(shop, template=template(shop, CAROUSEL).pk) | {
        name: value
        for each in FILLED
        for name, value in (
            (f"field-{each['key']}", each["field"]), (f"fallback-{each['key']}", each["fallback"]),
        )
    }  # fmt: skip
    given |= {f"card-{n}-upload": SimpleUploadedFile(f"{n}.jpg", photo(600 + n, 300)) for n in range(2)}
    as_alice.post(reverse("campaigns:compose", args=[public_id(draft)]), given)
    kept = Campaign.objects.get(pk=draft.pk)
    assert len(bindings.card_links(kept.bindings)) == 2 and MediaFile.objects.count() == 2
