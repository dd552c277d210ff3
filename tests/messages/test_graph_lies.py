"""What the Graph API may answer beside the truth (delivery.md §4): nothing is lost, nothing sent twice."""

import time
from collections import Counter
from typing import Any

import pytest

from tests.messages.scene import Scene
from tests.messages.senders import sending, wait_for
from tests.simulator.running import Running
from tradewind.journal.models import Entry
from tradewind.lib import clock
from tradewind.messages import marks
from tradewind.messages.models import Attempt, LedgerSeat, Message, Outbox, Run, Tally
from tradewind.messages.reconcile import Proof, prove_now
from tradewind.numbers.models import Account, Number, Portfolio

pytestmark = pytest.mark.django_db(transaction=True)
# Long enough for an honest answer of a crowded machine.
FAST = {"connect_seconds": 2.0, "read_seconds": 3.0, "lease_seconds": 8.0}


def one(scene: Scene, **fields: Any) -> tuple[Run, Message]:
    run = scene.run(**fields)
    (message,) = scene.queue(run, scene.people(1))
    return run, message


def settled(message: Message) -> Message:
    wait_for(lambda: Attempt.objects.filter(message_id=message.pk).exists())
    time.sleep(0.3)
    message.refresh_from_db()
    return message


def lie(simulator: Running, kind: str, **settings: Any) -> None:
    simulator.admin("faults", {"next": [{"kind": kind, **settings}]})


@pytest.mark.parametrize(
    ("kind", "settings", "taken"),
    [
        ("empty", {}, 1),
        ("html", {"status": 200}, 0),
        ("html", {"status": 502, "accepted": True}, 1),
        ("hang", {}, 0),
        ("hang_after_accept", {}, 1),
        ("cut_before_accept", {}, 0),
        ("cut_after_accept", {}, 1),
        ("cut_in_body", {}, 1),
    ],
)
def test_an_unclear_answer_leaves_the_message_in_doubt_and_is_never_sent_again_at_once(
    scene: Scene, simulator: Running, kind: str, settings: dict[str, Any], taken: int
) -> None:
    before = len(simulator.lines())
    lie(simulator, kind, **settings)
    run, message = one(scene)
    with sending(**FAST):
        settled(message)
        time.sleep(1.0)
    message.refresh_from_db()
    assert message.state == "unknown"
    assert Outbox.objects.get(pk=message.pk).stage == "unknown"
    assert Attempt.objects.get().outcome == "ambiguous"
    assert len(simulator.lines()) - before == taken
    assert Entry.objects.filter(kind="message.unknown", message_id=message.pk).count() == 1
    assert tallied(run) == {"queued": 1, "unknown": 1}


def tallied(run: Run) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, n in Tally.objects.filter(run_id=run.pk).values_list("name", "n"):
        found[name] += n
    return {name: n for name, n in found.items() if n}


def test_a_status_proves_what_an_unclear_answer_hid(scene: Scene, simulator: Running) -> None:
    lie(simulator, "cut_after_accept")
    run, message = one(scene)
    with sending(**FAST):
        settled(message)
    line = simulator.lines()[-1]
    attempt = marks.open_mark(line["callback_data"])
    assert attempt is not None and marks.message_of(attempt) == message.pk
    assert prove_now([Proof(attempt, line["wamid"], clock.time())]) == (1, 0)
    message.refresh_from_db()
    assert (message.state, message.wamid, message.reason) == ("accepted", line["wamid"], "")
    assert not Outbox.objects.exists()
    assert tallied(run) == {"queued": 1, "accepted": 1}
    assert prove_now([Proof(attempt, line["wamid"], clock.time())]) == (0, 0), "once is enough"


def test_500_but_accepted_waits_two_minutes_for_its_status_and_is_not_sent_again(
    scene: Scene, simulator: Running
) -> None:
    before = len(simulator.lines())
    lie(simulator, "error_after_accept")
    run, message = one(scene)
    with sending(**FAST):
        settled(message)
        row = Outbox.objects.get(pk=message.pk)
        assert row.stage == "waiting" and 100 < (row.due_at - clock.now()).total_seconds() <= 120
        line = simulator.lines()[-1]
        attempt = marks.open_mark(line["callback_data"])
        assert attempt is not None
        assert prove_now([Proof(attempt, line["wamid"], clock.time())]).settled == 1
    assert len(simulator.lines()) - before == 1
    message.refresh_from_db()
    assert (message.state, message.wamid) == ("accepted", line["wamid"])
    assert tallied(run) == {"queued": 1, "accepted": 1}


def test_an_error_in_a_200_is_an_error(scene: Scene, simulator: Running) -> None:
    lie(simulator, "error_in_200")
    _, message = one(scene)
    with sending(**FAST):
        settled(message)
    assert Attempt.objects.get().outcome == "refused"
    assert Attempt.objects.get().http == 200
    assert message.state != "accepted"


