"""Promises of delivery.md that the way out keeps: P4, P5, P13, P14, P15, P16, P17. Real senders, real simulator."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from tests.messages.plant import open_door, working
from tests.messages.scene import Scene
from tests.messages.senders import sender_processes, sending, wait_for
from tests.simulator.running import Running
from tradewind import config
from tradewind.contacts import actions as contacts
from tradewind.lib import clock
from tradewind.messages import actions, marks, runs
from tradewind.messages.models import Attempt, Lane, LedgerMinute, LedgerSeat, Message, Outbox, Run
from tradewind.numbers.models import App, Number, Portfolio
from tradewind.simulator.world import bench_world
from tradewind.whatsapp.client import GraphSender
from tradewind.workspaces.models import Member

FAST_LEASES = {"connect_seconds": 0.5, "read_seconds": 1.5, "lease_seconds": 3.0}


def states(run: Run) -> dict[str, int]:
    return Counter(Message.objects.filter(run=run).values_list("state", flat=True))


def drained(run: Run) -> bool:
    return not Outbox.objects.filter(run_id=run.pk).exists()


def sent_to(lines: list[dict[str, Any]]) -> Counter[int]:
    """How often each message was really taken by Meta: the simulator's accept log is the oracle."""
    return Counter(marks.message_of(marks.open_mark(line["callback_data"]) or b"") for line in lines)


@pytest.mark.django_db(transaction=True)
def test_p5_the_same_client_message_id_50_times_at_once_is_one_row_and_one_call(
    scene: Scene, simulator: Running, alice: Member
) -> None:
    before = len(simulator.lines())
    (person,) = scene.people(1)
    run = scene.run(category="utility")
    made: list[int] = []
    problems: list[BaseException] = []
    barrier = threading.Barrier(50)

    def ask() -> None:
        try:
            barrier.wait()
            message = actions.send(
                workspace=scene.workspace, number=scene.numbers[0], contact=person, category="utility",
                content=run.content, variables={"body.1": "Ada", "body.2": "A1"}, client_message_id="order-17",
            )  # fmt: skip
            made.append(message.pk)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    with sending():
        for thread in threads:
            thread.join()
        wait_for(lambda: Message.objects.filter(state="accepted").exists() and not Outbox.objects.exists())
    assert problems == []
    assert len(made) == 50 and len(set(made)) == 1
    assert Message.objects.count() == 1
    assert len(simulator.lines()) - before == 1
    assert Attempt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_p5_an_id_that_was_used_for_something_else_is_refused(scene: Scene) -> None:
    one, other = scene.people(2)
    run = scene.run(category="utility")
    given: dict[str, Any] = {
        "workspace": scene.workspace, "number": scene.numbers[0], "category": "utility", "content": run.content,
        "variables": {"body.1": "Ada", "body.2": "A1"}, "client_message_id": "order-17",
    }  # fmt: skip
    first = actions.send(contact=one, **given)
    assert actions.send(contact=one, **given).pk == first.pk
    with pytest.raises(actions.ReusedId):
        actions.send(contact=other, **given)
    assert Message.objects.count() == 1


@pytest.mark.slow
def test_p4_resets_time_outs_cuts_and_slow_answers_make_no_duplicate(
    transactional_db: None, alice: Member, tmp_path: Path, quick_time: Path
) -> None:
    """5 % of the calls go wrong in every way; all is resolved within 15 minutes of the common (virtual) clock."""
    with open_door() as address:
        env = {**os.environ, clock.VARIABLE: f"file:{quick_time}"}
        world = bench_world(numbers=2, limits_lifted=True)
        simulator = Running("--callback", f"{address}/webhooks/path-p4", world=world, directory=tmp_path, env=env)
        try:
            scene = Scene.make(alice.workspace, simulator.about, numbers=2, per_second=200)
            App.objects.update(webhook_path="path-p4")
            simulator.admin("faults", {
                "cut_before_accept": 0.01, "cut_after_accept": 0.01, "cut_in_body": 0.01, "hang_after_accept": 0.005,
                "hang": 0.005, "error_after_accept": 0.005, "html": {"rate": 0.005, "status": 502, "accepted": True},
                "slow": {"rate": 0.01, "seconds": [0.2, 1.0]}, "refuse": 0.005, "empty": 0.005,
            })  # fmt: skip
            began = clock.time()
            run = scene.run()
            messages = scene.queue(run, scene.people(700))
            # Traffic that goes on after the run: a negative proof needs later attempts that have statuses.
            later = scene.run(category="utility", pacing={"delay_from_seconds": 2.0})
            scene.queue(later, scene.people(150))
            with shorter_proofs(), working(), sending(**FAST_LEASES):
                wait_for(lambda: drained(run))
            assert clock.time() - began < 15 * 60
            accepted = sent_to(simulator.lines())
            assert {pk: times for pk, times in accepted.items() if times > 1} == {}
            assert set(accepted) >= {message.pk for message in messages}, "none is lost"
            assert set(states(run)) <= {"accepted", "sent", "delivered", "read"}
            assert Message.objects.filter(duplicates_detected__gt=0).count() == 0
            assert Attempt.objects.filter(outcome__in=("ambiguous", "abandoned")).count() > 5, "the faults did strike"
        finally:
            simulator.stop()


