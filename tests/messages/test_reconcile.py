"""Out of doubt: positive proof, negative proof, and a person after a day (delivery.md §1.5)."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.conftest import Time
from tests.messages.scene import Scene
from tests.messages.test_graph_lies import tallied
from tradewind import config
from tradewind.intake.models import WebhookWaiting
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.messages import actions, marks, queries, reconcile, recover, tallies
from tradewind.messages.models import Attempt, Message, Outbox, Run, Tally
from tradewind.messages.models import Proof as ProofRow
from tradewind.messages.reconcile import Proof, prove_now
from tradewind.messages.runs import PARKED, resume
from tradewind.numbers.models import Account
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)

ABOUT = {
    "address": "http://127.0.0.1:9", "app_id": "1", "app_secret": "s" * 32, "token": "EAAtest",
    "numbers": [{"phone_number_id": "630", "waba_id": "620", "portfolio_id": "610",
                 "display_phone_number": "+49 1512 3004001", "verified_name": "Shop"}],
    "templates": [{"name": "bench_marketing",
                   "components": [{"type": "BODY", "text": "Hello {{1}}, your code is {{2}}."}]}],
}  # fmt: skip


@pytest.fixture
def desk(alice: Member, still_time: Time) -> Scene:
    return Scene.make(alice.workspace, ABOUT)


def in_flight(scene: Scene, run: Run | None = None, *, lease: float = 30.0) -> tuple[Message, bytes]:
    """A message whose call is under way: what the intent leaves."""
    run = run or scene.run()
    (message,) = scene.queue(run, scene.people(1))
    attempt = marks.new_attempt(message.pk)
    put_in_flight(message, attempt, lease=lease)
    return message, attempt


def put_in_flight(message: Message, attempt: bytes, *, lease: float = 30.0) -> None:
    Outbox.objects.filter(pk=message.pk).update(
        stage="inflight", attempt_id=UUID(bytes=attempt), attempt_at=clock.now(), holder="dead",
        lease_until=clock.now() + timedelta(seconds=lease),
    )  # fmt: skip


def unknown(scene: Scene, still_time: Time, run: Run | None = None) -> tuple[Message, bytes]:
    message, attempt = in_flight(scene, run)
    still_time.move(31)
    recover.step()
    message.refresh_from_db()
    assert message.state == "unknown"
    return message, attempt


def later_traffic(scene: Scene, count: int, *, rank: int = 2) -> None:
    """Attempts after the one in doubt, whose messages have statuses."""
    run = scene.run()
    for message in scene.queue(run, scene.people(count)):
        Message.objects.filter(pk=message.pk).update(state="sent" if rank >= 2 else "accepted", rank=rank)
        Outbox.objects.filter(pk=message.pk).delete()
        Attempt.objects.create(
            id=UUID(bytes=marks.new_attempt(message.pk)), workspace_id=scene.workspace.pk, message_id=message.pk,
            number_id=message.number_id, started_at=clock.now(), ended_at=clock.now(), outcome="accepted",
        )  # fmt: skip


def test_a_claim_whose_lease_is_over_waits_again(desk: Scene, still_time: Time) -> None:
    (message,) = desk.queue(desk.run(), desk.people(1))
    Outbox.objects.update(stage="claimed", holder="dead", lease_until=clock.now() + timedelta(seconds=30))
    still_time.move(29)
    recover.step()
    assert Outbox.objects.get().stage == "claimed"
    still_time.move(2)
    recover.step()
    row = Outbox.objects.get()
    assert (row.stage, row.holder, row.lease_until) == ("waiting", "", None)
    assert not Attempt.objects.exists()
    assert message.pk == row.pk


def test_a_call_past_its_time_is_in_doubt_and_its_attempt_abandoned(desk: Scene, still_time: Time) -> None:
    message, attempt = in_flight(desk)
    still_time.move(29)
    recover.step()
    assert Outbox.objects.get().stage == "inflight"
    still_time.move(2)
    recover.step()
    message.refresh_from_db()
    assert (message.state, message.reason) == ("unknown", "sender_died")
    assert Outbox.objects.get().stage == "unknown"
    assert [(row.id.bytes, row.outcome) for row in Attempt.objects.all()] == [(attempt, "abandoned")]
    assert message.run is not None
    assert tallied(message.run) == {"queued": 1, "unknown": 1}
    assert Entry.objects.filter(kind="message.unknown", message_id=message.pk).exists()


@pytest.mark.parametrize("stage", ["inflight", "unknown", "waiting", "claimed"])
def test_positive_proof_settles_a_message_wherever_it_stands(desk: Scene, still_time: Time, stage: str) -> None:
    message, attempt = in_flight(desk)
    if stage == "unknown":
        still_time.move(31)
        recover.step()
    elif stage != "inflight":
        Outbox.objects.update(stage=stage)
    assert prove_now([Proof(attempt, "wamid.A", clock.time())]) == (1, 0)
    message.refresh_from_db()
    assert (message.state, message.wamid, message.rank) == ("accepted", "wamid.A", 1)
    assert not Outbox.objects.exists()
    assert message.run is not None
    assert tallied(message.run) == {"queued": 1, "accepted": 1}
    accepted = Entry.objects.get(kind="message.accepted")
    assert (accepted.message_id, accepted.data) == (message.pk, {"proof": "status"})


def test_the_same_proof_many_times_counts_once(desk: Scene, still_time: Time) -> None:
    message, attempt = unknown(desk, still_time)
    proofs = [Proof(attempt, "wamid.A", clock.time() + n) for n in range(5)]
    assert prove_now(proofs) == (1, 0)
    assert prove_now(proofs[::-1]) == (0, 0)
    assert message.run is not None
    assert tallied(message.run) == {"queued": 1, "accepted": 1}
    assert Entry.objects.filter(kind="message.accepted").count() == 1


def test_a_proof_for_a_message_of_nobody_changes_nothing(desk: Scene) -> None:
    assert prove_now([Proof(marks.new_attempt(4_711), "wamid.X", clock.time())]) == (0, 0)
    assert not ProofRow.objects.exists()


def test_negative_proof_sends_anew_only_when_every_condition_holds(desk: Scene, still_time: Time) -> None:
    settings = config.load()
    message, first = unknown(desk, still_time)
    later_traffic(desk, settings.negative_proof_later - 1)
    still_time.move(settings.negative_proof_minutes * 60)
    assert reconcile.send_again() == 0, "one later attempt with a status is missing"
    later_traffic(desk, 1, rank=1)
    assert reconcile.send_again() == 0, "accepted alone is no status"
    later_traffic(desk, 1)
    Account.objects.update(subscribed_at=None)
    assert reconcile.send_again() == 0, "without a subscription silence proves nothing"
    Account.objects.update(subscribed_at=clock.now())
    WebhookWaiting.objects.create(app_id=1, inbox_id=1, received_at=clock.now() - timedelta(seconds=60))
    assert reconcile.send_again() == 0, "the intake has not caught up"
    WebhookWaiting.objects.all().delete()
    assert reconcile.send_again() == 1
    message.refresh_from_db()
    assert (message.state, message.reason) == ("queued", "sent_again")
    row = Outbox.objects.get(pk=message.pk)
    assert row.stage == "waiting" and row.due_at == clock.now()
    assert row.attempt_id == UUID(bytes=first), "so that a proof that comes before the new call still finds it"
    assert message.run is not None
    assert tallied(message.run) == {"queued": 1}


def test_negative_proof_waits_for_its_minutes(desk: Scene, still_time: Time) -> None:
    settings = config.load()
    unknown(desk, still_time)
    later_traffic(desk, settings.negative_proof_later)
    still_time.move(settings.negative_proof_minutes * 60 - 40)
    assert reconcile.send_again() == 0
    still_time.move(40)
    assert reconcile.send_again() == 1


def test_a_late_proof_before_the_new_call_stops_it(desk: Scene, still_time: Time) -> None:
    message, first = unknown(desk, still_time)
    Outbox.objects.update(stage="waiting")
    Message.objects.filter(pk=message.pk).update(state="queued", reason="sent_again")
    assert prove_now([Proof(first, "wamid.A", clock.time())]) == (1, 0)
    assert not Outbox.objects.exists()
    message.refresh_from_db()
    assert (message.state, message.duplicates_detected) == ("accepted", 0)


def test_a_late_proof_after_the_new_call_is_a_duplicate_counted_once(desk: Scene, still_time: Time) -> None:
    message, first = unknown(desk, still_time)
    second = marks.new_attempt(message.pk)
    put_in_flight(message, second)
    assert prove_now([Proof(second, "wamid.B", clock.time())]) == (1, 0)
    assert prove_now([Proof(first, "wamid.A", clock.time())]) == (0, 1)
    assert prove_now([Proof(first, "wamid.A", clock.time() + 60)]) == (0, 0)
    message.refresh_from_db()
    assert (message.wamid, message.duplicates_detected) == ("wamid.B", 1)
    entry = Entry.objects.get(kind="message.duplicate_detected")
    assert entry.data == {"wamid": "wamid.A", "proof": "status"}


def test_both_proofs_at_once_are_one_acceptance_and_one_duplicate(desk: Scene, still_time: Time) -> None:
    message, first = unknown(desk, still_time)
    second = marks.new_attempt(message.pk)
    put_in_flight(message, second)
    found = prove_now([Proof(second, "wamid.B", clock.time()), Proof(first, "wamid.A", clock.time() - 5)])
    assert found == (1, 1)
    assert message.run is not None
    assert tallied(message.run) == {"queued": 1, "accepted": 1}
    message.refresh_from_db()
    assert (message.wamid, message.duplicates_detected) == ("wamid.A", 1)


def test_after_a_day_marketing_is_held_for_a_person_and_a_code_expires(
    desk: Scene, still_time: Time, alice: Member
) -> None:
    marketing, _ = unknown(desk, still_time)
    code, _ = unknown(desk, still_time, desk.run(category="authentication"))
    still_time.move(23.9 * 3600)
    assert reconcile.give_up() == 0
    still_time.move(0.2 * 3600)
    assert reconcile.give_up() == 2
    assert reconcile.give_up() == 0
    for message in (marketing, code):
        message.refresh_from_db()
    assert (marketing.state, marketing.reason) == ("unknown", "held_for_a_person")
    assert (code.state, code.reason) == ("expired", "no_proof")
    assert [row.pk for row in Outbox.objects.all()] == [marketing.pk]
    assert list(queries.in_doubt(alice)) == [marketing]
    later_traffic(desk, 60)
    assert reconcile.send_again() == 0, "what a person decides is not sent by itself"
    assert code.run is not None
    assert tallied(code.run) == {"queued": 1, "expired": 1}


def test_a_members_own_message_in_doubt_is_shown_at_once(desk: Scene, still_time: Time, alice: Member) -> None:
    (person,) = desk.people(1)
    desk.open_window(person)
    message = actions.send(
        workspace=desk.workspace, number=desk.numbers[0], contact=person, category="service", author=alice,
        payload={"type": "text", "text": {"body": "Hello"}},
    )  # fmt: skip
    put_in_flight(message, marks.new_attempt(message.pk))
    still_time.move(31)
    recover.step()
    assert list(queries.in_doubt(alice)) == [message]
    why = queries.why_waiting(message)
    assert why is not None and "perhaps sent" in why.sentence


def test_a_person_sends_again_once_however_often_the_button_is_pressed(
    desk: Scene, still_time: Time, alice: Member
) -> None:
    message, _ = unknown(desk, still_time)
    assert actions.send_again(message, member=alice)
    assert not actions.send_again(message, member=alice)
    assert Outbox.objects.get().stage == "waiting"
    assert (message.state, message.reason) == ("queued", "sent_again_by_member")
    assert message.run is not None
    assert tallied(message.run) == {"queued": 1}


def test_a_person_may_leave_it_and_a_late_proof_still_counts(desk: Scene, still_time: Time, alice: Member) -> None:
    message, attempt = unknown(desk, still_time)
    assert actions.leave_in_doubt(message, member=alice)
    assert not actions.leave_in_doubt(message, member=alice)
    assert not Outbox.objects.exists()
    assert not queries.in_doubt(alice).exists()
    assert prove_now([Proof(attempt, "wamid.A", clock.time())]) == (1, 0)
    message.refresh_from_db()
    assert (message.state, message.wamid) == ("accepted", "wamid.A")


def test_what_waits_past_its_end_expires_without_a_sender(desk: Scene, still_time: Time) -> None:
    run = desk.run(category="utility", state="paused")
    desk.queue(run, desk.people(2), expires_at=clock.now() + timedelta(minutes=5))
    recover.step()
    assert Outbox.objects.count() == 2
    still_time.move(301)
    recover.step()
    assert not Outbox.objects.exists()
    assert set(Message.objects.values_list("state", "reason")) == {("expired", "expired")}
    assert tallied(run) == {"queued": 2, "expired": 2}


def test_a_row_parked_by_a_pause_that_is_over_goes_on(desk: Scene, still_time: Time) -> None:
    run = desk.run(state="paused")
    desk.queue(run, desk.people(3))
    Outbox.objects.update(due_at=PARKED)
    recover.step()
    assert set(Outbox.objects.values_list("due_at", flat=True)) == {PARKED}
    Run.objects.update(state="open")
    recover.step()
    assert set(Outbox.objects.values_list("due_at", flat=True)) == {clock.now()}
    Run.objects.update(state="paused")
    Outbox.objects.update(due_at=PARKED)
    assert resume(Run.objects.get())
    assert set(Outbox.objects.values_list("due_at", flat=True)) == {clock.now()}


def test_tallies_are_squashed_without_changing_a_sum(desk: Scene) -> None:
    run = desk.run()
    rows = [Tally(workspace_id=desk.workspace.pk, run_id=run.pk, number_id=n % 3, name=name, n=1)
            for n in range(300) for name in ("accepted", "read")]  # fmt: skip
    rows += [
        Tally(workspace_id=desk.workspace.pk, run_id=run.pk, number_id=1, name="unknown", n=(-1) ** n)
        for n in range(10)
    ]
    Tally.objects.bulk_create(rows)
    before = queries.progress(run)
    assert not tallies.step()
    after = queries.progress(run)
    assert Tally.objects.count() == 6
    assert {key: n for key, n in before.counts.items() if n} == after.counts == {"accepted": 300, "read": 300}
