"""Numbers masked by role; everything of a person to take along; being forgotten, by the front door."""

import json
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client

from tests.belongings import everything
from tests.contacts.made import contact
from tests.people import browser
from tests.test_tenancy_crawl import WITH_ROWS, WITHOUT
from tradewind.campaigns.models import Recipient
from tradewind.contacts import actions
from tradewind.contacts.models import Consent, Contact, Erasure, Identity
from tradewind.contacts.privacy import export
from tradewind.messages.models import Message
from tradewind.workspaces import keys
from tradewind.workspaces.actions import change_settings
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.django_db

PHONE = "+4915129384756"
OWN = "29384756"  # however it is grouped


def holds_number(content: bytes) -> bool:
    """Whether the number stands in a page, in whatever grouping."""
    return OWN in re.sub(rb"[^0-9]+", b"", re.sub(rb"<[^>]*>", b"", content)).decode() or OWN.encode() in content


def mask(alice: Member) -> None:
    assert change_settings(by=alice, values={"phones_shown": "masked"}) == ["phones_shown"]


def test_bob_sees_no_whole_number_on_any_page(alice: Member, bob: Member) -> None:
    hers = everything(alice)
    person = hers.rows["contact"]
    Identity.objects.filter(contact=person).update(value=PHONE)
    Contact.objects.filter(pk=person.pk).update(name="")
    Recipient.objects.create(
        workspace_id=alice.workspace_id, campaign=hers.rows["campaign"], excluded="cap", raw="0151 29384756"
    )
    showing = []
    for who, is_masked in ((browser(bob), False), (browser(bob), True)):
        if is_masked:
            mask(alice)
        found = set()
        for address in [*WITH_ROWS, *WITHOUT]:
            if address.route.startswith(("/api/", "/accounts/", "/leave/")):
                continue
            for query in ("", "?q=756", "?part=timeline"):
                answer = who.get(address.of(hers) + query)
                content = b"".join(answer) if answer.streaming else answer.content
                if holds_number(content):
                    found.add(address.route)
        showing.append(found)
    assert {"/contacts/", "/contacts/<str:contact>/"} <= showing[0], "the crawl would not have found it"
    assert showing[1] == set()
    assert "•••756" in browser(bob).get("/contacts/").content.decode()


def test_a_key_of_bobs_shows_masked_numbers_and_alices_whole_ones(alice: Member, bob: Member, nobody: Client) -> None:
    contact(alice.workspace, phone=PHONE)
    mask(alice)
    for member, shown in ((bob, "•••756"), (alice, PHONE)):
        _row, token = keys.create(by=member, name="k", scopes=["contacts:read"])
        answer = nobody.get("/api/v1/contacts/", headers={"Authorization": f"Bearer {token}"})
        assert [each["phone"] for each in answer.json()["contacts"]] == [shown]


def test_the_whole_number_still_finds_and_a_part_of_it_does_not(alice: Member, bob: Member) -> None:
    person = contact(alice.workspace, "Zora Kern", phone=PHONE)
    mask(alice)
    page = f"/contacts/{public_id(person)}/"
    for typed, is_found in ((PHONE, True), ("0151 29384756", True), ("+4915129", False), ("0151 293", False)):
        assert (page in browser(bob).get("/contacts/", {"q": typed}).content.decode()) is is_found, typed
        assert page in browser(alice).get("/contacts/", {"q": typed}).content.decode()
    tree = json.dumps({"field": "phone", "starts_with": "+4915"})
    assert browser(bob).get("/segments/people/", {"tree": tree}).status_code == 422
    assert browser(bob).get("/segments/new/", {"tree": tree}).status_code == 403
    for page in ("/segments/people/", "/segments/new/"):
        assert browser(alice).get(page, {"tree": tree}).status_code == 200


def test_p23_the_export_names_every_table_that_knows_a_person(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns JOIN pg_class ON relname = table_name"
            " WHERE table_schema = 'public' AND column_name = 'contact_id' AND NOT relispartition"
        )
        tables = {row[0] for row in cursor.fetchall()}
    given = {table for table, _sql in export.SECTIONS.values()}
    assert {"identity", "consent", "message", "journal", "recipient"} <= tables
    assert tables - given - set(export.LEFT_OUT) == set()
    assert not given & set(export.LEFT_OUT)


def test_p23_the_archive_holds_what_is_kept_for_people_and_for_programs(alice: Member, as_alice: Client) -> None:
    hers = everything(alice)
    person = hers.rows["contact"]
    actions.consent(person, "opted_out", source="phone", wording="no more, please", member=alice)  # type: ignore[arg-type]
    answer = as_alice.get(f"/contacts/{hers.id('contact')}/privacy/export/")
    assert answer["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as parts:
        assert set(parts.namelist()) == {"person.json", "person.html", "README.txt"}
        told = json.loads(parts.read("person.json"))
        page = parts.read("person.html").decode()
    assert set(told) == {"format", "made_at", "business", "left_out", *export.SECTIONS}
    for section, model in (("messages", Message), ("consent", Consent), ("identities", Identity)):
        assert len(told[section]) == model.objects.filter(contact=person).count() > 0  # type: ignore[attr-defined]
    assert told["person"][0]["name"] == person.name and told["tags"] == [{"tag": "tea"}]  # type: ignore[attr-defined]
    assert "no more, please" in page and told["events"]
    assert AuditEntry.objects.filter(verb="contact.exported", object_id=person.pk, summary="").count() == 1


def test_the_passport_shows_each_proof_and_helpers_can_neither_take_out_nor_erase(
    alice: Member, bob: Member, as_bob: Client
) -> None:
    person = contact(alice.workspace)
    actions.consent(person, "opted_in", source="paper", wording="I want news", proof={"order": "A-17"}, member=alice)
    at = f"/contacts/{public_id(person)}/privacy/"
    page = as_bob.get(at).content.decode()
    assert "I want news" in page and "A-17" in page and "privacy/erase" not in page
    assert as_bob.get(f"{at}export/").status_code == 403
    assert as_bob.post(f"{at}erase/", {"sure": "1"}).status_code == 403
    assert not Erasure.objects.exists()


def test_erasing_by_the_front_door_asks_twice_and_silences_at_once(alice: Member, as_alice: Client) -> None:
    person = contact(alice.workspace)
    at = f"/contacts/{public_id(person)}/privacy/"
    as_alice.post(f"{at}erase/")
    assert not Erasure.objects.exists()
    answer = as_alice.post(f"{at}erase/", {"sure": "1"}, follow=True)
    assert answer.status_code == 200 and "is being erased" in answer.content.decode()
    person.refresh_from_db()
    assert person.suppressed_at is not None and Erasure.objects.get().contact_id == person.pk
    assert f"/contacts/{public_id(person)}/" not in as_alice.get("/contacts/").content.decode()


def test_programs_take_out_and_erase_with_scopes_of_their_own(alice: Member, nobody: Client) -> None:
    person = contact(alice.workspace)
    _row, weak = keys.create(by=alice, name="weak", scopes=["contacts:write"])
    _row, token = keys.create(by=alice, name="k", scopes=["contacts:export", "contacts:erase"])
    at = f"/api/v1/contacts/{public_id(person)}"
    assert nobody.get(f"{at}/export", headers={"Authorization": f"Bearer {weak}"}).status_code == 403
    auth = {"Authorization": f"Bearer {token}"}
    assert nobody.get(f"{at}/export", headers=auth).json()["person"][0]["id"] == person.pk
    answers = [nobody.post(f"{at}/erase", headers=auth) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202] and answers[0].json()["step"] == "queue"
