"""P23: words go after their days, in small pieces, while everybody else goes on; evidence and figures stay."""

from datetime import timedelta
from itertools import pairwise
from threading import Event, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from tests.conftest import Time
from tests.contacts.made import contact
from tests.intake.world import BEGAN, Desk, business
from tests.people import browser
from tests.waiting import LONGEST_SECONDS
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.contacts import actions
from tradewind.contacts.models import Consent, Contact, Retention, TagChange
from tradewind.contacts.privacy import foretelling, retention
from tradewind.intake import sweeping
from tradewind.intake.models import WebhookInbox
from tradewind.journal.actions import record
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.messages.models import Message
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.django_db

WORDS = "my words 41"


@pytest.fixture
def desk(alice: Member, still_time: Time) -> Desk:
    return business(alice.workspace)


def made(desk: Desk) -> Contact:
    """Somebody of whom the journal does not speak yet."""
    return Contact.objects.create(workspace=desk.workspace, name="Anna", created_at=BEGAN)


def wrote(desk: Desk, person: Contact, days: int, **more: Any) -> Message:
    return desk.outbound(
        person, text=WORDS, payload={"body": WORDS}, variables={"1": WORDS}, error_detail=WORDS, reason="cap",
        created_at=clock.now() - timedelta(days=days), **more,
    )  # fmt: skip


def happened(person: Contact, days: int, kind: str = "order.placed", **data: Any) -> None:
    at = clock.now() - timedelta(days=days)
    record(kind, workspace_id=person.workspace_id, contact_id=person.pk, at=at, data=data)


def test_p23_words_go_after_their_days_and_what_counts_stays(alice: Member, charlie: Member, desk: Desk) -> None:
    anna, other = made(desk), Contact.objects.create(workspace=charlie.workspace, created_at=BEGAN)
    old, young = wrote(desk, anna, 366), wrote(desk, anna, 364)
    theirs = business(charlie.workspace).outbound(other, text=WORDS, created_at=old.created_at)
    happened(anna, 366, amount=12.5, currency="EUR", order="A1", product=WORDS)
    happened(anna, 364, amount=9, product=WORDS)
    retention.change(by=charlie, days={"texts": 400})
    actions.opt_in(anna, source="form", wording=WORDS, at=old.created_at)
    retention.step()
    retention.step()
    for each in (old, young, theirs):
        each.refresh_from_db()
    assert (old.text, old.payload, old.variables, old.error_detail, old.reason) == ("", None, None, "", "cap")
    assert old.wamid and (young.text, young.payload, theirs.text) == (WORDS, {"body": WORDS}, WORDS)
    said = list(Entry.objects.filter(kind="order.placed").order_by("at").values_list("data", flat=True))
    assert said == [{"amount": 12.5, "currency": "EUR", "order": "A1"}, {"amount": 9, "product": WORDS}]
    assert Consent.objects.get().wording == WORDS


def test_p23_what_waits_keeps_its_words_and_a_later_day_takes_the_rest(
    desk: Desk, alice: Member, still_time: Time
) -> None:
    anna = contact(alice.workspace)
    waiting, young = wrote(desk, anna, 400, state="queued"), wrote(desk, anna, 360)
    for _turn in range(3):
        retention.step()
    assert Message.objects.filter(text=WORDS).count() == 2
    still_time.move(6 * 86_400)
    retention.step()
    young.refresh_from_db()
    waiting.refresh_from_db()
    assert (waiting.text, young.text) == (WORDS, "")


def test_p23_values_of_campaigns_that_ended_go(desk: Desk, alice: Member) -> None:
    facts = {"workspace": alice.workspace, "created_at": BEGAN, "audience": {"kind": "pasted", "text": WORDS}}
    ended = Campaign.objects.create(**facts, name="old", state="done", finished_at=clock.now() - timedelta(days=366))
    fresh = Campaign.objects.create(**facts, name="new", state="done", finished_at=clock.now() - timedelta(days=3))
    for each in (ended, fresh):
        Recipient.objects.create(workspace_id=alice.workspace_id, campaign=each, raw=WORDS, variables={"1": WORDS})
    retention.step()
    told = list(Recipient.objects.order_by("pk").values_list("raw", "variables"))
    assert told == [("", None), (WORDS, {"1": WORDS})]
    assert [each["text"] for each in Campaign.objects.order_by("pk").values_list("audience", flat=True)] == ["", WORDS]


