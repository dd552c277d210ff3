"""What becomes of each kind of event, and of the strange ones (delivery.md §4): by the front door, to rows."""

from typing import Any

import orjson
import pytest

from tests.intake.world import BEGAN, Desk, after, business, contact, deliver, failure, status_of, text_message
from tradewind.contacts.models import Contact, Identity
from tradewind.intake import set_aside
from tradewind.intake.models import DeadLetter, Orphan, Unrouted, WebhookWaiting
from tradewind.journal.models import Entry
from tradewind.messages import marks, second_tries
from tradewind.messages.models import Message, Outbox, Run, SecondTry, ServiceWindow, Tally
from tradewind.numbers.models import Notice
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(alice: Member) -> Desk:
    return business(alice.workspace)


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def tally(run: Run) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, n in Tally.objects.filter(run_id=run.pk).values_list("name", "n"):
        found[name] = found.get(name, 0) + n
    return {name: n for name, n in found.items() if n}


# Bodies that are not what they should be.


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "The body is empty."),
        (b"<html>", "The body is not valid JSON: Expecting value at line 1, column 1."),
        (b"\xff\xfe", "The body is not valid UTF-8 at byte 0."),
        (b"[" * 10_000 + b"]" * 10_000, "The body is nested too deeply."),
        (b'{"entry": null}', "The body's “entry” is not a list."),
    ],
    ids=["empty", "html", "invalid_utf8", "depth_10000", "entry_null"],
)
def test_a_body_that_cannot_be_read_is_one_dead_letter(desk: Desk, body: bytes, error: str) -> None:
    assert deliver(desk, body) == [200]
    letter = DeadLetter.objects.get()
    assert (letter.kind, letter.error, letter.workspace_id) == ("body", error, desk.workspace.pk)
    assert letter.event == {"bytes": len(body)}
    assert not WebhookWaiting.objects.exists()
    assert kinds() == ["deadletter.died"]


def test_the_rest_of_a_body_with_a_broken_part_goes_on(desk: Desk) -> None:
    good, broken = text_message("Hello"), {"type": "text", "text": {"body": "no id"}}
    deliver(desk, desk.envelope(desk.messages([good, broken])), b"no json")
    assert [m.text for m in Message.objects.all()] == ["Hello"]
    assert sorted(DeadLetter.objects.values_list("kind", "position")) == [("body", -1), ("unreadable", 1)]


def test_entry_as_a_dict_is_read_like_a_list(desk: Desk) -> None:
    body = desk.message("Hello")
    body["entry"] = body["entry"][0]
    deliver(desk, body)
    assert Message.objects.get().text == "Hello"


def test_nul_and_lone_surrogates_are_stored_as_far_as_they_can_be(desk: Desk) -> None:
    raw = (
        b'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":'
    )
    raw += b'{"phone_number_id":"%s"},' % desk.number.phone_number_id.encode()
    raw += b'"messages":[{"from":"16505551234","id":"wamid.NUL","timestamp":"1772355600","type":"text",'
    raw += b'"text":{"body":"a\\u0000b\\ud800c"}}]}}]}]}'
    deliver(desk, raw)
    assert Message.objects.get().text == "a\ufffdb\ufffdc"


def test_huge_numbers_and_nan_fail_nothing(desk: Desk) -> None:
    strange = b'"n":%s,"x":NaN,"messaging_product"' % (b"9" * 40)
    raw = orjson.dumps(desk.message("Hello")).replace(b'"messaging_product"', strange)
    deliver(desk, raw)
    assert Message.objects.get().text == "Hello"
    assert not DeadLetter.objects.exists()


def test_10000_entries_in_one_body(desk: Desk) -> None:
    person = contact(desk)
    ours = desk.outbound(person)
    entry = desk.status(ours.wamid, "delivered")["entry"][0]
    deliver(desk, {"object": "whatsapp_business_account", "entry": [entry] * 10_000})
    ours.refresh_from_db()
    assert ours.state == "delivered"
    assert kinds() == ["message.delivered"]


@pytest.mark.parametrize("stamp", ["abc", "0", "", None, "32503680000", "99999999999999", -1, True, 1e30])
def test_absurd_times_become_the_time_of_receipt(desk: Desk, stamp: Any) -> None:
    deliver(desk, desk.envelope(desk.messages([text_message("Hello", timestamp=stamp)])))
    row = Message.objects.get()
    entry = Entry.objects.get(kind="message.received")
    assert row.created_at == entry.at
    assert row.created_at.year >= 2026
    assert ServiceWindow.objects.get().last_inbound_at == row.created_at


