"""P22: after an erasure nothing of the person is left in any column or file, and they stay suppressed."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connection

from tests.conftest import Time
from tests.intake import world
from tests.intake.world import BEGAN, Desk, business
from tests.people import JOINED
from tradewind import config
from tradewind.campaigns.models import Campaign, Recipient
from tradewind.contacts import actions
from tradewind.contacts.models import (
    Batch,
    BatchBefore,
    Consent,
    Contact,
    Erasure,
    Identity,
    Import,
    ImportPiece,
    ImportReject,
    ImportStretch,
    Standing,
    Suppression,
    TagSuggestion,
    TagTerm,
)
from tradewind.contacts.privacy import bodies, erasing, needles
from tradewind.intake.models import DeadLetter, Orphan, WebhookInbox
from tradewind.journal.actions import record
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.messages import marks
from tradewind.messages.models import Message, Outbox, Proof
from tradewind.whatsapp import webhooks
from tradewind.workspaces.models import AuditEntry, Member

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "+4915128407716"
DIGITS = PHONE[1:]
USER_ID = "DE.1A2B3C4D5E6F"
NAME = "Zerlina Canaryvogel"
TEXT = "my canary words 7f3a"
IN_IDS = needles.in_message_ids(DIGITS)
CANARIES = (DIGITS, "28407716", "0151 28407716", NAME, "Canaryvogel", TEXT, USER_ID, "canary-field", IN_IDS)
OTHER = "4915755500011"


@pytest.fixture
def desk(alice: Member) -> Desk:
    return business(alice.workspace)


def anna(desk: Desk, **more: Any) -> dict[str, Any]:
    return world.text_message(TEXT, sender=DIGITS, **more)


def her_traces(desk: Desk, alice: Member) -> Contact:
    """A person of whom something stands in every corner."""
    wamid = f"wamid.HBgN{IN_IDS}FQIAEhg"
    world.deliver(desk, desk.envelope(desk.messages([anna(desk)], profile={"name": NAME}, user_id=USER_ID)))
    both = [anna(desk, id=f"{wamid}2"), world.text_message("others stay", sender=OTHER, id="wamid.OTHER")]
    cards = [{"wa_id": DIGITS, "profile": {"name": NAME}}, {"wa_id": OTHER, "profile": {"name": "Otto"}}]
    world.deliver(desk, desk.envelope(desk.change(contacts=cards, messages=both)))
    world.deliver(desk, desk.status("wamid.NOBODYS", "delivered", recipient_id=DIGITS))
    contact = Identity.objects.get(value=PHONE, workspace=alice.workspace).contact
    out_of(desk, contact, wamid)
    of_contacts(contact, alice)
    of_lists(contact, alice)
    return contact


def out_of(desk: Desk, contact: Contact, wamid: str) -> None:
    run = desk.run()
    sent = desk.outbound(
        contact, run=run, wamid=f"{wamid}OUT", text=TEXT, variables={"body.1": NAME}, payload={"to": PHONE},
        error_detail=f"{PHONE} cannot be reached", client_message_id=f"order of {NAME}", pricing={"billable": True},
    )  # fmt: skip
    attempt = marks.new_attempt(sent.pk)
    desk.attempted(sent, attempt)
    Proof.objects.create(
        attempt_id=UUID(bytes=attempt), workspace_id=sent.workspace_id, message_id=sent.pk, wamid=f"{wamid}OUT",
        at=BEGAN, source="status",
    )  # fmt: skip
    waiting = desk.outbound(contact, run=desk.run(), state="queued", variables={"body.1": NAME})
    desk.in_flight(waiting, marks.new_attempt(waiting.pk), stage="waiting")


def of_contacts(contact: Contact, alice: Member) -> None:
    contact.fields = {"canary-field": TEXT}
    contact.save()
    actions.consent(
        contact, "opted_in", source="paper", wording=TEXT, proof={"signed": NAME}, member=alice, at=clock.now()
    )
    actions.change(contact, member=alice, city="Hamburg", company=f"{NAME} GmbH")
    tag = actions.make_tag(workspace=alice.workspace, name="VIP", member=alice)
    actions.tag(contact, tag=tag, member=alice, reason=TEXT)
    TagTerm.objects.get_or_create(workspace=alice.workspace, contact=contact, tag=tag, defaults={"until": clock.now()})
    Standing.objects.update_or_create(
        contact=contact,
        defaults={"workspace": alice.workspace, "reasons": {"engagement": [["x", 1, NAME]]}, "reckoned_at": BEGAN},
    )
    data = {"amount": 120.5, "currency": "EUR", "product": TEXT, "id": PHONE}
    record("order.placed", workspace_id=alice.workspace_id, contact_id=contact.pk, data=data)
    TagSuggestion.objects.create(
        workspace=alice.workspace, kind="question", term="when open", sample=f"{NAME}: when open", people=5, times=5,
        seen_at=BEGAN,
    )  # fmt: skip


def of_lists(contact: Contact, alice: Member) -> None:
    here = {"workspace": alice.workspace}
    batch = Batch.objects.create(
        **here, verb="field", detail={"value": NAME}, selection={"filter": {"q": NAME}}, state="done", created_at=BEGAN
    )
    BatchBefore.objects.create(**here, batch=batch, contact=contact, before={"name": NAME})
    done = Import.objects.create(
        **here, file_name="list.csv", state="done", created_at=BEGAN, finished_at=BEGAN, preview={"first": [NAME]}
    )
    ImportPiece.objects.create(**here, of_import=done, place=0, body=f"{NAME};0151 28407716".encode())
    ImportReject.objects.create(**here, of_import=done, row=3, reason="phone", cells=["x", "0151 28407716"])
    ImportReject.objects.create(**here, of_import=done, row=4, reason="phone", cells=["Otto", "0157 555"])
    ImportStretch.objects.create(
        **here, of_import=done, place=0, changed=[contact.pk], done_at=BEGAN,
        before={str(contact.pk): {"name": [NAME, "x"]}, "999999": {"name": ["Otto", "y"]}},
    )  # fmt: skip
    campaign = Campaign.objects.create(
        **here, name="Pasted", audience={"kind": "pasted", "text": f"0151 28407716\n+{OTHER}"}, created_at=BEGAN
    )
    Recipient.objects.create(
        workspace_id=alice.workspace_id, campaign=campaign, contact_id=contact.pk, raw=PHONE, variables={"1": NAME}
    )
    Recipient.objects.create(workspace_id=alice.workspace_id, campaign=campaign, raw="(0151) 28407716")


def work(most: int = 200) -> None:
    """The worker's loop until nothing is left to do now."""
    for _turn in range(most):
        if not erasing.step():
            return
    raise AssertionError("it never ends")


