"""The compose page: real people as they will read it, the file on top, advice, and a test to oneself."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.campaigns.conftest import BINDINGS, NOON, Shop
from tests.campaigns.test_pages import at, form, text_of
from tests.messages.media.files import photo
from tests.people import browser, member
from tradewind.campaigns import actions, bindings, models
from tradewind.campaigns.composer import links, sampling
from tradewind.campaigns.composer.advice import Advice, Written, advise, echo_in, host_of
from tradewind.campaigns.errors import AudienceError, BindingError
from tradewind.campaigns.models import Campaign, LinkDomain
from tradewind.contacts.models import Consent, Contact
from tradewind.messages.media import actions as media
from tradewind.messages.media.models import MediaFile, MediaUpload
from tradewind.messages.models import Message, Outbox
from tradewind.templates.models import Template
from tradewind.whatsapp.payloads import Template as Parts
from tradewind.workspaces.door import public_id

pytestmark = pytest.mark.usefixtures("still_time")

PICTURE = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://example.com/a.jpg"]}}


@pytest.fixture
def draft(shop: Shop) -> Campaign:
    return actions.create(workspace=shop.owner.workspace, member=shop.owner, name="Spring")


@pytest.fixture
def pictured(shop: Shop) -> Template:
    """A template with a picture on top."""
    account = shop.numbers[0].account
    return Template.objects.create(
        workspace=account.workspace, account=account, meta_id="8", name="pictured", language="en", category="MARKETING",
        status="APPROVED", components=[PICTURE, *shop.utility.components], synced_at=NOON,
    )  # fmt: skip


def picture(shop: Shop, **more: Any) -> MediaFile:
    given = {"workspace": shop.owner.workspace, "member": shop.owner, "name": "spring.jpg", **more}
    return media.keep(content=photo(400, 300), **given)


# Real people, worst cases first


def words_of(shop: Shop, audience: dict[str, Any] | None = None, bound: Any = BINDINGS) -> list[tuple[str, str]]:
    found = sampling.cases(shop.owner.workspace, audience or {"kind": "everybody"}, shop.utility, bound)
    return [(case.word, case.name) for case in found]


def test_b2_real_people_are_shown_the_hardest_cases_first(shop: Shop) -> None:
    shop.person("Ben")
    shop.person("Katharina-Theodora Schöne-Weidenbach-Hohenstein", fields={"order": "A-1234567"})
    shop.person("ليلى الحسن")
    shop.person("No order", fields={})
    shop.person("", fields={"order": "B-1"})
    found = words_of(shop)
    assert found[0] == ("missing", "No order")
    assert found[1] == ("empty", "")
    assert ("longest", "Katharina-Theodora Schöne-Weidenbach-Hohenstein") in found
    assert ("rtl", "ليلى الحسن") in found
    assert len({name for _word, name in found}) == len(found)


def test_only_people_of_the_audience_are_shown(shop: Shop) -> None:
    shop.person("Ada")
    shop.person("Ben")
    shop.person("Suppressed", suppressed_at=NOON)
    tag = shop.tag("Ada")
    assert {name for _word, name in words_of(shop, {"kind": "tag", "tag": tag.pk})} == {"Ada"}
    without = {"kind": "everybody", "without": {"tags": [tag.pk]}}
    assert {name for _word, name in words_of(shop, without)} == {"Ben"}


def test_a_look_that_takes_too_long_says_so(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.person("Ada")
    monkeypatch.setattr(sampling, "PATIENCE_MS", 50)
    monkeypatch.setattr(sampling, "statement", lambda *given: ("SELECT pg_sleep(5)", {}))
    with pytest.raises(AudienceError, match="took too long"):
        words_of(shop)


def test_a_value_that_does_not_fit_is_shown(shop: Shop) -> None:
    shop.person("Ada", fields={"order": "x" * 1100})
    assert words_of(shop)[0] == ("unfit", "Ada")


def test_the_phone_steps_through_them_as_the_form_stands(as_alice: Client, shop: Shop, draft: Campaign) -> None:
    shop.person("Alexandra")
    shop.person("ليلى")
    page = text_of(as_alice.post(at("preview", draft), form(shop)))
    assert "1 of 2" in page and "your order" in page
    assert '<span class="var">Alexandra</span>' in page
    page = text_of(as_alice.post(at("preview", draft), form(shop, place="1")))
    assert "2 of 2" in page and "ليلى" in page
    page = text_of(as_alice.post(at("preview", draft), form(shop, audience="tag", template="")))
    assert "Choose a template" in page
    draft.refresh_from_db()
    assert draft.template is None, "looking changes nothing"


def test_dangerous_values_are_text_on_the_phone(as_alice: Client, shop: Shop, draft: Campaign) -> None:
    shop.person("<script>alert(1)</script> {{7*7}}")
    page = text_of(as_alice.post(at("preview", draft), form(shop, **{"field-body.1": "name"})))
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "49" not in page.partition("script")[2][:40]


# The file on top


def test_b11_a_campaign_with_an_uploaded_picture(
    as_alice: Client, shop: Shop, draft: Campaign, pictured: Template
) -> None:
    file = picture(shop)
    ref = f"media:{public_id(file)}"
    page = text_of(as_alice.get(at("variables", draft), {"template": pictured.pk}))
    assert "Drop a picture here" in page
    answer = as_alice.post(at("compose", draft), form(shop, template=pictured.pk, **{"header-file": ref}))
    assert answer["Location"] == at("plan", draft), text_of(answer)
    draft.refresh_from_db()
    assert bindings.media_link(draft.bindings) == ref
    assert MediaUpload.objects.filter(file=file, meta_id="").count() == 2, "both numbers want it before the launch"
    assert actions.payload_of(pictured, draft)["header_media"] == {"file": file.pk, "filename": "spring.jpg"}
    Campaign.objects.filter(pk=draft.pk).update(state="draft")
    assert reverse("messages:media", args=[public_id(file)]) in text_of(as_alice.get(at("compose", draft)))


def test_without_scripts_the_file_comes_with_the_form(
    as_alice: Client, shop: Shop, draft: Campaign, pictured: Template
) -> None:
    file = SimpleUploadedFile("spring.jpg", photo(400, 300))
    as_alice.post(at("compose", draft), form(shop, template=pictured.pk, **{"header-upload": file}))
    draft.refresh_from_db()
    assert bindings.media_link(draft.bindings).startswith("media:")


@pytest.mark.parametrize("link", ["", "http://example.com/a.jpg", "media:nonsense", "ftp://x", "javascript:alert(1)"])
def test_a_file_that_is_none_is_refused(shop: Shop, pictured: Template, link: str) -> None:
    given = [*BINDINGS, {"key": bindings.MEDIA, "fallback": link}]
    parts = Parts(pictured.components, "x", "en")
    with pytest.raises(BindingError, match="begins with a picture"):
        bindings.clean(given, parts, workspace_id=shop.owner.workspace_id)


def test_another_workspaces_file_is_none(shop: Shop, pictured: Template, charlie: Any) -> None:
    file = media.keep(workspace=charlie.workspace, member=charlie, name="a.jpg", content=photo(40, 30))
    given = [*BINDINGS, {"key": bindings.MEDIA, "fallback": f"media:{public_id(file)}"}]
    with pytest.raises(BindingError):
        bindings.clean(given, Parts(pictured.components, "x", "en"), workspace_id=shop.owner.workspace_id)


def test_a_place_on_top() -> None:
    place = bindings.place_of("geo:53.5511, 9.9937|Harbour|Pier 1")
    assert place == {"latitude": 53.5511, "longitude": 9.9937, "name": "Harbour", "address": "Pier 1"}
    assert bindings.place_of("geo:95, 9|x") is None and bindings.place_of("53, 9") is None


# Advice


def kinds(found: list[Advice]) -> list[str]:
    return [each.word for each in found]


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (Written("x" * 161), "length"),
        (Written("Hi 🎉🎉🎉"), "emoji"),
        (Written("Hi 👨‍👩‍👧 👍🏽 there"), ""),
        (Written("Hi", is_marketing=True), "way_out"),
        (Written("Hi", footer="Reply STOP to end", is_marketing=True), ""),
        (Written("Hallo", footer="Keine Nachrichten mehr? Antworten Sie STOPP.", is_marketing=True), ""),
        (Written("Ciao", replies=["Stop"], is_marketing=True), ""),
        (Written("أهلا", footer="للإيقاف أرسل إيقاف", is_marketing=True), ""),
        (Written("See https://bit.ly/x"), "shortener"),
        (Written("See http://shop.example.com/x"), "not_https"),
        (Written("See https://shop.example.com/x."), ""),
        (Written("See https://evil.example/x"), "foreign_link"),
        (Written("Hi", links=["https://203.0.113.7/x"]), "odd_host"),
        (Written("Hi", links=["https://xn--80ak6aa92e.com"]), "odd_host"),
        (Written("Your order your order is here"), "echo"),
        (Written("BIG SALE TODAY ONLY!!!!"), "shouting"),
        (Written("Hi Ada, your order A-17 is here."), ""),
    ],
)
def test_b12_advice_in_plain_words(message: Written, word: str) -> None:
    assert kinds(advise(message, ["example.com"])) == ([word] if word else [])


def test_an_echo_is_the_words_that_stand_twice() -> None:
    assert echo_in("Zu Ihrer Bestellung Ihrer Bestellung passt sie") == "Ihrer Bestellung Ihrer Bestellung"
    assert echo_in("a a b") == ""


@pytest.mark.parametrize(
    ("address", "host"),
    [("https://www.Example.COM:443/x", "example.com"), ("example.com", "example.com"), ("http://[", ""),
     ("https://bücher.example/", "xn--bcher-kva.example")],
)  # fmt: skip
def test_hosts(address: str, host: str) -> None:
    assert host_of(address) == host


def test_b12_the_same_link_twice_a_week_to_the_same_people(shop: Shop, draft: Campaign) -> None:
    button = {"type": "URL", "text": "See", "url": "https://shop.example.com/sale?u={{1}}", "example": ["1"]}
    components = [*shop.utility.components, {"type": "BUTTONS", "buttons": [button]}]
    Template.objects.filter(pk=shop.utility.pk).update(components=components)
    shop.utility.refresh_from_db()
    other = actions.create(workspace=shop.owner.workspace, member=shop.owner, name="Last one")
    Campaign.objects.filter(pk=other.pk).update(
        launched_at=NOON, template=shop.utility, audience={"kind": "tag", "tag": 1}
    )
    assert links.repeats(draft, shop.utility, {"kind": "tag", "tag": 1}) == ["Last one"]
    assert links.repeats(draft, shop.utility, {"kind": "tag", "tag": 2}) == []
    assert links.repeats(draft, shop.marketing, {"kind": "tag", "tag": 1}) == []


def test_domains_are_added_and_taken_away(as_alice: Client, as_charlie: Client, shop: Shop) -> None:
    as_alice.post("/campaigns/links/", {"domain": "https://www.Tea.example.com/x"})
    assert "tea.example.com" in text_of(as_alice.get("/campaigns/links/"))
    assert "tea.example.com" not in text_of(as_charlie.get("/campaigns/links/"))
    as_alice.post("/campaigns/links/", {"domain": "no domain"})
    assert LinkDomain.objects.count() == 1
    as_alice.post("/campaigns/links/", {"remove": "tea.example.com"})
    assert not LinkDomain.objects.exists()


# A test to oneself


def ask_for_test(client: Client, shop: Shop, draft: Campaign, **more: Any) -> str:
    given = {"test-phone": "+49 151 5550001", "test-number": public_id(shop.numbers[0]), "test-once": "click", **more}
    return text_of(client.post(at("test", draft), form(shop, **given)))


def test_a_test_goes_once_however_often_it_is_clicked(as_alice: Client, shop: Shop, draft: Campaign) -> None:
    shop.person("Ada", fields={"order": "A-99"})
    for _ in range(3):
        assert "Send another test" in ask_for_test(as_alice, shop, draft)
    message = Message.objects.get()
    assert message.variables == {"body.1": "Ada", "body.2": "A-99"}, "with the values of the person who is shown"
    assert message.run_id is None and message.author == shop.owner
    assert Outbox.objects.get().at_night, "whoever tests at night wants it at night"
    assert models.Tester.objects.get().contact_id == message.contact_id
    assert "+491515550001" in text_of(as_alice.get(at("compose", draft)))
    page = text_of(as_alice.get(at("test_state", draft, public_id(message))))
    assert "waiting" in page and "hx-get" in page
    Message.objects.update(state="read")
    page = text_of(as_alice.get(at("test_state", draft, public_id(message))))
    assert "read" in page and "hx-get" not in page


def test_a_test_of_marketing_needs_a_yes_which_is_recorded(as_alice: Client, shop: Shop, draft: Campaign) -> None:
    page = ask_for_test(as_alice, shop, draft, template=shop.marketing.pk)
    assert "has not agreed to marketing" in page and not Message.objects.exists()
    ask_for_test(as_alice, shop, draft, template=shop.marketing.pk, **{"test-agreed": "on"})
    assert Message.objects.get().category == "marketing"
    consent = Consent.objects.get()
    assert (consent.state, consent.source, consent.member) == ("opted_in", "tester", shop.owner)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [({"test-phone": "nonsense"}, "number"), ({"template": ""}, "Choose a template first.")],
)
def test_why_a_test_cannot_go_is_said(
    as_alice: Client, shop: Shop, draft: Campaign, more: dict[str, str], sentence: str
) -> None:
    assert sentence in ask_for_test(as_alice, shop, draft, **more)
    assert not Message.objects.exists() and not Contact.objects.exists()


def test_a_suppressed_phone_gets_no_test(as_alice: Client, shop: Shop, draft: Campaign) -> None:
    shop.person("Ada", "+491515550001", suppressed_at=NOON)
    assert "Nothing is sent to this person" in ask_for_test(as_alice, shop, draft)


def test_an_agent_neither_looks_nor_tests(shop: Shop, draft: Campaign, as_charlie: Client) -> None:
    agent = browser(member(shop.owner.workspace, "Bo", "agent"))
    assert agent.post(at("preview", draft)).status_code == agent.post(at("test", draft)).status_code == 403
    assert as_charlie.post(at("preview", draft)).status_code == as_charlie.post(at("test", draft)).status_code == 404