def test_p23_raw_webhooks_are_kept_as_long_as_their_workspace_says(desk: Desk, alice: Member, charlie: Member) -> None:
    other = business(charlie.workspace)
    for n, (app, days) in enumerate(((desk.app, 10), (desk.app, 40), (other.app, 10), (other.app, 40))):
        at = clock.now() - timedelta(days=days)
        WebhookInbox.objects.create(app_id=app.pk, received_at=at, digest=bytes([n]), body=b"{}")
    retention.change(by=charlie, days={"bodies": 7})
    sweeping.step()
    assert list(WebhookInbox.objects.values_list("app_id", flat=True)) == [desk.app.pk]
    retention.change(by=alice, days={"bodies": 9})
    sweeping.step()
    assert not WebhookInbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_figures_are_told_before_and_are_what_goes(desk: Desk, alice: Member) -> None:
    anna = made(desk)
    for days in (300, 200, 100, 50):
        wrote(desk, anna, days)
        happened(anna, days, product=WORDS)
    WebhookInbox.objects.create(
        app_id=desk.app.pk, received_at=clock.now() - timedelta(days=20), digest=b"x", body=b"{}"
    )
    found = foretelling.foretell(alice.workspace_id, {"texts": 90, "details": 250, "bodies": 7})
    assert {kind: each.rows for kind, each in found.items()} == {"texts": 3, "details": 1, "bodies": 1}
    assert Message.objects.filter(text=WORDS).count() == 4
    retention.change(by=alice, days={"texts": 90, "details": 250})
    retention.step()
    assert Message.objects.filter(text="").count() == 3
    assert Entry.objects.filter(kind="order.placed", data__isnull=True).count() == 1


def test_the_page_shows_figures_and_asks_to_be_sure(desk: Desk, alice: Member, bob: Member) -> None:
    wrote(desk, contact(alice.workspace), 200)
    page, as_alice = "/contacts/retention/", browser(alice)
    days = {"texts": "90", "details": "365", "bodies": "30"}
    shown = as_alice.post(page, days, headers={"HX-Request": "true"}).content.decode()
    assert "Words of messages" in shown and ">1<" in shown
    assert "say that you are sure" in as_alice.post(page, days).content.decode()
    assert not Retention.objects.filter(texts_days=90).exists()
    assert as_alice.post(page, {**days, "sure": "1"}).status_code == 302
    assert retention.days_of(alice.workspace_id)["texts"] == 90
    assert AuditEntry.objects.get(verb="workspace.retention_changed").summary == "texts: 365 → 90 days"
    assert as_alice.post(page, {**days, "texts": "3"}).content.decode().count("between 7 and 3650 days") == 1
    assert browser(bob).post(page, {**days, "sure": "1"}).status_code in (302, 403)
    with pytest.raises(ValidationError):
        retention.change(by=alice, days={"details": 1})


@pytest.mark.django_db(transaction=True)
def test_p23_deleting_goes_in_small_pieces_while_others_write(
    desk: Desk, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else's statement waits longer than a fifth of a second, and no piece is larger than it may be."""
    monkeypatch.setattr(retention, "AT_ONCE", 100)
    anna = contact(alice.workspace)
    at = clock.now() - timedelta(days=400)
    Message.objects.bulk_create(
        Message(
            workspace=alice.workspace, number=desk.number, contact=anna, direction="in", kind="text", state="received",
            text=WORDS, created_at=at,
        )
        for _n in range(1_000)
    )  # fmt: skip
    over = Event()
    writer = Thread(target=writes_on, args=(desk, anna, over))
    writer.start()
    sizes = []
    try:
        while sizes[-1:] != [0]:
            sizes.append(emptied())
            retention.step()
    finally:
        over.set()
        writer.join(LONGEST_SECONDS)
    assert sizes[0] == 1_000 and max(abs(one - other) for one, other in pairwise(sizes)) <= 100
    assert not Message.objects.filter(text=WORDS, created_at=at).exists()
    assert Message.objects.filter(text="new words").count() > 5
    assert TagChange.objects.count() == 0


def emptied() -> int:
    return Message.objects.filter(text=WORDS).count()


def writes_on(desk: Desk, anna: Contact, over: Event) -> None:
    try:
        while not over.is_set():
            desk.outbound(anna, text="new words", created_at=clock.now())
            Contact.objects.filter(pk=anna.pk).update(last_inbound_at=clock.now())
    finally:
        connection.close()


def test_settings_are_the_owners(as_bob: Client) -> None:
    assert as_bob.get("/contacts/retention/").status_code in (302, 403)
