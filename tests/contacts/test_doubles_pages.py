"""Doubles on pages and over the API: side by side, merged, told apart, undone, by those who may."""

import pytest
from django.test import Client

from tests.api.conftest import Program
from tests.contacts.made import contact
from tests.people import browser
from tradewind.contacts.doubles import finding
from tradewind.contacts.models import Contact, Double, Merge
from tradewind.journal.models import Entry
from tradewind.workspaces import keys
from tradewind.workspaces.actions import change_settings
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db

PHONE = "+4915129384756"


def pair(alice: Member) -> tuple[Contact, Contact, Double]:
    one = contact(alice.workspace, "Ines Kern", phone=PHONE, city="Ulm")
    other = contact(alice.workspace, "Ines Kern", city="ulm", company="Kern & Sohn")
    finding.find(alice.workspace)
    return one, other, Double.objects.get()


def test_a_pair_stands_side_by_side_and_becomes_one(as_alice: Client, alice: Member) -> None:
    one, other, double = pair(alice)
    page = as_alice.get("/contacts/doubles/").content.decode()
    assert "The same name in the same town" in page and "Kern &amp; Sohn" in page and PHONE in page.replace(" ", "")
    answer = as_alice.post(f"/contacts/doubles/{public_id(double)}/", {"keep": public_id(other)}, follow=True)
    assert "One contact now" in answer.content.decode() and "Merged lately" in answer.content.decode()
    assert list(Contact.objects.values_list("pk", flat=True)) == [other.pk]
    moved = as_alice.get(f"/contacts/{public_id(one)}/")
    assert (moved.status_code, moved["Location"]) == (302, f"/contacts/{public_id(other)}/")
    back = as_alice.post(f"/contacts/merges/{public_id(Merge.objects.get())}/undo/")
    assert back["Location"] == f"/contacts/{public_id(one)}/"
    assert as_alice.get(f"/contacts/{public_id(one)}/").status_code == 200


def test_two_people_are_remembered_and_a_wrong_keep_changes_nothing(as_alice: Client, alice: Member) -> None:
    _one, _other, double = pair(alice)
    third = contact(alice.workspace, "Somebody else")
    address = f"/contacts/doubles/{public_id(double)}/"
    as_alice.post(address, {"keep": public_id(third)})
    as_alice.post(address)
    assert Contact.objects.count() == 3
    as_alice.post(address, {"differ": "1"})
    assert Double.objects.get().state == "different"
    assert "No doubles to decide on" in as_alice.get("/contacts/doubles/").content.decode()


def test_two_are_merged_by_hand_from_a_persons_page(as_alice: Client, alice: Member) -> None:
    one, other, _double = pair(alice)
    address = f"/contacts/{public_id(one)}/merge/"
    assert "Merge with another" in as_alice.get(f"/contacts/{public_id(one)}/").content.decode()
    assert public_id(other) in as_alice.get(address, {"q": "Ines"}).content.decode()
    assert "Are these one person?" in as_alice.get(address, {"with": public_id(other)}).content.decode()
    as_alice.post(address, {"with": public_id(other), "keep": public_id(one)})
    assert list(Contact.objects.values_list("pk", "company")) == [(one.pk, "Kern & Sohn")]


def test_an_agent_looks_with_masked_numbers_and_merges_nobody(alice: Member, bob: Member) -> None:
    _one, other, double = pair(alice)
    change_settings(by=alice, values={"phones_shown": "masked"})
    as_bob = browser(bob)
    page = as_bob.get("/contacts/doubles/").content.decode()
    assert "•••756" in page and "29384756" not in page.replace(" ", "") and "Make one contact" not in page
    assert as_bob.post(f"/contacts/doubles/{public_id(double)}/", {"keep": public_id(other)}).status_code == 403
    assert as_bob.get(f"/contacts/{public_id(other)}/merge/").status_code == 403


def test_programs_list_merge_undo_and_old_ids_lead_on(alice: Member) -> None:
    one, other, double = pair(alice)
    call = Program(keys.create(by=alice, name="k", scopes=["contacts:read", "contacts:batch"])[1])
    reader = Program(keys.create(by=alice, name="r", scopes=["contacts:read"])[1])
    [found] = call("get", "/doubles/")[1]["doubles"]
    assert (found["contacts"], found["reasons"]) == ([public_id(one), public_id(other)], ["name_city"])
    wanted = {"keep": public_id(one), "other": public_id(other)}
    assert reader("post", "/merges/", wanted)[0] == 403
    status, merged = call("post", "/merges/", wanted)
    assert (status, merged["contact"], merged["gone"]) == (201, public_id(one), public_id(other))
    assert call("post", "/merges/", wanted)[0] == 404
    assert call("post", f"/merges/{merged['id']}/undo")[1]["undone_at"] is not None
    assert call("post", f"/merges/{merged['id']}/undo")[0] == 409
    assert [each["id"] for each in call("get", "/merges/")[1]["merges"]] == [merged["id"]]
    assert Double.objects.get().state == "different" and double.state == "open"


def test_an_event_for_an_old_id_is_told_of_who_stayed(alice: Member) -> None:
    one, other, _double = pair(alice)
    call = Program(keys.create(by=alice, name="k", scopes=["contacts:batch", "events:write"])[1])
    call("post", "/merges/", {"keep": public_id(one), "other": public_id(other)})
    event = {"contact": public_id(other), "event": "order.placed", "amount": 5}
    status, told = call("post", "/events/", {"events": [event]})
    assert (status, told["recorded"]) == (200, 1)
    assert Entry.objects.get(kind="order.placed").contact_id == one.pk
