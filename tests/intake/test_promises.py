"""Promises of delivery.md that the way in keeps: P6 to P10 and P14. Real payloads, real door, real PostgreSQL."""

import asyncio
import random
from threading import Barrier, Thread
from typing import Any

import orjson
import pytest
from django.db import connection, transaction

from tests.intake.world import (
    Desk,
    after,
    business,
    contact,
    deliver,
    failure,
    in_a_loop,
    post,
    project_all,
    status_of,
    text_message,
)
from tradewind.contacts.models import Consent, Contact, Identity
from tradewind.intake import projection, set_aside
from tradewind.intake.models import DeadLetter, Orphan, WebhookInbox, WebhookWaiting
from tradewind.journal.models import Entry
from tradewind.messages import marks
from tradewind.messages.models import Attempt, Message, Outbox, ServiceWindow, Tally
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(alice: Member) -> Desk:
    return business(alice.workspace)


def tally(run: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, n in Tally.objects.filter(run_id=run.pk).values_list("name", "n"):
        found[name] = found.get(name, 0) + n
    return {name: n for name, n in found.items() if n}


def at_once(work: Any, times: int) -> None:
    """Run `work` in so many threads at the same moment, each with a connection of its own."""
    barrier = Barrier(times)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait()
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def store(desk: Desk, *bodies: Any) -> None:
    """Through the door, all at once, without projecting."""

    async def all_at_once() -> list[int]:
        return list(await asyncio.gather(*(post(desk, body) for body in bodies)))

    assert set(in_a_loop(all_at_once())) == {200}


def test_p6_the_same_webhook_100_times_over_4_workers_counts_once(desk: Desk) -> None:
    run = desk.run()
    ours = desk.outbound(contact(desk), run=run)
    body = desk.message("Ja bitte", context={"id": ours.wamid})
    store(desk, *[body] * 100)
    # The same message in other company, so that the bodies differ.
    store(desk, *[{**body, "n": n} for n in range(20)])
    at_once(project_all, 4)
    assert Message.objects.filter(direction="in").count() == 1
    assert tally(run) == {"replied": 1}
    assert Entry.objects.filter(kind="message.received").count() == 1
    assert not WebhookWaiting.objects.exists()


def test_p6_projecting_everything_twice_is_projecting_once(desk: Desk) -> None:
    run = desk.run()
    ours = desk.outbound(contact(desk), run=run)
    reaction = text_message(type="reaction", reaction={"message_id": ours.wamid, "emoji": "👍"})
    deliver(
        desk,
        desk.message("STOP", at=after(3)),
        desk.status(ours.wamid, "sent", at=after(1)),
        desk.status(ours.wamid, "read", at=after(2)),
        desk.envelope(desk.messages([reaction])),
    )  # fmt: skip
    before = picture()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO webhook_waiting (app_id, inbox_id, received_at)"
            " SELECT app_id, id, received_at FROM webhook_inbox"
        )
    project_all()
    assert picture() == before


def picture() -> dict[str, Any]:
    """All that projecting may change."""
    return {
        "messages": list(Message.objects.order_by("id").values()),
        "contacts": list(Contact.objects.order_by("id").values()),
        "identities": list(Identity.objects.order_by("id").values("contact_id", "kind", "value", "is_current")),
        "consents": list(Consent.objects.order_by("id").values("contact_id", "state", "at")),
        "windows": list(ServiceWindow.objects.order_by("id").values()),
        "tally": sorted(Tally.objects.values_list("name", "n")),
        "journal": sorted(Entry.objects.values_list("kind", "message_id", "contact_id"), key=repr),
    }


def test_p7_30_messages_of_a_new_contact_at_once(desk: Desk) -> None:
    texts = [f"message {n:02}" for n in range(30)]
    bodies = [desk.message(text, at=after(n / 60)) for n, text in enumerate(texts)]
    random.Random(7).shuffle(bodies)
    store(desk, *bodies)
    at_once(project_all, 4)
    person = Contact.objects.get()
    assert ServiceWindow.objects.get().contact_id == person.pk
    assert list(Message.objects.order_by("created_at", "id").values_list("text", flat=True)) == texts
    assert Identity.objects.count() == 1
    assert Entry.objects.filter(kind="contact.created").count() == 1


