"""Races of the way out (delivery.md §4): dying and sleeping senders, lanes that change hands, switches."""

import os
import signal
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.messages.plant import working
from tests.messages.scene import Scene
from tests.messages.senders import PATIENCE_SECONDS, address, sender_processes, sending, wait_for
from tests.messages.test_promises_out import sent_to, states
from tests.people import workspace
from tests.simulator.running import Running
from tradewind.cli import obituary
from tradewind.journal.models import Beat
from tradewind.lib import clock
from tradewind.messages import actions, marks, queries, recover
from tradewind.messages.models import Attempt, Lane, Message, Outbox, SafeMode
from tradewind.messages.reconcile import Proof, prove_now
from tradewind.messages.sender import keeper
from tradewind.workspaces import actions as workspaces
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)
SHORT_LEASES = {
    "TRADEWIND_CONNECT_SECONDS": "0.5",
    "TRADEWIND_READ_SECONDS": "1.5",
    "TRADEWIND_LEASE_SECONDS": "3",
}
LONG_LEASES = {"TRADEWIND_LEASE_SECONDS": "300"}  # longer than anybody waits here


OVERTAKEN = 400
"""Some 20 were seen, a quarter of a second of a number; whoever stood in line would let the whole queue by."""

STANDING_QUEUE = 100_000
"""What a claim costs must not grow with it; seen with 1,000,000 as well."""


def prove_all(lines: list[dict[str, object]]) -> None:
    """What the statuses of these messages would say."""
    prove_now(
        [
            Proof(marks.open_mark(str(line["callback_data"])) or b"", str(line["wamid"]), float(str(line["time"])))
            for line in lines
        ]
    )


def others_meanwhile(lines: list[dict[str, Any]], scene: Scene) -> int:
    """How many messages of other numbers Meta accepted before the last one of this scene."""
    own = {number.phone_number_id for number in scene.numbers}
    ranks = [rank for rank, line in enumerate(lines) if line["number"] in own]
    return ranks[-1] + 1 - len(ranks)


def more_than(simulator: Running, goal: int) -> bool:
    return len(simulator.lines()) > goal