def test_milliseconds_are_understood_or_replaced_never_the_year_58000(desk: Desk) -> None:
    deliver(desk, desk.envelope(desk.messages([text_message("Hello", timestamp=str(int(BEGAN.timestamp()) * 1000))])))
    assert Message.objects.get().created_at.year < 3000


# Unknown things.


def test_an_unknown_type_of_message_is_stored_and_shown(desk: Desk) -> None:
    deliver(desk, desk.envelope(desk.messages([text_message(type="hologram", hologram={"depth": 3})])))
    row = Message.objects.get()
    assert (row.kind, row.payload["hologram"]) == ("hologram", {"depth": 3})


def test_an_unknown_field_and_status_are_told_as_unsupported(desk: Desk) -> None:
    ours = desk.outbound(contact(desk))
    deliver(desk, desk.envelope({"field": "telepathy", "value": {"x": 1}}), desk.status(ours.wamid, "pondered"))
    assert kinds() == ["webhook.unsupported", "webhook.unsupported"]
    assert not DeadLetter.objects.exists()
    ours.refresh_from_db()
    assert ours.state == "accepted"


def test_a_group_message_is_nobodys_conversation(desk: Desk) -> None:
    deliver(desk, desk.envelope(desk.messages([text_message("STOP", group_id="group-1")])))
    assert not Message.objects.exists()
    assert kinds() == ["webhook.unsupported"]


def test_a_number_that_nobody_has_is_kept_and_routed_when_it_is_connected(desk: Desk) -> None:
    desk.number.phone_number_id, known = "999000111", desk.number.phone_number_id
    deliver(desk, desk.message("Hello?"))
    assert Unrouted.objects.get().address == "999000111"
    assert not Contact.objects.exists()
    set_aside.route_again()
    assert Unrouted.objects.count() == 1
    desk.number.save()
    set_aside.route_again()
    assert Message.objects.get().text == "Hello?"
    assert not Unrouted.objects.exists()
    assert known != desk.number.phone_number_id


def test_an_app_speaks_for_its_own_numbers_only(desk: Desk, charlie: Member) -> None:
    theirs = business(charlie.workspace)
    ours = theirs.outbound(contact(theirs))
    body = desk.status(ours.wamid, "failed", **failure(131050))
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = theirs.number.phone_number_id
    deliver(desk, body)
    assert Unrouted.objects.get().app_id == desk.app.pk
    # Even over our own number, their message is out of reach.
    deliver(desk, desk.status(ours.wamid, "delivered", attempt=marks.new_attempt(ours.pk)))
    ours.refresh_from_db()
    assert ours.state == "accepted"
    assert Orphan.objects.count() == 1


# Statuses.


def test_messages_and_statuses_in_one_change(desk: Desk) -> None:
    ours = desk.outbound(contact(desk))
    change = desk.messages([text_message("Hello")])
    change["value"]["statuses"] = [status_of(ours.wamid, "read")]
    deliver(desk, desk.envelope(change))
    ours.refresh_from_db()
    assert (ours.state, ours.delivered_implied) == ("read", True)
    assert Message.objects.filter(direction="in").count() == 1


def test_a_foreign_id_is_an_orphan(desk: Desk) -> None:
    deliver(desk, desk.status("wamid.SOMEBODY_ELSES", "delivered"))
    assert Orphan.objects.get().wamid == "wamid.SOMEBODY_ELSES"


def test_forged_callback_data_moves_nothing(desk: Desk) -> None:
    ours = desk.outbound(contact(desk), state="queued")
    attempt = marks.new_attempt(ours.pk)
    desk.in_flight(ours, attempt)
    mark = marks.seal(attempt)
    forged = mark[:-1] + ("A" if mark[-1] != "A" else "B")
    deliver(desk, desk.status("wamid.FORGED", "delivered", biz_opaque_callback_data=forged))
    ours.refresh_from_db()
    assert (ours.state, ours.wamid) == ("queued", None)
    assert Outbox.objects.count() == 1


