"""Events over the API: a batch, each event on its own; keys and scopes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Program
from tests.belongings import Belongings
from tradewind.contacts.models import Contact, Identity
from tradewind.journal.models import Entry
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db


def order(of: Belongings, **changes: Any) -> dict[str, Any]:
    phone = Identity.objects.get(contact=of.rows["contact"], kind="phone").value
    return {"contact": phone, "event": "order.placed", "at": "2026-03-01T10:00:00Z", "id": "1", "amount": 9.5,
            "currency": "EUR", **changes}  # fmt: skip


def test_good_ones_are_recorded_and_bad_ones_come_back(call: Program, hers: Belongings) -> None:
    events = [order(hers), order(hers, id=2, amount="NaN"), 7, order(hers)]
    status, answer = call("post", "/events/", {"events": events})
    assert status == 200
    assert (answer["recorded"], answer["repeated"], answer["created_contacts"]) == (1, 1, 0)
    assert [(each["index"], each["field"]) for each in answer["rejected"]] == [(1, "amount"), (2, "")]
    entry = Entry.objects.get(kind="order.placed")
    assert (entry.contact_id, entry.data) == (hers.rows["contact"].pk, {"amount": 9.5, "currency": "EUR"})


def test_contacts_are_made_only_on_wish_and_with_the_scope(
    hers: Belongings, with_scopes: Callable[..., Program], alice: Member
) -> None:
    new = order(hers, contact="+4915112345678")
    only_events, both = with_scopes("events:write"), with_scopes("events:write", "contacts:write")
    status, answer = only_events("post", "/events/", {"events": [new]})
    assert (status, answer["recorded"]) == (200, 0)
    assert only_events("post", "/events/", {"events": [new], "create_contacts": True})[0] == 403
    status, answer = both("post", "/events/", {"events": [new], "create_contacts": True})
    assert (status, answer["recorded"], answer["created_contacts"]) == (200, 1, 1)
    assert Contact.objects.filter(workspace=alice.workspace).count() == 2


def test_a_key_without_the_scope_gets_nothing_in(hers: Belongings, with_scopes: Callable[..., Program]) -> None:
    assert with_scopes("contacts:write")("post", "/events/", {"events": [order(hers)]})[0] == 403
    assert Program("")("post", "/events/", {"events": [order(hers)]})[0] == 401


@pytest.mark.parametrize("body", [{}, {"events": []}, {"events": {}}, {"events": [1] * 10_001}])
def test_what_is_no_batch_is_422(call: Program, body: dict[str, Any]) -> None:
    assert call("post", "/events/", body)[0] == 422


def test_another_workspaces_people_are_unknown(call: Program, charlie: Member) -> None:
    from tests.contacts.made import contact

    stranger = contact(charlie.workspace, phone="+4915199999999")
    event = {"contact": "+4915199999999", "event": "page.viewed"}
    assert call("post", "/events/", {"events": [event]})[1]["recorded"] == 0
    assert not Entry.objects.filter(contact_id=stranger.pk, kind="page.viewed").exists()
