"""The projector as a loop of the worker: it survives a database that goes away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection

from tests.intake.world import Desk, business, in_a_loop, post
from tests.waiting import LONGEST_SECONDS, wait_until
from tradewind.cli.worker import Runner
from tradewind.intake import projector
from tradewind.intake.halving import carefully
from tradewind.journal.connections import address
from tradewind.lib.loops import Loop
from tradewind.lib.watchdog import Watchdog
from tradewind.messages.models import Message
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)


class Working(Runner):
    """The projector as the worker runs it."""

    def __init__(self, over: threading.Event) -> None:
        super().__init__(Loop("intake.projector", self.project, idle_seconds=0.02), over)
        self.backend = 0

    def project(self) -> bool:
        """A step, and whose it is: known before anything can come of it."""
        connection.ensure_connection()
        self.backend = connection.connection.info.backend_pid
        return projector.step()

    def cut(self) -> None:
        """End the connection that the projector has."""
        with psycopg.connect(address(), autocommit=True) as killer:
            was_alive = killer.execute("SELECT pg_terminate_backend(%s, 5000)", [self.backend]).fetchone()
        assert was_alive == (True,)


@contextmanager
def working() -> Iterator[Working]:
    """The projector in a thread."""
    over = threading.Event()
    runner = Working(over)
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        yield runner
    finally:
        over.set()
        thread.join(LONGEST_SECONDS)
        assert not thread.is_alive()


def wait_for_messages(count: int) -> None:
    wait_until(lambda: Message.objects.count() >= count, "no progress")


def write(desk: Desk, text: str) -> None:
    assert in_a_loop(post(desk, desk.message(text))) == 200


def test_p2_it_goes_on_after_its_connection_was_cut(alice: Member) -> None:
    desk = business(alice.workspace)
    with working() as runner:
        write(desk, "one")
        wait_for_messages(1)
        for number in range(2, 5):
            runner.cut()
            write(desk, f"text {number}")
            wait_for_messages(number)
    assert runner.steps > 0


def test_two_workers_share_the_work_and_nothing_is_done_twice(alice: Member) -> None:
    first, second = business(alice.workspace), business(alice.workspace)
    with working(), working():
        for n in range(20):
            write(first if n % 2 else second, f"text {n}")
        wait_for_messages(20)
    assert Message.objects.count() == 20


def test_p11_the_door_waits_for_nobody_who_holds_the_rooms(alice: Member) -> None:
    """A report, a campaign and the projector may hold all tables and the app's lock: a status is stored all the same.

    What waited would be refused (503) when the door's own patience ends. How fast it is `tradewind bench acknowledge`
    measures.
    """
    desk = business(alice.workspace)
    with psycopg.connect(address()) as holder:
        holder.execute("LOCK TABLE message, contact, journal, outbox, tally, number, run IN ACCESS EXCLUSIVE MODE")
        holder.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [projector.LOCK_SPACE, desk.app.pk])
        holder.execute("SELECT count(*) FROM webhook_inbox, webhook_waiting")
        assert in_a_loop(post(desk, desk.status("wamid.x", "read"))) == 200
        assert projector.project_app(desk.app.pk) == 0
        holder.rollback()
    assert projector.project_app(desk.app.pk) == 1


@pytest.mark.parametrize(("problem", "longest"), [(OperationalError("gone"), 1.0), (ValueError("a bug"), 5.0)])
def test_p2_a_database_that_is_away_is_asked_for_every_second(problem: Exception, longest: float) -> None:
    def fail() -> bool:
        raise problem

    runner = Runner(Loop("fails", fail), threading.Event())
    rests = [runner.step() for _ in range(10)]
    assert rests[0] < 0.5
    assert max(rests) == longest


def test_a_batch_full_of_poison_keeps_the_watchdog_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each bad event is tried three times with pauses: thousands of them take longer than any watchdog waits."""
    buried: list[int] = []
    with Watchdog("projector") as dog:
        beats: list[int] = []
        monkeypatch.setattr(dog, "beat", lambda: beats.append(len(buried)))
        carefully(range(6), lambda some: 1 / 0, lambda thing, error, tries: buried.append(thing))  # type: ignore[arg-type,return-value]
    assert buried == list(range(6))
    assert set(range(6)) <= set(beats)