def test_a_delivered_after_failed_wins(desk: Desk) -> None:
    run = desk.run()
    ours = desk.outbound(contact(desk), run=run)
    deliver(desk, desk.status(ours.wamid, "failed", at=after(1), **failure(131000, "oops")))
    assert tally(run) == {"failed": 1, "failed:131000": 1}
    deliver(desk, desk.status(ours.wamid, "delivered", at=after(2)))
    ours.refresh_from_db()
    assert (ours.state, ours.error_code, ours.failed_at) == ("delivered", None, None)
    assert tally(run) == {"sent": 1, "delivered": 1}


def test_131050_opts_out_for_marketing_and_is_counted(desk: Desk) -> None:
    run = desk.run()
    person = contact(desk, marketing="opted_in", marketing_at=BEGAN)
    ours = desk.outbound(person, run=run)
    deliver(desk, desk.status(ours.wamid, "failed", at=after(1), **failure(131050)))
    person.refresh_from_db()
    assert (person.marketing, person.marketing_at) == ("opted_out", after(1))
    assert person.consents.get().source == "meta"
    assert tally(run) == {"failed": 1, "failed:131050": 1, "opted_out": 1}


def test_130403_suppresses_until_they_write_again(desk: Desk) -> None:
    person = contact(desk)
    ours = desk.outbound(person)
    deliver(desk, desk.status(ours.wamid, "failed", at=after(1), **failure(130403)))
    person.refresh_from_db()
    assert (person.suppressed_at is not None, person.suppressed_reason) == (True, "Recipient not allowed")
    deliver(desk, desk.message("Hello again", at=after(2)))
    person.refresh_from_db()
    assert (person.suppressed_at, person.suppressed_reason) == (None, "")


def test_131026_counts_as_unreachable_and_is_tried_again_once_a_day_later(desk: Desk, still_time: Any) -> None:
    run = desk.run()
    person = contact(desk)
    ours = desk.outbound(person, run=run)
    attempt = marks.new_attempt(ours.pk)
    desk.attempted(ours, attempt)
    Tally.objects.create(workspace_id=desk.workspace.pk, run_id=run.pk, number_id=desk.number.pk, name="accepted", n=1)
    still_time.set(after(2))
    failed = desk.status(ours.wamid, "failed", at=after(1), attempt=attempt, **failure(131026))
    deliver(desk, failed)
    person.refresh_from_db()
    assert person.unreachable_count == 1
    assert tally(run) == {"accepted": 1, "failed": 1, "failed:131026": 1}
    second_tries.step()
    assert not Outbox.objects.exists()
    still_time.move(25 * 3600)
    second_tries.step()
    ours.refresh_from_db()
    assert (ours.state, ours.error_code) == ("queued", None)
    assert Outbox.objects.get().stage == "waiting"
    assert tally(run) == {}
    # The first try's status again: nothing.
    deliver(desk, {**failed, "again": 1})
    ours.refresh_from_db()
    assert ours.state == "queued"
    # Taken again, failed again: no third time.
    Outbox.objects.all().delete()
    Message.objects.filter(pk=ours.pk).update(state="accepted", rank=1, wamid="wamid.AGAIN")
    deliver(desk, desk.status("wamid.AGAIN", "failed", at=after(1502), **failure(131026)))
    ours.refresh_from_db()
    person.refresh_from_db()
    assert (ours.state, person.unreachable_count, SecondTry.objects.count()) == ("failed", 2, 0)


def test_a_second_try_is_called_off_when_the_first_arrives_after_all(desk: Desk, still_time: Any) -> None:
    run = desk.run()
    ours = desk.outbound(contact(desk), run=run)
    still_time.set(after(2))
    deliver(desk, desk.status(ours.wamid, "failed", at=after(1), **failure(131049)))
    assert SecondTry.objects.count() == 1
    still_time.move(26 * 3600)
    second_tries.step()
    deliver(desk, desk.status(ours.wamid, "delivered", at=after(1500)))
    ours.refresh_from_db()
    assert (ours.state, Outbox.objects.count(), SecondTry.objects.count()) == ("delivered", 0, 0)


def test_what_a_member_sent_is_theirs_to_repeat(desk: Desk) -> None:
    ours = desk.outbound(contact(desk))
    deliver(desk, desk.status(ours.wamid, "failed", **failure(131026)))
    assert not SecondTry.objects.exists()