@pytest.mark.slow
def test_a_sender_that_sleeps_past_its_lease_sends_nothing_when_it_wakes(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    simulator.admin("faults", {"slow": {"rate": 1.0, "seconds": [0.1, 0.2]}})
    run = scene.run()
    scene.queue(run, scene.people(500))
    with working(recover.step), sender_processes(1, **SHORT_LEASES) as (first,):
        wait_for(lambda: len(simulator.lines()) - before > 80)
        os.kill(first.pid, signal.SIGSTOP)
        with sender_processes(1, **SHORT_LEASES):
            wait_for(lambda: len(simulator.lines()) - before > 250)
            os.kill(first.pid, signal.SIGCONT)
            wait_for(lambda: not Outbox.objects.filter(stage__in=("waiting", "claimed", "inflight")).exists())
    taken = sent_to(simulator.lines()[before:])
    assert max(taken.values()) == 1
    prove_all(simulator.lines()[before:])
    assert states(run)["accepted"] == len(taken)
    # What the sleeper had in flight and Meta did not take is in doubt, and only that.
    assert states(run).get("unknown", 0) == 500 - len(taken) <= 20


@pytest.mark.slow
def test_killed_senders_lose_nothing_and_send_nothing_twice(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    simulator.admin("faults", {"slow": {"rate": 1.0, "seconds": [0.05, 0.15]}})
    run = scene.run()
    scene.queue(run, scene.people(400))
    with working(recover.step):
        for goal in (60, 150, 250):
            with sender_processes(1, **SHORT_LEASES) as (victim,):
                wait_for(partial(more_than, simulator, before + goal))
                victim.kill()
        with sender_processes(1, **SHORT_LEASES):
            wait_for(lambda: not Outbox.objects.filter(stage__in=("waiting", "claimed", "inflight")).exists())
    taken = sent_to(simulator.lines()[before:])
    assert max(taken.values()) == 1
    prove_all(simulator.lines()[before:])
    final = states(run)
    assert final["accepted"] == len(taken)
    assert final.get("unknown", 0) == 400 - len(taken)
    assert sum(final.values()) == 400


@pytest.mark.slow
def test_sigterm_finishes_the_calls_under_way_and_gives_the_lanes_back(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    simulator.admin("faults", {"slow": {"rate": 1.0, "seconds": [0.8, 1.2]}})
    run = scene.run()
    scene.queue(run, scene.people(200))
    with sender_processes(1) as (sender,):
        wait_for(lambda: len(simulator.lines()) - before > 40)
        sender.terminate()
        assert sender.wait(PATIENCE_SECONDS) == 0
    assert not Outbox.objects.exclude(stage="waiting").exists()
    assert Attempt.objects.exclude(outcome__in=("accepted", "not_sent")).count() == 0
    assert states(run)["accepted"] == len(simulator.lines()) - before
    lane = Lane.objects.get()
    assert (lane.holder, lane.lease_until) == ("", None)


@pytest.mark.slow
def test_three_senders_share_the_numbers_fairly_and_take_over_from_a_dead_one(
    alice: Member, simulator: Running
) -> None:
    Scene.make(alice.workspace, simulator.about, numbers=8)

    def shares() -> list[int]:
        held = Lane.objects.exclude(holder="").filter(lease_until__gt=clock.now()).values_list("holder", flat=True)
        return sorted(Counter(held).values())

    with sender_processes(3, **SHORT_LEASES) as senders:
        wait_for(lambda: shares() == [2, 3, 3])
        senders[0].kill()
        wait_for(lambda: len(shares()) == 2 and sum(shares()) == 8)
    assert not Lane.objects.exclude(holder="").exists(), "those who stopped in good order gave theirs back"


@pytest.mark.slow
def test_a_dead_sender_is_succeeded_at_once_when_its_supervisor_says_so(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    run = scene.run(pacing={"delay_from_seconds": 0.05})
    scene.queue(run, scene.people(120))
    with sender_processes(1, TRADEWIND_PROCESS_MARK="c0ffee00", **LONG_LEASES) as (victim,):
        wait_for(lambda: len(simulator.lines()) - before > 10)
        victim.kill()
        victim.wait()
    left = Lane.objects.get()
    assert left.holder.endswith(":c0ffee00") and left.lease_until > clock.now() + timedelta(seconds=15)
    with working(recover.step), sender_processes(1, **LONG_LEASES):
        wait_for(lambda: Beat.objects.filter(name="sender").count() == 2)
        obituary.set_free(address(), "c0ffee00")
        wait_for(lambda: Lane.objects.exclude(holder=left.holder).filter(lease_until__gt=clock.now()).exists())
        assert clock.now() < left.lease_until, "before its lease would have been over"
        wait_for(lambda: not Outbox.objects.filter(stage__in=("waiting", "claimed")).exists())
    taken = sent_to(simulator.lines()[before:])
    assert max(taken.values()) == 1
    assert states(run)["accepted"] + Outbox.objects.count() == 120, "what was in flight is in doubt, and only that"
    assert Outbox.objects.count() <= 25, "no more than stand at the gate"


def test_a_clock_that_jumps_an_hour_sends_once_never_twice(scene: Scene, simulator: Running, quick_time: Path) -> None:
    before = len(simulator.lines())
    run = scene.run()
    scene.queue(run, scene.people(200))
    clock.write(quick_time, speed=1.0)
    with working(recover.step), sending(connect_seconds=0.5, read_seconds=1.5, lease_seconds=3.0):
        wait_for(lambda: len(simulator.lines()) - before > 40)
        clock.write(quick_time, at=clock.time() + 3_500, speed=1.0)
        wait_for(lambda: not Outbox.objects.filter(stage__in=("waiting", "claimed", "inflight")).exists())
    taken = sent_to(simulator.lines()[before:])
    assert max(taken.values()) == 1
    prove_all(simulator.lines()[before:])
    assert states(run)["accepted"] == len(taken) >= 150


def test_a_message_cancelled_in_the_middle_is_either_sent_or_cancelled(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    run = scene.run(category="utility")
    messages = scene.queue(run, scene.people(150))
    cancelled = set()
    with sending():
        for message in messages[::-2]:
            if actions.cancel(message, member=None):
                cancelled.add(message.pk)
        wait_for(lambda: not Outbox.objects.exists())
    taken = set(sent_to(simulator.lines()[before:]))
    assert cancelled and not cancelled & taken
    assert cancelled | taken == {message.pk for message in messages}
    assert set(Message.objects.filter(state="cancelled").values_list("pk", flat=True)) == cancelled


def test_the_kill_switch_stops_a_workspace_within_a_second(scene: Scene, simulator: Running, alice: Member) -> None:
    before = len(simulator.lines())
    run = scene.run()
    scene.queue(run, scene.people(400))
    with sending(sender_concurrency=20):
        wait_for(lambda: len(simulator.lines()) - before > 40)
        workspaces.stop_sending(by=alice, reason="test")
        stopped = len(simulator.lines())
        wait_for(lambda: Lane.objects.get().waiting_for == "workspace")
        wait_for(lambda: not Outbox.objects.filter(stage="inflight").exists())
        sent = len(simulator.lines())
        assert sent - stopped < 20 + 80, "what was under way, and a second of this number"
        time.sleep(1.5)
        assert len(simulator.lines()) == sent
        workspaces.resume_sending(by=alice)
        wait_for(lambda: not Outbox.objects.exists())
    assert states(run) == {"accepted": 400}


def test_p12_a_full_queue_does_not_delay_another_workspace_and_a_reply_overtakes(
    alice: Member, simulator: Running
) -> None:
    before = len(simulator.lines())
    simulator.admin("faults", {"slow": {"rate": 1.0, "seconds": [0.1, 0.2]}})
    big = Scene.make(alice.workspace, simulator.about, numbers=1)
    run = big.run()
    big.standing(run, STANDING_QUEUE)
    other = workspace("Small")
    about = {**simulator.about, "app_id": "42", "numbers": [
        {**number, "waba_id": f"9{number['waba_id']}"} for number in simulator.about["numbers"][4:]
    ]}  # fmt: skip
    small = Scene.make(other, about, numbers=1)
    with sending(sender_concurrency=30):
        wait_for(lambda: len(simulator.lines()) - before > 100)
        asked = len(simulator.lines())
        small.queue(small.run(category="utility"), small.people(10))
        wait_for(lambda: Message.objects.filter(workspace=other, state="accepted").count() == 10)
        assert others_meanwhile(simulator.lines()[asked:], small) < OVERTAKEN
        (person,) = big.people(1)
        big.open_window(person)
        big.hear(simulator, person)
        asked = len(simulator.lines())
        reply = actions.send(
            workspace=big.workspace, number=big.numbers[0], contact=person, category="service", author=alice,
            payload={"type": "text", "text": {"body": "Hello"}},
        )  # fmt: skip
        wait_for(lambda: Message.objects.filter(pk=reply.pk, state="accepted").exists())
        to = [line["recipient"] for line in simulator.lines()[asked:]]
        assert to.index(person.identities.get().value.lstrip("+")) < OVERTAKEN
        assert Outbox.objects.filter(run_id=run.pk).count() > STANDING_QUEUE - 10_000, "the campaign was still going on"
        with connection.cursor() as cursor:
            cursor.execute("UPDATE run SET state = 'closed'")


def test_after_hours_of_silence_the_sender_waits_for_a_person(scene: Scene, simulator: Running, alice: Member) -> None:
    before = len(simulator.lines())
    Beat.objects.create(
        name="sender", process="gone", at=clock.now() - timedelta(hours=8), started_at=clock.now(), detail={}
    )
    run = scene.run()
    scene.queue(run, scene.people(10))
    with sending():
        wait_for(lambda: Lane.objects.exists() or SafeMode.objects.exists())
        time.sleep(2.5)
        assert len(simulator.lines()) == before
        since, reason = queries.safe_mode() or (None, "")
        assert since is not None and "8.0 hours" in reason
        assert actions.end_safe_mode(member=alice)
        assert not actions.end_safe_mode(member=alice)
        wait_for(lambda: not Outbox.objects.exists())
    assert len(simulator.lines()) - before == 10
    assert SafeMode.objects.get().ended_by == alice


def test_p25_a_restored_database_is_not_sent_from(scene: Scene, simulator: Running) -> None:
    before = len(simulator.lines())
    Beat.objects.create(
        name="sender", process="before", at=clock.now(), started_at=clock.now(), detail={"place": "another:cluster"}
    )
    scene.queue(scene.run(), scene.people(5))
    with sending():
        wait_for(lambda: SafeMode.objects.exists())
        time.sleep(2.0)
    assert len(simulator.lines()) == before
    assert "restored" in SafeMode.objects.get().reason


def test_a_short_pause_or_an_empty_queue_needs_no_person(scene: Scene, simulator: Running) -> None:
    Beat.objects.create(
        name="sender", process="gone", at=clock.now() - timedelta(hours=8), started_at=clock.now(), detail={}
    )
    with sending():
        wait_for(lambda: Beat.objects.filter(name="sender").count() == 2)
        scene.queue(scene.run(), scene.people(3))
        wait_for(lambda: not Outbox.objects.exists())
    assert not SafeMode.objects.exists()


def test_clocks_that_differ_by_more_than_two_seconds_stop_the_sender(
    scene: Scene, simulator: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Late:
        monotonic = staticmethod(time.monotonic)

        @staticmethod
        def time() -> float:
            return time.time() - 3.0

    before = len(simulator.lines())
    monkeypatch.setattr(keeper, "time", Late)
    scene.queue(scene.run(), scene.people(5))
    with sending():
        wait_for(lambda: Beat.objects.filter(detail__halted_by="clock").exists())
        time.sleep(1.0)
        assert len(simulator.lines()) == before
        monkeypatch.setattr(keeper, "time", time)
        wait_for(lambda: not Outbox.objects.exists())
    assert len(simulator.lines()) - before == 5


def test_a_run_with_too_many_failures_pauses_itself(scene: Scene, simulator: Running) -> None:
    simulator.admin("faults", {"graph": {"131009": 0.5}})
    run = scene.run(stop_failed_share=0.2, pacing={"delay_from_seconds": 0.02})
    scene.queue(run, scene.people(600))
    with sending():
        wait_for(lambda: type(run).objects.filter(pk=run.pk, state="paused").exists())
    run.refresh_from_db()
    assert run.state_reason.startswith("failed: ")
    assert Outbox.objects.filter(stage="waiting").exists()


@pytest.mark.slow
def test_the_same_content_keeps_its_distance_between_two_numbers(alice: Member, simulator: Running) -> None:
    before = len(simulator.lines())
    scene = Scene.make(alice.workspace, simulator.about, numbers=2)
    scene.queue(scene.run(pacing={"content_gap_seconds": 2.0}), scene.people(8))
    with sender_processes(2):
        wait_for(lambda: not Outbox.objects.exists())
    lines = simulator.lines()[before:]
    moments = sorted((float(line["time"]), line["number"]) for line in lines)
    gaps = [after[0] - first[0] for first, after in pairwise(moments) if first[1] != after[1]]
    assert gaps and min(gaps) >= 2.0
