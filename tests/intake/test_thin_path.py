"""From the front door to rows, the shortest way."""

import pytest

from tests.intake.world import after, business, contact, deliver, failure
from tradewind.contacts.models import Contact
from tradewind.intake.models import WebhookInbox, WebhookWaiting
from tradewind.journal.models import Entry
from tradewind.messages.models import Message, ServiceWindow, Tally
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_becomes_a_contact_a_message_and_a_window(alice: Member) -> None:
    desk = business(alice.workspace)
    assert deliver(desk, desk.message("Is the shop open?", at=after(0))) == [200]
    row = Message.objects.get()
    assert (row.direction, row.kind, row.state, row.text) == ("in", "text", "received", "Is the shop open?")
    assert row.created_at == after(0)
    person = Contact.objects.get()
    assert (person.name, person.country, person.last_inbound_at) == ("Sheena", "US", after(0))
    assert [(i.kind, i.value) for i in person.identities.all()] == [("phone", "+16505551234")]
    window = ServiceWindow.objects.get()
    assert (window.contact_id, window.number_id, window.closes_at) == (person.pk, desk.number.pk, after(24 * 60))
    kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["contact.created", "message.received"]
    assert WebhookInbox.objects.count() == 1
    assert not WebhookWaiting.objects.exists()


def test_statuses_move_a_message_of_a_run(alice: Member) -> None:
    desk = business(alice.workspace)
    run = desk.run()
    message = desk.outbound(contact(desk), run=run)
    price = {"pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"}}
    deliver(
        desk,
        desk.status(message.wamid, "sent", at=after(1), **price),
        desk.status(message.wamid, "read", at=after(3)),
        desk.status(message.wamid, "delivered", at=after(2)),
    )
    message.refresh_from_db()
    assert (message.state, message.rank) == ("read", 4)
    assert (message.sent_at, message.delivered_at, message.read_at) == (after(1), after(2), after(3))
    assert message.pricing == {"billable": True, "model": "PMP", "type": "regular", "category": "marketing"}
    assert tally(run) == {"sent": 1, "delivered": 1, "read": 1}


def test_a_failed_status_fails_it(alice: Member) -> None:
    desk = business(alice.workspace)
    run = desk.run()
    message = desk.outbound(contact(desk), run=run)
    deliver(desk, desk.status(message.wamid, "failed", at=after(1), **failure(130472, "experiment")))
    message.refresh_from_db()
    assert (message.state, message.error_code, message.error_detail) == ("failed", 130472, "experiment")
    assert message.failed_at == after(1)
    assert tally(run) == {"failed": 1, "failed:130472": 1}


def tally(run) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, n in Tally.objects.filter(run_id=run.pk).values_list("name", "n"):
        found[name] = found.get(name, 0) + n
    return {name: n for name, n in found.items() if n}