def test_a_refused_connection_is_surely_not_sent_and_goes_out_later(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    app = scene.numbers[0].account.app
    good = app.graph_url
    app.graph_url = "http://127.0.0.1:9"  # the discard port: nobody listens
    app.save()
    run, message = one(scene)
    with sending(**FAST):
        settled(message)
        row = Outbox.objects.get(pk=message.pk)
        assert (row.stage, row.tries) == ("waiting", 0)
        assert Attempt.objects.get().outcome == "not_sent"
        app.graph_url = good
        app.save()
        wait_for(lambda: not Outbox.objects.exists())
    assert len(simulator.lines()) - before == 1
    assert sorted(Attempt.objects.values_list("outcome", flat=True))[0] == "accepted"
    assert tallied(run) == {"queued": 1, "accepted": 1}


def test_a_repeated_wamid_stays_with_the_first_message_and_the_second_learns_its_own(
    scene: Scene, simulator: Running
) -> None:
    run = scene.run()
    scene.queue(run, scene.people(2))
    with sending(**FAST, intent_batch=1, sender_concurrency=2):
        wait_for(lambda: Attempt.objects.exists())
        wait_for(lambda: not Outbox.objects.exists())
        lie(simulator, "repeated_wamid")
        (third,) = scene.queue(run, scene.people(1))
        settled(third)
    third.refresh_from_db()
    assert third.state == "accepted"
    assert third.wamid is None
    lines = simulator.lines()[-3:]
    attempt = next(
        m for line in lines if marks.message_of(m := marks.open_mark(line["callback_data"]) or b"") == third.pk
    )
    prove_now([Proof(attempt, "wamid.true", clock.time())])
    known = Message.objects.get(pk=third.pk)
    assert (known.wamid, known.duplicates_detected) == ("wamid.true", 0)


def test_another_wa_id_in_the_answer_is_no_trouble(scene: Scene, simulator: Running) -> None:
    lie(simulator, "other_wa_id")
    _, message = one(scene)
    with sending(**FAST):
        settled(message)
    assert message.state == "accepted"


def test_a_429_slows_the_whole_account_and_loses_nothing(scene: Scene, simulator: Running) -> None:
    lie(simulator, "429")
    _, message = one(scene)
    with sending(**FAST):
        settled(message)
        account = wait_for(lambda: Account.objects.filter(paused_until__gt=clock.now()).first())
    assert account.pause_reason.startswith("4: ")
    assert 200 < (account.paused_until - clock.now()).total_seconds() < 400
    assert message.state == "queued" and Outbox.objects.get().stage == "waiting"


def test_a_token_revoked_midway_pauses_the_number_and_the_messages_wait(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    simulator.admin("faults", {"revoke_token": {"after": 20}})
    run = scene.run()
    scene.queue(run, scene.people(100))
    with sending(**FAST):
        number = wait_for(lambda: Number.objects.filter(paused_until__isnull=False).first())
        assert number.pause_reason.startswith("190: ")
        wait_for(lambda: not Outbox.objects.filter(stage="inflight").exists())
        time.sleep(0.5)
        sent = len(simulator.lines()) - before
        time.sleep(1.0)
        assert len(simulator.lines()) - before == sent
    assert sent <= 40
    assert Outbox.objects.filter(stage="waiting").count() == 100 - sent
    assert set(Message.objects.values_list("state", flat=True)) == {"accepted", "queued"}


def test_a_template_paused_midway_pauses_the_run_with_the_reason(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    simulator.admin("faults", {"pause_template": {"template": "bench_marketing", "after": 20}})
    run = scene.run()
    scene.queue(run, scene.people(100))
    with sending(**FAST):
        wait_for(lambda: Run.objects.filter(pk=run.pk, state="paused").exists())
        wait_for(lambda: not Outbox.objects.filter(stage__in=("inflight", "claimed")).exists())
    run.refresh_from_db()
    assert run.state_reason.startswith("132015: ")
    assert Entry.objects.filter(kind="run.paused", run_id=run.pk).count() == 1
    sent = len(simulator.lines()) - before
    assert Outbox.objects.filter(stage="waiting").count() == 100 - sent > 30


def test_a_wrong_parameter_fails_the_row_and_a_wrong_template_stops_the_run(scene: Scene, simulator: Running) -> None:
    simulator.admin("faults", {"next": [{"kind": "graph", "code": 132000}]})
    run, message = one(scene)
    with sending(**FAST):
        settled(message)
        wait_for(lambda: Run.objects.filter(pk=run.pk, state="paused").exists())
    message.refresh_from_db()
    assert (message.state, message.error_code) == ("failed", 132000)
    assert tallied(run) == {"queued": 1, "failed": 1, "failed:132000": 1}
    assert Entry.objects.get(kind="message.failed").data == {"code": 132000}


def test_a_place_in_the_ledger_comes_back_when_meta_refused(scene: Scene, simulator: Running) -> None:
    Portfolio.objects.update(people_limit=250)
    simulator.admin("faults", {"next": [{"kind": "graph", "code": 131009}]})
    run = scene.run()
    scene.queue(run, scene.people(1))
    with sending(**FAST):
        wait_for(lambda: not Outbox.objects.exists())
        wait_for(lambda: not LedgerSeat.objects.exists())
        scene.queue(run, scene.people(1))
        wait_for(lambda: not Outbox.objects.exists())
    assert LedgerSeat.objects.count() == 1


def test_an_error_that_passes_is_tried_again_with_its_delay(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    simulator.admin("faults", {"next": [{"kind": "graph", "code": 130429}]})
    _, message = one(scene)
    with sending(**FAST):
        wait_for(lambda: not Outbox.objects.exists())
    outcomes = list(Attempt.objects.order_by("started_at").values_list("outcome", "code"))
    assert outcomes == [("refused", 130429), ("accepted", None)]
    times = list(Attempt.objects.order_by("started_at").values_list("started_at", flat=True))
    assert (times[1] - times[0]).total_seconds() >= 1.0
    assert len(simulator.lines()) - before == 1
    message.refresh_from_db()
    assert message.tries == 2