@contextmanager
def shorter_proofs() -> Iterator[None]:
    """Negative proof after one minute and 15 later attempts instead of ten and 50."""
    changed = {"TRADEWIND_NEGATIVE_PROOF_MINUTES": "1", "TRADEWIND_NEGATIVE_PROOF_LATER": "15"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in changed.items():
            patch.setenv(name, value)
        config.reload()
        yield
    config.reload()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_p13_no_limit_of_meta_is_passed_by_four_senders(alice: Member, simulator: Running) -> None:
    """Throughput 80/s per number, 250 people per portfolio with a reserve of 50: Meta itself is the witness."""
    before = len(simulator.lines())
    scene = Scene.make(alice.workspace, simulator.about, numbers=4, people_limit=250)
    Portfolio.objects.update(service_reserve=50)
    campaign, service = scene.run(), scene.run(category="utility")
    scene.queue(campaign, scene.people(600))
    with sender_processes(4):
        wait_for(lambda: len(simulator.lines()) - before >= 200)
        time.sleep(2.5)
        assert len(simulator.lines()) - before == 200, "campaigns leave the reserve free"
        # Service that is not part of a run takes the reserve, and not one place more.
        for person in scene.people(80):
            actions.send(
                workspace=scene.workspace, number=scene.numbers[0], contact=person, category="utility",
                content=service.content, variables={"body.1": "Ada", "body.2": "A1"},
            )  # fmt: skip
        wait_for(lambda: len(simulator.lines()) - before >= 250)
        time.sleep(2.0)
    lines = simulator.lines()[before:]
    assert len(lines) == 250 == len({line["recipient"] for line in lines})
    assert sum(LedgerMinute.objects.values_list("seats", flat=True)) == 250 == LedgerSeat.objects.count()
    assert simulator.admin("state")["violations"] == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_p13_throughput_is_never_passed_while_lanes_change_hands(
    alice: Member, simulator: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured where it leaves us: what a busy machine does to the arrival is not ours."""
    left: dict[str, list[float]] = {}
    real = GraphSender.send

    async def watched(self: GraphSender, number: str, *given: Any, **more: Any) -> Any:
        left.setdefault(number, []).append(clock.time())
        return await real(self, number, *given, **more)

    monkeypatch.setattr(GraphSender, "send", watched)
    before = len(simulator.lines())
    scene = Scene.make(alice.workspace, simulator.about, numbers=2, per_second=80)
    run = scene.run()
    scene.queue(run, scene.people(1200))
    with sending() as first:
        wait_for(lambda: len(simulator.lines()) - before > 200)
        with sending(), sending():
            wait_for(lambda: Lane.objects.exclude(holder="").values("holder").distinct().count() == 2)
            first.stop_from_thread()
            wait_for(lambda: drained(run))
    assert states(run) == {"accepted": 1200}
    assert max(sent_to(simulator.lines()[before:]).values()) == 1
    assert simulator.admin("state")["violations"] == 0
    for moments in left.values():
        # Between a token and its call a busy machine may put some milliseconds, so the window is a little shorter.
        assert most_in(sorted(moments), 0.95) <= 80


def most_in(moments: list[float], seconds: float) -> int:
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.django_db(transaction=True)
def test_p13_one_person_gets_at_most_45_in_a_burst(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    (person,) = scene.people(1)
    scene.open_window(person)
    for n in range(50):
        actions.send(
            workspace=scene.workspace, number=scene.numbers[0], contact=person, category="service",
            payload={"type": "text", "text": {"body": f"Line {n}"}},
        )  # fmt: skip
    scene.hear(simulator, person)
    with sending():
        wait_for(lambda: len(simulator.lines()) - before >= 45)
        time.sleep(1.0)
    assert len(simulator.lines()) - before == 45
    assert simulator.admin("state")["refused"].get("131056", 0) == 0
    waiting = Outbox.objects.filter(stage="waiting")
    assert waiting.count() == 5
    assert min(waiting.values_list("due_at", flat=True)) > clock.now()


@pytest.mark.django_db(transaction=True)
def test_p13_a_cap_per_contact_holds_over_two_runs_and_two_senders(alice: Member, simulator: Running) -> None:
    before = len(simulator.lines())
    scene = Scene.make(alice.workspace, simulator.about, numbers=2)
    people = scene.people(60)
    runs_ = [scene.run(cap_72h=2) for _ in range(4)]
    for rank, run in enumerate(runs_):
        scene.queue(run, people if rank % 2 else people[::-1])
    with sender_processes(2):
        wait_for(lambda: not Outbox.objects.exists())
    per_person = Counter(line["recipient"] for line in simulator.lines()[before:])
    assert len(per_person) == 60 and set(per_person.values()) == {2}
    assert Message.objects.filter(state="skipped", reason="cap_72h").count() == 120


@pytest.mark.django_db(transaction=True)
def test_p14_nothing_leaves_for_a_person_who_said_stop(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    run = scene.run(pacing={"delay_from_seconds": 0.06})
    people = scene.people(120)
    scene.queue(run, people)
    stopped: dict[int, datetime] = {}
    with sending():
        wait_for(lambda: len(simulator.lines()) - before > 10)
        for person in people[::-3]:
            contacts.opt_out(person, source="message", at=clock.now())
            stopped[person.pk] = clock.now()
        wait_for(lambda: drained(run))
    called_at = dict(Attempt.objects.values_list("message_id", "started_at"))
    sent = Message.objects.filter(run=run, contact_id__in=stopped, pk__in=called_at).values_list("pk", "contact_id")
    late = [contact for message, contact in sent if called_at[message] > stopped[contact]]
    assert late == [], "what had its intent already may still leave, and only that"
    left_out = Message.objects.filter(run=run, state="skipped", reason="opted_out").count()
    assert left_out == len(stopped) - len(sent) > 0
    assert len(simulator.lines()) - before == states(run)["accepted"] == 120 - left_out


@pytest.mark.django_db(transaction=True)
def test_p16_after_a_pause_no_more_calls_than_were_under_way(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    Number.objects.update(throughput=80)
    simulator.admin("faults", {"slow": {"rate": 1.0, "seconds": [0.2, 0.3]}})
    run = scene.run()
    scene.queue(run, scene.people(600))
    with sending(sender_concurrency=20):
        wait_for(lambda: len(simulator.lines()) - before > 60)
        runs.pause(run, reason="test")
        at_pause = len(simulator.lines()) - before
        wait_for(lambda: not Outbox.objects.filter(stage="inflight").exists())
        after = len(simulator.lines()) - before
        assert after - at_pause <= 20
        time.sleep(1.0)
        assert len(simulator.lines()) - before == after, "and then silence"
        assert runs.resume(run)
        wait_for(lambda: len(simulator.lines()) - before > after + 30)
        runs.close(run, reason="done")
        wait_for(lambda: drained(run))
    assert sum(states(run).values()) == 600
    assert set(states(run)) == {"accepted", "cancelled"}


@pytest.mark.django_db(transaction=True)
def test_p17_the_sum_of_all_states_is_the_audience_at_every_instant(scene: Scene, simulator: Running) -> None:
    simulator.admin("faults", {"cut_after_accept": 0.05, "graph": {"131026": 0.1, "131000": 0.05}, "refuse": 0.05})
    run = scene.run(stop_failed_share=None)
    people = scene.people(300)
    scene.queue(run, people)
    contacts.suppress(people[5], reason="test", member=None)
    seen: list[dict[str, int]] = []
    with sending(**FAST_LEASES):
        end = time.monotonic() + 20
        while (
            time.monotonic() < end
            and Outbox.objects.filter(
                run_id=run.pk, stage__in=("waiting", "claimed", "inflight"), due_at__lte=clock.now()
            ).exists()
        ):
            now = invariant(run)
            seen.append(now)
            assert sum(now.values()) == 300, now
    final = invariant(run)
    assert sum(final.values()) == 300 and len(seen) > 5
    assert final["skipped"] == 1
    # Tallies say the same as the rows.
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sum(n) FROM tally WHERE run_id = %s GROUP BY 1 HAVING sum(n) <> 0", [run.pk])
        tallied = {name: int(n) for name, n in cursor.fetchall()}
    assert tallied["queued"] == 300
    for name in ("accepted", "failed", "unknown", "skipped"):
        assert tallied.get(name, 0) == final.get(name, 0), name


def invariant(run: Run) -> Counter[str]:
    """queued + sent + failed + unknown + skipped, in one snapshot; a queued message has its place in the outbox."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.state, count(*),"
            " count(*) FILTER (WHERE (m.state IN ('queued', 'unknown')) <> (o.message_id IS NOT NULL))"
            " FROM message m LEFT JOIN outbox o ON o.message_id = m.id WHERE m.run_id = %s GROUP BY 1",
            [run.pk],
        )
        rows = cursor.fetchall()
    assert sum(torn for _, _, torn in rows) == 0
    return Counter({state: n for state, n, _ in rows})


def alone_in_the_night(scene: Scene, quiet: Run) -> dict[str, Message]:
    """Marketing to single people in the business's own quiet hours: one has to wait, the other was asked for."""
    workspace = scene.workspace
    workspace.quiet_from, workspace.quiet_to = quiet.quiet_from, quiet.quiet_to
    workspace.save()
    usual, asked = scene.people(2)
    given = {"workspace": workspace, "number": scene.numbers[0], "category": "marketing", "content": quiet.content,
             "variables": {"body.1": "Ada", "body.2": "A1"}}  # fmt: skip
    return {
        "usual": actions.send(contact=usual, **given),
        "asked": actions.send(contact=asked, at_night=True, **given),
    }


def phone_of(message: Message) -> str:
    return message.contact.identities.get().value.removeprefix("+")


@pytest.mark.django_db(transaction=True)
def test_p15_late_for_its_end_or_its_night_is_not_sent_even_after_eight_hours_down(
    scene: Scene, simulator: Running
) -> None:
    before = len(simulator.lines())
    now = clock.now()
    night_from, night_to = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    quiet = scene.run(quiet_from=night_from.replace(microsecond=0), quiet_to=night_to.replace(microsecond=0))
    scene.queue(quiet, scene.people(5))
    late = scene.run(category="utility")
    scene.queue(late, scene.people(4), expires_at=now - timedelta(minutes=1), due_at=now - timedelta(hours=8))
    (person,) = scene.people(1)
    scene.open_window(person)
    reply = actions.send(
        workspace=scene.workspace, number=scene.numbers[0], contact=person, category="service",
        payload={"type": "text", "text": {"body": "Hello"}},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("UPDATE service_window SET closes_at = %s", [now - timedelta(seconds=1)])
    alone = alone_in_the_night(scene, quiet)
    with sending():
        wait_for(lambda: drained(late) and not Outbox.objects.filter(pk=reply.pk).exists())
        wait_for(lambda: not Outbox.objects.filter(run_id=None, due_at__lte=clock.now()).exists())
        wait_for(lambda: not Outbox.objects.filter(run_id=quiet.pk, due_at__lte=clock.now()).exists())
    (line,) = simulator.lines()[before:]
    assert line["recipient"] == phone_of(alone["asked"]), "only who asked for it on their own phone"
    assert states(late) == {"expired": 4}
    reply.refresh_from_db()
    assert (reply.state, reply.reason) == ("skipped", "window_closed")
    assert states(quiet) == {"queued": 5}
    due = set(Outbox.objects.filter(run_id=quiet.pk).values_list("due_at", flat=True))
    assert all(abs((at - (now + timedelta(hours=1))).total_seconds()) < 2 for at in due)