def test_a_template_that_was_paused_under_held_messages_pauses_the_run(desk: Desk) -> None:
    run = desk.run()
    ours = desk.outbound(contact(desk), run=run)
    deliver(desk, desk.status(ours.wamid, "failed", **failure(132015)))
    run.refresh_from_db()
    assert (run.state, run.state_reason.split(":")[0]) == ("paused", "132015")


def test_a_payment_problem_pauses_the_account(desk: Desk) -> None:
    deliver(desk, desk.status(desk.outbound(contact(desk)).wamid, "failed", **failure(131042)))
    desk.account.refresh_from_db()
    assert desk.account.paused_until is not None
    assert desk.account.pause_reason.startswith("131042:")


# People.


def test_no_from_only_a_bsuid_is_a_full_contact(desk: Desk) -> None:
    sender = {"from_user_id": "US.13491208655302741918"}
    message = {key: value for key, value in text_message("Hi", **sender).items() if key != "from"}
    who = {"user_id": "US.13491208655302741918", "profile": {"name": "Sheena", "username": "sheena.n"}}
    deliver(desk, desk.envelope(desk.change(contacts=[who], messages=[message])))
    person = Contact.objects.get()
    found = set(person.identities.values_list("kind", "scope", "value"))
    portfolio = desk.number.portfolio_id
    assert found == {("bsuid", portfolio, "US.13491208655302741918"), ("username", 0, "sheena.n")}
    assert Message.objects.get().contact_id == person.pk


def test_a_message_that_names_nobody_is_a_dead_letter(desk: Desk) -> None:
    message = {key: value for key, value in text_message("Hi").items() if key != "from"}
    deliver(desk, desk.envelope(desk.change(messages=[message])))
    letter = DeadLetter.objects.get()
    assert letter.error == "A message names neither a phone number nor a user id of its sender."
    assert not Contact.objects.exists()


def test_a_changed_number_takes_the_history_along(desk: Desk) -> None:
    deliver(desk, desk.message("Hello", sender="16505551234", at=after(0)))
    person = Contact.objects.get()
    system = {"type": "user_changed_number", "body": "User A changed from A to B", "wa_id": "16505559999"}
    message = text_message(type="system", system=system, at=after(5))
    body = desk.envelope(desk.change(messages=[message]))
    deliver(desk, body)
    deliver(desk, {**body, "again": 1}, desk.message("Me again", sender="16505559999", at=after(6)))
    found = set(Identity.objects.values_list("contact_id", "value", "is_current"))
    assert found == {(person.pk, "+16505551234", False), (person.pk, "+16505559999", True)}
    assert kinds().count("contact.renumbered") == 1
    assert set(Message.objects.values_list("contact_id", flat=True)) == {person.pk}


def test_a_changed_user_id_is_the_same_person(desk: Desk) -> None:
    deliver(desk, desk.message("Hello", from_user_id="US.OLD1"))
    person = Contact.objects.get()
    system = {"type": "user_changed_user_id", "user_id": "US.NEW2", "previous_user_id": "US.OLD1"}
    message = {**text_message(type="system", system=system, at=after(5)), "from": ""}
    deliver(desk, desk.envelope(desk.change(messages=[message])))
    assert set(Identity.objects.filter(kind="bsuid").values_list("contact_id", "value", "is_current")) == {
        (person.pk, "US.OLD1", False),
        (person.pk, "US.NEW2", True),
    }


def test_a_reaction_to_nothing_is_kept(desk: Desk) -> None:
    reaction = text_message(type="reaction", reaction={"message_id": "wamid.NOWHERE", "emoji": "👍"})
    deliver(desk, desk.envelope(desk.messages([reaction])))
    assert Entry.objects.get(kind="conversation.reaction").data == {"wamid": "wamid.NOWHERE", "emoji": "👍"}
    assert ServiceWindow.objects.count() == 1


def test_what_the_business_wrote_on_its_phone_is_ours_and_stops_nobody(desk: Desk) -> None:
    person = contact(desk, marketing="opted_in", marketing_at=BEGAN)
    echo = {**text_message("STOP"), "from": desk.number.phone[1:], "to": "16505551234"}
    deliver(desk, desk.envelope({**desk.change(message_echoes=[echo]), "field": "smb_message_echoes"}))
    row = Message.objects.get()
    assert (row.direction, row.state, row.contact_id) == ("out", "sent", person.pk)
    person.refresh_from_db()
    assert person.marketing == "opted_in"


