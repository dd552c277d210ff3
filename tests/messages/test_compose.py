"""Writing to one person from their page."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.contacts.made import contact
from tests.messages.media.files import PDF, photo
from tests.numbers import made
from tests.templates.test_pages import OFFER
from tests.templates.test_sync import template
from tradewind.contacts import actions as contacts
from tradewind.contacts.models import Contact
from tradewind.lib import clock
from tradewind.messages.media import actions as media
from tradewind.messages.media.models import MediaFile, MediaUpload
from tradewind.messages.models import Content, Message, Outbox, Run, ServiceWindow
from tradewind.numbers.models import Number
from tradewind.templates.models import Template
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.usefixtures("page_contexts")
LEFT = [{"type": "BODY", "text": "Your parcel has left."}]


@pytest.fixture
def annika(alice: Member) -> Contact:
    return contact(alice.workspace, "Annika Vogel", language="de")


@pytest.fixture
def hamburg(alice: Member) -> Number:
    return made.number(made.account(alice.workspace))


@pytest.fixture
def offer(hamburg: Number) -> Template:
    return template(
        hamburg.account, name="autumn_offer", language="de", category="MARKETING", components=OFFER,
        parameter_format="NAMED",
    )  # fmt: skip


def url(person: Contact) -> str:
    return reverse("messages:compose", args=[public_id(person)])


def open_window(number: Number, person: Contact, hours: float = 20) -> None:
    now = clock.now()
    ServiceWindow.objects.create(
        workspace_id=number.workspace_id, number=number, contact=person, last_inbound_at=now,
        closes_at=now + timedelta(hours=hours),
    )  # fmt: skip


def test_inside_the_window_a_text_goes(as_bob: Client, bob: Member, annika: Contact, hamburg: Number) -> None:
    made.number(hamburg.account, "Aaa first by name")
    open_window(hamburg, annika)
    draft = as_bob.get(url(annika)).context["draft"]
    assert (draft.kind, draft.sender.number) == ("text", hamburg)
    form = {"number": hamburg.pk, "kind": "text", "text": " Ja, gern! ", "once": "abc", "send": "1"}
    answer = as_bob.post(url(annika), form, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == reverse("contacts:show", args=[public_id(annika)])
    sent = Message.objects.get()
    assert (sent.text, sent.author, sent.number, sent.state) == ("Ja, gern!", bob, hamburg, "queued")
    assert Outbox.objects.get(message=sent).needs_window is True


def test_a_double_click_sends_once(as_bob: Client, annika: Contact, hamburg: Number) -> None:
    open_window(hamburg, annika)
    form = {"number": hamburg.pk, "kind": "text", "text": "Hallo", "once": "abc", "send": "1"}
    for _ in range(2):
        assert as_bob.post(url(annika), form).status_code == 302
    assert Message.objects.count() == 1


def test_without_a_window_only_a_template_can_go(as_bob: Client, annika: Contact, hamburg: Number) -> None:
    open_window(hamburg, annika, hours=-1)
    answer = as_bob.post(url(annika), {"number": hamburg.pk, "kind": "text", "text": "Hallo", "send": "1"})
    page = answer.content.decode()
    assert "only an approved template can reach them" in page
    assert not Message.objects.exists()


def test_a_template_is_filled_shown_and_sent(as_bob: Client, annika: Contact, hamburg: Number, offer: Template) -> None:
    contacts.opt_in(annika, source="console")
    answer = as_bob.get(url(annika))
    page = answer.content.decode()
    assert answer.context["draft"].values == {"body.first_name": "Annika", "body.discount": ""}
    assert 'Hello <span class="var">Annika</span>' in page
    form = {
        "number": hamburg.pk, "template": offer.pk, "of": offer.pk, "once": "x", "send": "1",
        "value:body.first_name": "Annika", "value:body.discount": "",
    }  # fmt: skip
    refused = as_bob.post(url(annika), form)
    assert "empty" in refused.content.decode()
    assert not Message.objects.exists()
    as_bob.post(url(annika), {**form, "value:body.discount": "15 %"})
    sent = Message.objects.get()
    assert sent.variables == {"body.first_name": "Annika", "body.discount": "15 %"}
    assert (sent.category, sent.kind, sent.content.template) == ("marketing", "template", offer)
    as_bob.post(url(annika), {**form, "value:body.discount": "20 %", "once": "y"})
    assert Content.objects.count() == 1


def test_a_campaigns_content_is_not_shared(as_bob: Client, annika: Contact, hamburg: Number) -> None:
    """Else a message to one person would keep a campaign waiting, and count among its texts."""
    row = template(hamburg.account, name="left", language="de", category="UTILITY", components=LEFT)
    form = {"number": hamburg.pk, "template": row.pk, "of": row.pk, "send": "1"}
    as_bob.post(url(annika), {**form, "once": "a"})
    first = Content.objects.get()
    Run.objects.create(workspace=annika.workspace, content=first, category="utility", created_at=clock.now())
    as_bob.post(url(annika), {**form, "once": "b"})
    as_bob.post(url(annika), {**form, "once": "c"})
    ids = list(Message.objects.order_by("pk").values_list("content_id", flat=True))
    assert ids[0] == first.pk and len(set(ids)) == 2 and ids[1] == ids[2]


def test_marketing_is_not_offered_to_people_who_did_not_agree(
    as_bob: Client, annika: Contact, hamburg: Number, offer: Template
) -> None:
    assert "Marketing needs their opt-in" in as_bob.get(url(annika)).content.decode()
    form = {"number": hamburg.pk, "template": offer.pk, "of": offer.pk, "send": "1"}
    as_bob.post(url(annika), form)
    assert not Message.objects.exists()


@pytest.mark.parametrize("value", ["a\nb", "a     b", "   "])
def test_values_that_meta_refuses_are_refused_beside_their_field(
    as_bob: Client, annika: Contact, hamburg: Number, offer: Template, value: str
) -> None:
    contacts.opt_in(annika, source="console")
    form = {
        "number": hamburg.pk, "template": offer.pk, "of": offer.pk, "send": "1",
        "value:body.first_name": value, "value:body.discount": "15 %",
    }  # fmt: skip
    answer = as_bob.post(url(annika), form)
    errors = {blank.variable.slot: bool(blank.error) for blank in answer.context["draft"].blanks}
    assert errors == {"body.first_name": True, "body.discount": False}
    assert not Message.objects.exists()


def test_templates_come_in_the_persons_language_then_in_the_businesss_then_in_english(
    as_bob: Client, alice: Member, hamburg: Number
) -> None:
    alice.workspace.locale = "it"
    alice.workspace.save(update_fields=["locale"])
    for language in ("ar", "de", "en", "it", "th"):
        template(hamburg.account, name=f"order_{language}", language=language, category="UTILITY")
    german = contact(alice.workspace, "Bernd", language="de-CH")
    draft = as_bob.get(url(german)).context["draft"]
    assert [each.language for each in draft.templates] == ["de", "it", "en", "ar", "th"]


PICTURE = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://example.com/a.jpg"]}}


@pytest.fixture
def receipt(hamburg: Number) -> Template:
    return template(
        hamburg.account, name="receipt", language="de", category="UTILITY", components=[PICTURE, *LEFT]
    )  # fmt: skip


def kept(who: Member, name: str, content: bytes) -> MediaFile:
    return media.keep(workspace=who.workspace, member=who, name=name, content=content)


def test_b11_a_template_takes_a_file_of_ours_on_top(
    as_bob: Client, bob: Member, annika: Contact, hamburg: Number, receipt: Template
) -> None:
    file = kept(bob, "parcel.jpg", photo(400, 300))
    page = as_bob.get(url(annika)).content.decode()
    assert "Drop a picture here" in page and "Choose one of your files" in page and 'id="choice"' in page
    form = {"number": hamburg.pk, "template": receipt.pk, "of": receipt.pk, "once": "x"}
    given = {**form, "header-file": f"media:{public_id(file)}"}
    assert "parcel.jpg" in as_bob.post(url(annika), given).content.decode()
    as_bob.post(url(annika), {**given, "send": "1"})
    sent = Message.objects.get()
    assert sent.content is not None
    assert sent.content.payload["header_media"] == {"file": file.pk, "filename": "parcel.jpg"}
    assert [(each.file, each.number) for each in MediaUpload.objects.all()] == [(file, hamburg)]


def test_b11_a_file_comes_with_the_form_from_a_browser_without_scripts(
    as_bob: Client, annika: Contact, hamburg: Number, receipt: Template
) -> None:
    form = {"number": hamburg.pk, "template": receipt.pk, "of": receipt.pk, "once": "x", "send": "1"}
    as_bob.post(url(annika), {**form, "header-upload": SimpleUploadedFile("a.jpg", photo(400, 300))})
    content = Message.objects.get().content
    assert content is not None and content.payload["header_media"]["file"] == MediaFile.objects.get().pk


def test_a_file_of_another_kind_or_of_others_is_not_taken(
    as_bob: Client, bob: Member, charlie: Member, annika: Contact, hamburg: Number, receipt: Template
) -> None:
    form = {"number": hamburg.pk, "template": receipt.pk, "of": receipt.pk, "once": "x", "send": "1"}
    for file in (kept(bob, "prices.pdf", PDF), kept(charlie, "car.jpg", photo(400, 300))):
        answer = as_bob.post(url(annika), {**form, "header-file": f"media:{public_id(file)}"})
        assert answer.status_code == 200 and answer.context["draft"].errors
        assert file.name not in answer.content.decode()
    assert not Message.objects.exists() and not MediaUpload.objects.exists()
    as_bob.post(url(annika), {**form, "header-link": "https://example.com/b.jpg"})
    content = Message.objects.get().content
    assert content is not None and content.payload["header_media"] == {"link": "https://example.com/b.jpg"}


def test_numbers_and_templates_of_others_are_not_taken(
    as_bob: Client, annika: Contact, hamburg: Number, charlie: Member
) -> None:
    theirs = made.number(made.account(charlie.workspace, "Cars"), "Cars")
    open_window(hamburg, annika)
    form = {"number": theirs.pk, "kind": "text", "text": "Hallo", "send": "1", "once": "z"}
    as_bob.post(url(annika), form)
    assert [row.number for row in Message.objects.all()] == [hamburg]
    assert "Cars" not in as_bob.get(url(annika)).content.decode()


def test_a_queued_message_is_taken_back_and_a_doubt_decided(
    as_alice: Client, as_bob: Client, alice: Member, annika: Contact, hamburg: Number
) -> None:
    open_window(hamburg, annika)
    form = {"number": hamburg.pk, "kind": "text", "text": "Hallo", "once": "q", "send": "1"}
    as_bob.post(url(annika), form)
    sent = Message.objects.get()
    as_bob.post(reverse("messages:cancel", args=[public_id(sent)]))
    sent.refresh_from_db()
    assert sent.state == "cancelled"
    as_bob.post(url(annika), {**form, "once": "r"})
    doubt = Message.objects.get(state="queued")
    Outbox.objects.filter(pk=doubt.pk).update(stage="unknown")
    Message.objects.filter(pk=doubt.pk).update(state="unknown")
    assert as_bob.post(reverse("messages:resolve", args=[public_id(doubt)])).status_code == 403
    as_alice.post(reverse("messages:resolve", args=[public_id(doubt)]), {"again": "1"})
    doubt.refresh_from_db()
    assert (doubt.state, Outbox.objects.get(pk=doubt.pk).stage) == ("queued", "waiting")