def everywhere() -> Iterator[tuple[str, str]]:
    """(place, canary) of each canary found in any row of any table, and in any file of the data folder."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'm')"
        )
        tables = [row[0] for row in cursor.fetchall()]
        assert len(tables) > 60
        for table in tables:
            for canary in CANARIES:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE lower(t::text) LIKE ANY (%s)',
                    [[f"%{canary.lower()}%", f"%{canary.encode().hex()}%"]],
                )
                if cursor.fetchone()[0]:
                    yield table, canary
    for file in config.load().data.rglob("*"):
        if file.is_file() and "postgres" not in file.relative_to(config.load().data).parts:
            content = file.read_bytes()
            yield from ((str(file), canary) for canary in CANARIES if canary.encode() in content)


def test_p22_after_an_erasure_nothing_is_left_in_any_column_or_file(desk: Desk, alice: Member) -> None:
    contact = her_traces(desk, alice)
    assert {table for table, _canary in everywhere()} >= {
        "message", "contact", "identity", "consent", "webhook_inbox", "attempt", "proof", "recipient",
        "campaign", "contact_import_piece", "contact_import_reject", "contact_import_stretch", "contact_import",
        "batch", "batch_before", "tag_change", "contact_standing", "tag_suggestion",
    }  # fmt: skip
    counted = Message.objects.filter(contact=contact).count()
    erasing.erase(contact, member=alice)
    work()
    assert list(everywhere()) == []
    assert Erasure.objects.get().step == "done" and Erasure.objects.get().needles == {}
    # What must stay: that it was sent, its price, the money.
    assert Message.objects.filter(contact=contact).count() == counted
    assert Message.objects.filter(contact=contact, pricing__billable=True).exists()
    order = Entry.objects.get(kind="order.placed")
    assert order.contact_id == contact.pk and order.data == {"amount": 120.5, "currency": "EUR"}
    # Others lost nothing.
    assert b"others stay" in b"".join(bytes(row.body) for row in WebhookInbox.objects.all())
    assert Message.objects.get(wamid="wamid.OTHER").text == "others stay"
    assert ImportReject.objects.get().cells == ["Otto", "0157 555"]
    assert ImportStretch.objects.get().before == {"999999": {"name": ["Otto", "y"]}}
    assert Campaign.objects.get(name="Pasted").audience["text"] == f"+{OTHER}"


def test_p22_a_keyed_hash_keeps_the_person_suppressed_who_writes_or_is_added_again(desk: Desk, alice: Member) -> None:
    contact = her_traces(desk, alice)
    erasing.erase(contact, member=alice)
    work()
    assert Suppression.objects.count() >= 2
    again = actions.create(workspace=alice.workspace, phone=PHONE)
    assert again.pk != contact.pk and again.suppressed_at is not None and again.suppressed_reason == erasing.BEFORE
    again.delete()
    world.deliver(desk, desk.envelope(desk.messages([anna(desk, id="wamid.NEW")], user_id=USER_ID)))
    newer = Identity.objects.get(value=PHONE).contact
    assert newer.suppressed_at is not None and newer.marketing == "unknown"


def test_nothing_of_what_waited_is_sent_and_what_is_on_its_way_is_waited_for(
    desk: Desk, alice: Member, still_time: Time
) -> None:
    contact = her_traces(desk, alice)
    flying = desk.outbound(contact, run=desk.run(), state="queued", variables={"body.1": NAME})
    desk.in_flight(flying, marks.new_attempt(flying.pk))
    erasing.erase(contact, member=alice)
    work()
    assert Message.objects.filter(contact=contact, state="cancelled", reason="erased").count() == 1
    assert Erasure.objects.get().waits_for == "sending"
    Outbox.objects.filter(message=flying).delete()
    still_time.move(3)
    work()
    assert Erasure.objects.get().step == "done"


def test_it_waits_until_the_persons_earlier_words_are_filed(desk: Desk, alice: Member, still_time: Time) -> None:
    contact = her_traces(desk, alice)
    world.in_a_loop(world.post(desk, desk.envelope(desk.messages([anna(desk, id="wamid.LATE")]))))
    erasing.erase(contact, member=alice)
    work()
    assert Erasure.objects.get().waits_for == "webhooks"
    world.project_all()
    still_time.move(3)
    work()
    assert Erasure.objects.get().step == "done" and list(everywhere()) == []


def test_an_unfinished_import_holds_the_end_up_and_says_so(desk: Desk, alice: Member, still_time: Time) -> None:
    contact = her_traces(desk, alice)
    still_time.move(60)
    draft = Import.objects.create(workspace=alice.workspace, file_name="x.csv", state="draft", created_at=JOINED)
    ImportPiece.objects.create(workspace=alice.workspace, of_import=draft, place=0, body=NAME.encode())
    erasing.erase(contact, member=alice)
    work()
    assert Erasure.objects.get().waits_for == "imports"
    assert {table for table, _canary in everywhere()} == {"contact_import_piece", "contact_erasure"}
    Import.objects.filter(pk=draft.pk).update(state="cancelled")
    still_time.move(61)
    work()
    assert list(everywhere()) == []


@pytest.mark.parametrize("crash_after", range(7))
def test_a_crash_at_any_step_loses_nothing_and_the_next_worker_goes_on(
    desk: Desk, alice: Member, crash_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = her_traces(desk, alice)
    erasing.erase(contact, member=alice)
    erasing.erase(contact, member=alice)
    done = 0
    plain = erasing.Task.go

    def dies(self: Any, *args: Any, **more: Any) -> None:
        nonlocal done
        done += 1
        if done == crash_after + 1:
            raise RuntimeError("the machine went down")
        plain(self, *args, **more)

    monkeypatch.setattr(erasing.Task, "go", dies)
    with pytest.raises(RuntimeError):
        work()
    work()
    assert list(everywhere()) == []


def test_the_audit_tells_who_erased_without_whom(desk: Desk, alice: Member) -> None:
    contact = her_traces(desk, alice)
    erasing.erase(contact, member=alice)
    line = AuditEntry.objects.get(verb="contact.erased")
    assert line.member == alice and line.object_id == contact.pk and line.summary == "" and line.detail == {}


def test_the_proofs_stay_append_only_for_everybody_else(desk: Desk, alice: Member) -> None:
    from django.db import DatabaseError, transaction

    contact = her_traces(desk, alice)
    for sql in ("UPDATE consent SET wording = 'x' WHERE contact_id = %s", "DELETE FROM consent WHERE contact_id = %s"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [contact.pk])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tradewind.erasing', 'on', true)")
        cursor.execute("UPDATE audit_entry SET summary = 'x'")
    assert Consent.objects.filter(contact=contact).exists()


def test_other_peoples_events_keep_their_places_in_a_body_that_is_blanked(desk: Desk) -> None:
    mine, theirs = anna(desk, id="wamid.A"), world.text_message("stay", sender=OTHER, id="wamid.B")
    body = orjson.dumps(
        desk.envelope(
            desk.change(messages=[mine, theirs], statuses=[world.status_of("wamid.S", "read", recipient_id=DIGITS)])
        )
    )
    found = bodies.without(body, needles.pattern([DIGITS]))
    assert found.positions == [0, 2]
    before, after = webhooks.parse(body), webhooks.parse(found.body)
    assert before[1].as_json() == after[1].as_json() and DIGITS.encode() not in found.body


def test_a_number_within_a_longer_one_is_somebody_elses(desk: Desk) -> None:
    body = orjson.dumps(desk.message("hello", sender=f"{DIGITS}9"))
    assert bodies.without(body, needles.pattern([DIGITS])).body == body


def test_a_body_that_nobody_can_read_goes_as_a_whole() -> None:
    found = bodies.without(b'{"entry": [' + DIGITS.encode(), needles.pattern([DIGITS]))
    assert found.body == b"{}" and found.positions is None


def test_what_was_set_aside_of_the_person_goes_and_of_others_stays(desk: Desk, alice: Member) -> None:
    contact = her_traces(desk, alice)
    world.deliver(desk, desk.status("wamid.LOST", "read", recipient_id=OTHER))
    inbox = WebhookInbox.objects.order_by("pk").first()
    assert inbox is not None
    DeadLetter.objects.create(
        app_id=desk.app.pk, workspace_id=alice.workspace_id, inbox_id=inbox.pk, position=0, kind="message", event={},
        error="it broke", tries=3, died_at=BEGAN,
    )  # fmt: skip
    assert Orphan.objects.count() == 2
    erasing.erase(contact, member=alice)
    work()
    assert [row.wamid for row in Orphan.objects.all()] == ["wamid.LOST"]
    assert not DeadLetter.objects.exists()


def test_somebody_who_shares_nothing_is_untouched(desk: Desk, alice: Member, charlie: Member) -> None:
    """The same number in another workspace belongs to that business."""
    his = business(charlie.workspace)
    world.deliver(his, his.envelope(his.messages([anna(his, id="wamid.HIS")])))
    contact = her_traces(desk, alice)
    erasing.erase(contact, member=alice)
    work()
    assert Message.objects.get(wamid="wamid.HIS").text == TEXT
    assert Identity.objects.get(workspace=charlie.workspace, kind="phone").value == PHONE