# Replies, windows, wishes.


def test_a_reply_is_counted_once_per_person_and_run(desk: Desk) -> None:
    run = desk.run()
    person = contact(desk)
    ours = desk.outbound(person, run=run)
    deliver(desk, desk.message("Yes", at=after(1), context={"id": ours.wamid}), desk.message("and more", at=after(2)))
    assert tally(run) == {"replied": 1}
    received = Entry.objects.filter(kind="message.received").order_by("id")
    assert [entry.run_id for entry in received] == [run.pk, run.pk]
    assert Message.objects.filter(direction="in").first().reply_to_wamid == ours.wamid


def test_an_answer_days_later_is_not_the_runs(desk: Desk) -> None:
    run = desk.run()
    desk.outbound(contact(desk), run=run)
    deliver(desk, desk.message("Hello", at=after(73 * 60)))
    assert tally(run) == {}


def test_the_window_is_24_h_from_the_persons_own_time_and_never_shrinks(desk: Desk) -> None:
    deliver(desk, desk.message("b", at=after(10)), desk.message("a", at=after(5)))
    window = ServiceWindow.objects.get()
    assert (window.last_inbound_at, window.closes_at) == (after(10), after(10 + 24 * 60))


@pytest.mark.parametrize(
    ("message", "marketing"),
    [
        ({"type": "text", "text": {"body": "stop"}}, "opted_out"),
        ({"type": "button", "button": {"payload": "STOP_PROMO", "text": "No thanks"}}, "opted_out"),
        (
            {
                "type": "interactive",
                "interactive": {"type": "button_reply", "button_reply": {"id": "7", "title": "Abmelden"}},
            },
            "opted_out",
        ),
        ({"type": "text", "text": {"body": "START"}}, "opted_in"),
        ({"type": "text", "text": {"body": "Please stop by on Monday"}}, "unknown"),
        ({"type": "image", "image": {"id": "1", "caption": "stop"}}, "unknown"),
    ],
    ids=["text", "template_button", "reply_button", "start", "sentence", "caption"],
)
def test_wishes(desk: Desk, message: dict[str, Any], marketing: str) -> None:
    deliver(desk, desk.envelope(desk.messages([{**text_message(), **message}])))
    assert Contact.objects.get().marketing == marketing


def test_a_stop_in_answer_to_a_run_is_counted_there_once(desk: Desk) -> None:
    run = desk.run()
    desk.outbound(contact(desk), run=run)
    deliver(desk, desk.message("STOP", at=after(1)), desk.message("stop!!", at=after(2)))
    assert tally(run) == {"replied": 1, "opted_out": 1}


# Templates, numbers, accounts.


def test_news_of_a_template_reach_it(desk: Desk) -> None:
    row = Template.objects.create(
        workspace=desk.workspace, account=desk.account, meta_id="777", name="sale", language="en_US",
        category="MARKETING", status="APPROVED", components=[], synced_at=BEGAN,
    )  # fmt: skip
    value = {
        "event": "PAUSED", "message_template_id": 777, "message_template_name": "sale",
        "message_template_language": "en_US", "reason": "NONE",
        "other_info": {"title": "FIRST_PAUSE", "description": ""},
    }  # fmt: skip
    body = desk.envelope({"field": "message_template_status_update", "value": value})
    body["entry"][0]["time"] = int(after(1).timestamp())
    deliver(desk, body)
    row.refresh_from_db()
    assert (row.status, row.paused_until) == ("PAUSED", after(1 + 180))


def test_news_of_an_account_reach_it_once(desk: Desk) -> None:
    value = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": "2026-03-01"}}
    body = desk.envelope({"field": "account_update", "value": value})
    body["entry"][0]["time"] = int(after(1).timestamp())
    deliver(desk, body, {**body, "again": 1})
    desk.account.refresh_from_db()
    assert desk.account.status == "disabled"
    assert Notice.objects.count() == 1


def test_the_health_page_knows_when_a_number_was_heard(desk: Desk, still_time: Any) -> None:
    still_time.set(after(3))
    deliver(desk, desk.message("Hello"))
    desk.number.refresh_from_db()
    desk.app.refresh_from_db()
    assert (desk.number.last_webhook_at, desk.app.last_webhook_at) == (after(3), after(3))
