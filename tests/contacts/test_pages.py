"""The pages of contacts through the front door: Alice owns, Bob helps, Charlie is a stranger."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.contacts.made import contact
from tests.numbers import made
from tests.people import browser, member
from tradewind.contacts import actions, timeline
from tradewind.contacts.models import Consent, Contact, Identity, Tag
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.messages.models import Message, ServiceWindow
from tradewind.numbers.models import Number
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.usefixtures("page_contexts")


@pytest.fixture
def annika(alice: Member) -> Contact:
    return contact(alice.workspace, "Annika Vogel", "+4915128407716", language="de", city="Hamburg")


@pytest.fixture
def hamburg(alice: Member) -> Number:
    return made.number(made.account(alice.workspace))


def url(verb: str, *rows: Contact | Tag) -> str:
    return reverse(f"contacts:{verb}", args=[public_id(row) for row in rows])


def page_of(client: Client, person: Contact) -> str:
    answer = client.get(url("show", person))
    assert answer.status_code == 200
    return answer.content.decode()


def message(number: Number, person: Contact, **fields: object) -> Message:
    return Message.objects.create(
        **{"workspace_id": number.workspace_id, "number": number, "contact": person, "direction": "out",
           "kind": "text", "category": "service", "state": "delivered", "created_at": clock.now(), **fields}
    )  # fmt: skip


def test_without_contacts_the_page_names_the_first_step(as_alice: Client) -> None:
    assert "No contacts yet." in as_alice.get("/contacts/").content.decode()


def test_the_list_shows_people_and_narrows(as_bob: Client, annika: Contact, alice: Member) -> None:
    contact(alice.workspace, "Marco Bellini", "+393476610338")
    page = as_bob.get("/contacts/").content.decode()
    for text in ("Annika Vogel", "+49 1512 8407716", "Marco Bellini", "2 people", "not asked"):
        assert text in page
    assert "Annika" not in as_bob.get("/contacts/", {"q": "marco"}).content.decode()
    assert "Nobody fits." in as_bob.get("/contacts/", {"q": "nobody"}).content.decode()
    assert "Nobody fits." in as_bob.get("/contacts/", {"tag": "nonsense"}).content.decode()


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(as_alice: Client, alice: Member, annika: Contact) -> None:
    as_alice.get("/contacts/")  # the first request of a session also notes where it came from
    with CaptureQueriesContext(connection) as few:
        as_alice.get("/contacts/")
    tag = actions.make_tag(workspace=alice.workspace, name="VIP", member=alice)
    for n in range(60):
        actions.tag(contact(alice.workspace, f"Person {n}"), tag=tag, member=None)
    with CaptureQueriesContext(connection) as many:
        assert as_alice.get("/contacts/").content.decode().count("data-href") == 50
    assert len(many) == len(few) <= 13


def test_analysts_see_no_people(alice: Member, annika: Contact) -> None:
    client = browser(member(alice.workspace, "Ana", "analyst"))
    assert client.get("/contacts/").status_code == 403
    assert client.get(url("show", annika)).status_code == 403


def test_adding_somebody_with_tags_and_a_proof(as_bob: Client, bob: Member) -> None:
    for name in ("VIP", "Outdoor"):
        actions.make_tag(workspace=bob.workspace, name=name, member=None)
    form = {"phone": "0151 2840 7716", "name": "Annika Vogel", "tags": "VIP, Outdoor,", "opt_in": "on"}
    answer = as_bob.post(reverse("contacts:new"), form)
    assert "Say how they agreed" in answer.content.decode()
    assert not Contact.objects.exists()
    answer = as_bob.post(reverse("contacts:new"), {**form, "proof": "card at the till"})
    person = Contact.objects.get()
    assert answer.headers["Location"] == url("show", person)
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Outdoor", "VIP"]
    proof = Consent.objects.get(contact=person)
    assert (proof.state, proof.wording, proof.member) == ("opted_in", "card at the till", bob)
    page = page_of(as_bob, person)
    for text in ("May get marketing.", "card at the till", "Outdoor", "Europe/Berlin"):
        assert text in page


def test_a_number_that_is_there_leads_to_its_person(as_bob: Client, annika: Contact) -> None:
    page = as_bob.post(reverse("contacts:new"), {"phone": "+4915128407716"}).content.decode()
    assert "Annika Vogel has this number already." in page
    assert url("show", annika) in page


@pytest.mark.parametrize("typed", ["hello", "12", "4,91512E+12", "+4915128407716 ext. 4"])
def test_a_bad_number_gets_a_sentence_and_keeps_what_was_typed(as_bob: Client, typed: str) -> None:
    answer = as_bob.post(reverse("contacts:new"), {"phone": typed, "name": "Kept"})
    assert answer.context["form"].errors["phone"]
    assert 'value="Kept"' in answer.content.decode()


def test_the_person_page_tells_everything_in_words(
    as_alice: Client, alice: Member, annika: Contact, hamburg: Number
) -> None:
    now = clock.now()
    actions.opt_in(annika, source="message", wording="START", number=hamburg)
    Identity.objects.create(workspace=alice.workspace, contact=annika, kind="username", value="annika.v", seen_at=now)
    ServiceWindow.objects.create(
        workspace=alice.workspace, number=hamburg, contact=annika, last_inbound_at=now,
        closes_at=now + timedelta(hours=20),
    )  # fmt: skip
    message(hamburg, annika, direction="in", state="received", text="Gibt es die noch in 40?")
    message(hamburg, annika, state="failed", error_code=131026, text="Ja!")
    message(hamburg, annika, state="skipped", reason="cap_72h", text="Angebot")
    message(hamburg, annika, state="unknown", text="Vielleicht")
    page = page_of(as_alice, annika)
    for text in (
        "May get marketing. A window is open with Hamburg.",
        "annika.v",
        "wrote it in a message",
        "Gibt es die noch in 40?",
        "WhatsApp could not deliver",
        "They had as much marketing in 72 hours as you allow.",
        "It is not sent twice; proof settles it.",
        "Opted in to marketing",
        "Became a contact",
        "German",
    ):
        assert text in page


def test_the_timeline_goes_on_where_it_ended(alice: Member, annika: Contact, hamburg: Number) -> None:
    start = clock.now()
    for n in range(95):
        message(hamburg, annika, text=f"nr {n}", created_at=start - timedelta(minutes=n))
    texts, before = [], None
    while True:
        line = timeline.of(annika, before=before)
        texts += [moment.text for moment in line.moments if moment.kind == "out"]
        before = line.before
        if before is None:
            break
    assert texts == [f"nr {n}" for n in range(95)]


def test_more_of_the_timeline_comes_as_a_piece(as_alice: Client, annika: Contact, hamburg: Number) -> None:
    for n in range(50):
        message(hamburg, annika, text=f"nr {n}", created_at=clock.now() - timedelta(minutes=n + 1))
    answer = as_alice.get(url("show", annika))
    assert "nr 45" not in answer.content.decode()
    more = as_alice.get(url("show", annika), {"before": answer.context["before"]}).content.decode()
    assert "nr 45" in more
    assert "<html" not in more
    for odd in ("yesterday", "2026-13-45", "2026-01-01", "\x00"):
        assert as_alice.get(url("show", annika), {"before": odd}).status_code in (200, 400)


def test_the_timeline_can_be_looked_at_in_parts(as_alice: Client, alice: Member, annika: Contact) -> None:
    tag = actions.make_tag(workspace=alice.workspace, name="VIP", member=alice)
    actions.tag(annika, tag=tag, member=alice)
    record("order.placed", workspace_id=annika.workspace_id, contact_id=annika.pk, data={"product": "Tent"})
    record("contact.changed", workspace_id=annika.workspace_id, contact_id=annika.pk, data={"fields": ["city"]})
    parts = {only: [moment.text for moment in timeline.of(annika, only=only).moments] for only in timeline.ONLY}
    assert parts["orders"] == ["Ordered · Tent"]
    assert "Tag VIP put on" in parts["changes"] and "Ordered · Tent" not in parts["changes"]
    assert sorted(parts[""]) == sorted(parts["messages"] + parts["orders"] + parts["changes"])
    page = as_alice.get(f"/contacts/{public_id(annika)}/?only=orders").content.decode()
    assert "Ordered · Tent" in page and "Tag VIP put on" not in page
    assert as_alice.get(f"/contacts/{public_id(annika)}/?only=nonsense").status_code == 200


def test_the_person_page_takes_few_queries(as_alice: Client, annika: Contact, hamburg: Number) -> None:
    for n in range(40):
        message(hamburg, annika, text=f"nr {n}")
    with CaptureQueriesContext(connection) as found:
        as_alice.get(url("show", annika))
    assert len(found) <= 17


def test_editing(as_bob: Client, annika: Contact) -> None:
    dialog = as_bob.get(url("edit", annika)).content.decode()
    assert 'value="Annika Vogel"' in dialog
    assert "<html" not in dialog
    form = {"name": "Annika Weber", "language": "de", "country": "AT", "city": "Wien", "timezone": "Europe/Vienna"}
    assert as_bob.post(url("edit", annika), form).status_code == 302
    annika.refresh_from_db()
    assert (annika.name, annika.country, annika.timezone) == ("Annika Weber", "AT", "Europe/Vienna")
    answer = as_bob.post(url("edit", annika), {**form, "timezone": "Mars/Phobos"})
    assert answer.status_code == 422
    assert "data-open-now" in answer.content.decode()


def test_a_language_that_no_list_has_survives_editing(as_bob: Client, alice: Member) -> None:
    person = contact(alice.workspace, language="sw")
    as_bob.post(url("edit", person), {"name": "X", "language": "sw", "country": "DE", "timezone": "Europe/Berlin"})
    person.refresh_from_db()
    assert (person.name, person.language) == ("X", "sw")


def test_tags_and_fields_by_hand(as_bob: Client, annika: Contact) -> None:
    actions.make_tag(workspace=annika.workspace, name="VIP", member=None)
    as_bob.post(url("add_tag", annika), {"name": "VIP"})
    as_bob.post(url("set_field", annika), {"key": "order_number", "value": "48 207"})
    page = page_of(as_bob, annika)
    assert "VIP" in page
    assert "48 207" in page
    as_bob.post(url("remove_tag", annika, Tag.objects.get()))
    assert annika.tag_row.tags == []
    as_bob.post(url("set_field", annika), {"key": "order_number", "value": ""})
    annika.refresh_from_db()
    assert annika.fields == {}


def test_opting_out_needs_a_reason_and_keeps_it(as_bob: Client, annika: Contact) -> None:
    actions.opt_in(annika, source="console")
    as_bob.post(url("consent", annika), {"state": "opted_out", "reason": ""})
    annika.refresh_from_db()
    assert annika.marketing == "opted_in"
    as_bob.post(url("consent", annika), {"state": "opted_out", "reason": "said so on the phone"})
    annika.refresh_from_db()
    assert annika.marketing == "opted_out"
    assert "said so on the phone" in page_of(as_bob, annika)
    assert as_bob.post(url("consent", annika), {"state": "nonsense", "reason": "x"}).status_code == 302
    annika.refresh_from_db()
    assert annika.marketing == "opted_out"


def test_suppressing_and_lifting(as_bob: Client, annika: Contact) -> None:
    as_bob.post(url("suppression", annika), {"reason": "asked for silence"})
    page = page_of(as_bob, annika)
    assert "Nothing is sent to this person: asked for silence." in page
    assert reverse("messages:compose", args=[public_id(annika)]) not in page
    as_bob.post(url("suppression", annika), {"lift": "1"})
    annika.refresh_from_db()
    assert annika.suppressed_at is None


def test_the_tags_page_counts_and_deletes(as_alice: Client, alice: Member, annika: Contact) -> None:
    as_alice.post(reverse("contacts:tags"), {"name": "VIP", "description": "buys often"})
    tag = Tag.objects.get()
    actions.tag(annika, tag=tag, member=alice)
    answer = as_alice.get(reverse("contacts:tags"))
    assert [(row.tag.name, row.people) for row in answer.context["rows"]] == [("VIP", 1)]
    as_alice.post(reverse("contacts:delete_tag", args=[public_id(tag)]))
    assert not Tag.objects.exists()


def test_a_stranger_finds_nothing_and_changes_nothing(as_charlie: Client, alice: Member, annika: Contact) -> None:
    tag = actions.make_tag(workspace=alice.workspace, name="VIP", member=None)
    actions.tag(annika, tag=tag, member=None)
    assert as_charlie.get(url("show", annika)).status_code == 404
    posts = [
        (url("edit", annika), {"name": "Mine"}),
        (url("set_field", annika), {"key": "a", "value": "b"}),
        (url("add_tag", annika), {"name": "Mine"}),
        (url("remove_tag", annika, tag), {}),
        (url("consent", annika), {"state": "opted_in", "reason": "x"}),
        (url("suppression", annika), {"reason": "x"}),
        (reverse("contacts:delete_tag", args=[public_id(tag)]), {}),
        (reverse("messages:compose", args=[public_id(annika)]), {"send": "1", "text": "x"}),
    ]
    assert [as_charlie.post(address, form).status_code for address, form in posts] == [404] * len(posts)
    annika.refresh_from_db()
    assert (annika.name, annika.fields, annika.marketing, annika.suppressed_at) == ("Annika Vogel", {}, "unknown", None)
    assert annika.tag_row.tags == [tag.pk]
    for query in ({"q": "annika"}, {"q": "+49151"}, {"tag": public_id(tag)}, {"country": "DE"}, {}):
        assert "Annika" not in as_charlie.get("/contacts/", query).content.decode()


def test_what_people_call_themselves_is_only_text(as_alice: Client, alice: Member) -> None:
    person = contact(alice.workspace, "<script>alert(1)</script>{{7*7}}\u202e")
    actions.set_fields(person, fields={"<b>key</b>": "javascript:alert(1)"}, member=None)
    actions.make_tag(workspace=alice.workspace, name='"><img src=x>', member=None)
    for page in (as_alice.get("/contacts/").content.decode(), page_of(as_alice, person)):
        assert "<script>alert(1)" not in page
        assert "<img src=x>" not in page
        assert "<b>key</b>" not in page
        assert "{{7*7}}" in page