def test_p7_one_new_person_over_two_apps_at_once_is_one_contact(desk: Desk) -> None:
    other = business(desk.workspace)
    for n in range(5):
        store(desk, desk.message(f"a{n}", sender=f"1650555{n:04}"))
        store(other, other.message(f"b{n}", sender=f"1650555{n:04}"))
    at_once(project_all, 2)
    assert Contact.objects.count() == 5
    assert Message.objects.count() == 10
    assert set(Contact.objects.values_list("message__text", flat=True)) == {f"{x}{n}" for x in "ab" for n in range(5)}


@pytest.mark.parametrize("seed", range(4))
def test_p8_any_order_of_statuses_over_any_batches_gives_the_same_end(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    person = contact(desk)
    ends = []
    for _ in range(4):
        run = desk.run()
        message = desk.outbound(person, run=run)
        news = [
            status_of(message.wamid, "sent", at=after(1)),
            status_of(message.wamid, "delivered", at=after(2)),
            status_of(message.wamid, "read", at=after(4)),
            status_of(message.wamid, "read", at=after(3)),
            status_of(message.wamid, "failed", at=after(1.5), **failure(131000)),
        ]
        news += chance.sample(news, k=3)
        chance.shuffle(news)
        cut = chance.randrange(1, len(news))
        for part in (news[:cut], news[cut:]):
            deliver(desk, desk.envelope(desk.change(statuses=part), {"field": "messages", "value": {"n": 1}}))
        message.refresh_from_db()
        times = (message.sent_at, message.delivered_at, message.read_at, message.failed_at)
        words = (message.state, message.rank, message.error_code, message.delivered_implied)
        ends.append((words, times, tuple(sorted(tally(run).items()))))
    counts = (("delivered", 1), ("read", 1), ("sent", 1))
    assert set(ends) == {(("read", 4, None, False), (after(1), after(2), after(3), None), counts)}


def test_p9_a_status_before_the_answer_of_the_call_is_the_answer(desk: Desk) -> None:
    run = desk.run()
    message = desk.outbound(contact(desk), run=run, state="queued")
    attempt = marks.new_attempt(message.pk)
    desk.in_flight(message, attempt)
    deliver(desk, desk.status("wamid.EARLY", "delivered", at=after(1), attempt=attempt))
    message.refresh_from_db()
    assert (message.state, message.wamid, message.delivered_at) == ("delivered", "wamid.EARLY", after(1))
    assert not Outbox.objects.exists()
    assert Attempt.objects.get().outcome == "accepted"
    assert tally(run) == {"accepted": 1, "sent": 1, "delivered": 1}
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert kinds == {"message.accepted", "message.delivered"}


def test_p9_a_status_takes_a_message_out_of_doubt(desk: Desk) -> None:
    run = desk.run()
    message = desk.outbound(contact(desk), run=run, state="unknown", reason="no_clear_answer")
    Tally.objects.create(workspace_id=desk.workspace.pk, run_id=run.pk, number_id=desk.number.pk, name="unknown", n=1)
    attempt = marks.new_attempt(message.pk)
    desk.in_flight(message, attempt, stage="unknown")
    desk.attempted(message, attempt, "ambiguous")
    deliver(desk, desk.status("wamid.PROOF", "sent", at=after(1), attempt=attempt))
    message.refresh_from_db()
    assert (message.state, message.wamid, message.reason) == ("sent", "wamid.PROOF", "")
    assert tally(run) == {"accepted": 1, "sent": 1}
    assert not Outbox.objects.exists()


def test_p9_an_unknown_id_that_is_known_later_finds_its_message(desk: Desk) -> None:
    person = contact(desk)
    deliver(desk, desk.status("wamid.LATER", "delivered", at=after(1)))
    assert Orphan.objects.get().wamid == "wamid.LATER"
    assert set_aside.match_orphans() is False
    assert Orphan.objects.count() == 1
    message = desk.outbound(person, wamid="wamid.LATER")
    set_aside.match_orphans()
    message.refresh_from_db()
    assert (message.state, message.delivered_at) == ("delivered", after(1))
    assert not Orphan.objects.exists()


def test_p9_a_late_proof_of_an_old_attempt_is_a_detected_duplicate(desk: Desk) -> None:
    message = desk.outbound(contact(desk), wamid="wamid.SECOND")
    old, new = marks.new_attempt(message.pk), marks.new_attempt(message.pk)
    desk.attempted(message, old, "ambiguous")
    desk.attempted(message, new)
    deliver(
        desk,
        desk.status("wamid.FIRST", "sent", at=after(1), attempt=old),
        desk.status("wamid.FIRST", "delivered", at=after(2), attempt=old),
        desk.status("wamid.SECOND", "sent", at=after(3), attempt=new),
    )
    message.refresh_from_db()
    assert (message.duplicates_detected, message.wamid, message.state) == (1, "wamid.SECOND", "delivered")
    assert Entry.objects.filter(kind="message.duplicate_detected").count() == 1


def test_p10_one_poison_event_in_1000_dies_alone_and_replay_heals(desk: Desk) -> None:
    person = contact(desk)
    messages = [desk.outbound(person, wamid=f"wamid.P{n}") for n in range(1_000)]
    news = [status_of(message.wamid, "delivered", at=after(1)) for message in messages]
    store(desk, *(desk.envelope(desk.change(statuses=news[start : start + 50])) for start in range(0, 1_000, 50)))
    real = projection.statuses.apply

    def brittle(cursor: Any, heard: Any, **options: Any) -> Any:
        if any(each.event.id == "wamid.P371" for each in heard):
            raise KeyError("+16505551234 wrote this")
        return real(cursor, heard, **options)

    projection.statuses.apply = brittle
    try:
        project_all()
    finally:
        projection.statuses.apply = real
    assert Message.objects.filter(state="delivered").count() == 999
    letter = DeadLetter.objects.get()
    assert (letter.kind, letter.tries, letter.workspace_id) == ("status", 3, desk.workspace.pk)
    assert letter.error.startswith("KeyError")
    assert "+1650" not in letter.error + orjson.dumps(letter.event).decode()
    assert not WebhookWaiting.objects.exists()
    DeadLetter.objects.update(replay_asked_at=after(5))
    set_aside.replay_asked()
    letter.refresh_from_db()
    assert (letter.replayed_at is not None, letter.replay_asked_at) == (True, None)
    assert Message.objects.filter(state="delivered").count() == 1_000


def test_p20_a_dead_letter_and_its_log_hold_nothing_that_anybody_wrote(desk: Desk, capfd: Any) -> None:
    canary, number = "canary text 7f3a", "16505550199"
    real = projection.inbound.store

    def broken(cursor: Any, arrived: Any, **_: Any) -> None:
        raise ValueError(f"{arrived[0].event.text} from {arrived[0].event.sender.phone}")

    projection.inbound.store = broken
    try:
        deliver(desk, desk.message(canary, sender=number, referral={"headline": canary}))
    finally:
        projection.inbound.store = real
    letter = DeadLetter.objects.get()
    kept = letter.error + orjson.dumps(letter.event).decode()
    told = orjson.dumps(list(Entry.objects.values_list("data", flat=True))).decode()
    said = "".join(capfd.readouterr())
    assert "event buried" in said
    for text in (kept, told, said):
        assert canary not in text
        assert number not in text
    assert letter.error.startswith("ValueError in ")


def test_p10_a_replay_that_fails_again_says_why(desk: Desk) -> None:
    deliver(desk, desk.envelope(desk.change(messages=[{"type": "text"}])))
    letter = DeadLetter.objects.get()
    assert letter.kind == "unreadable"
    DeadLetter.objects.update(replay_asked_at=after(5))
    set_aside.replay_asked()
    letter.refresh_from_db()
    assert (letter.replayed_at, letter.replay_asked_at, letter.tries) == (None, None, 4)


def test_p10_troubles_of_the_database_bury_nothing(desk: Desk) -> None:
    import psycopg

    store(desk, desk.message("Hello"))
    real = projection.inbound.store

    def locked(*_: Any, **__: Any) -> None:
        raise psycopg.errors.DeadlockDetected("deadlock detected")

    projection.inbound.store = locked
    try:
        with pytest.raises(psycopg.errors.DeadlockDetected):
            project_all()
    finally:
        projection.inbound.store = real
    assert not DeadLetter.objects.exists()
    assert WebhookWaiting.objects.count() == 1
    project_all()
    assert Message.objects.get().text == "Hello"


def test_p14_a_stop_counts_before_it_is_projected(desk: Desk) -> None:
    person = contact(desk, marketing="opted_in", marketing_at=after(-60))
    store(desk, desk.message("Stop!", at=after(0)))
    person.refresh_from_db()
    assert (person.marketing, person.marketing_at) == ("opted_out", after(0))
    assert not Consent.objects.exists()
    project_all()
    proof = Consent.objects.get()
    assert (proof.state, proof.source, proof.wording, proof.at) == ("opted_out", "message", "Stop!", after(0))
    assert Entry.objects.filter(kind="contact.opted_out").count() == 1
    person.refresh_from_db()
    assert (person.marketing, person.marketing_at) == ("opted_out", after(0))


def test_p14_metas_own_switch_counts_at_once_too(desk: Desk) -> None:
    person = contact(desk, marketing="opted_in", marketing_at=after(-60))
    wish = {"wa_id": "16505551234", "category": "marketing_messages", "value": "stop", "timestamp": unix(0)}
    store(desk, desk.envelope({**desk.change(user_preferences=[wish]), "field": "user_preferences"}))
    person.refresh_from_db()
    assert person.marketing == "opted_out"
    project_all()
    assert Consent.objects.get().source == "meta"


def unix(minutes: float) -> int:
    return int(after(minutes).timestamp())


def test_p14_an_old_stop_that_comes_late_does_not_undo_a_start(desk: Desk) -> None:
    person = contact(desk, marketing="opted_in", marketing_at=after(10))
    store(desk, desk.message("STOP", at=after(5)))
    person.refresh_from_db()
    assert person.marketing == "opted_in"
    project_all()
    person.refresh_from_db()
    assert (person.marketing, person.marketing_at) == ("opted_in", after(10))
    assert Consent.objects.get().state == "opted_out"


def test_p14_nobody_stops_another_tenants_people(desk: Desk, charlie: Member) -> None:
    theirs = business(charlie.workspace)
    person = contact(theirs, marketing="opted_in", marketing_at=after(-60))
    # Signed with our secret, but it names their number.
    stranger = desk.message("STOP")
    stranger["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = theirs.number.phone_number_id
    store(desk, stranger)
    project_all()
    person.refresh_from_db()
    assert person.marketing == "opted_in"
    assert not Message.objects.exists()


def test_p14_a_stop_that_cannot_be_written_is_not_answered(desk: Desk) -> None:
    """Somebody holds the contact's row: the door says 503, and Meta sends it again."""
    person = contact(desk, marketing="opted_in", marketing_at=after(-60))
    from tradewind.intake import links

    kept, links.STATEMENT_SECONDS = links.STATEMENT_SECONDS, 0.3
    try:
        with transaction.atomic():
            Contact.objects.select_for_update().get(pk=person.pk)
            assert in_a_loop(post_here(desk, desk.message("STOP"))) == 503
            assert in_a_loop(post_here(desk, desk.message("Hello"))) == 200
    finally:
        links.STATEMENT_SECONDS = kept
    assert WebhookInbox.objects.count() == 1


async def post_here(desk: Desk, body: Any) -> int:
    return await post(desk, body)
