"""The projector as a loop of the worker: it survives a database that goes away."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.intake.world import Desk, business, in_a_loop, post
from tradewind.cli.worker import Runner
from tradewind.intake import projector
from tradewind.journal.connections import address
from tradewind.lib.loops import Loop
from tradewind.messages.models import Message
from tradewind.workspaces.models import Member

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def working() -> Iterator[Runner]:
    """The projector in a thread, as the worker runs it."""
    over = threading.Event()
    runner = Runner(Loop("intake.projector", projector.step, idle_seconds=0.02), over)
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        yield runner
    finally:
        over.set()
        thread.join(10)
        assert not thread.is_alive()


def wait_for_messages(count: int, seconds: float = 15.0) -> float:
    began = time.monotonic()
    while Message.objects.count() < count:
        assert time.monotonic() - began < seconds, "no progress"
        time.sleep(0.02)
    return time.monotonic() - began


def cut_projector() -> None:
    """End the backends of the projector, which are known by what they asked last."""
    with psycopg.connect(address(), autocommit=True) as killer:
        cursor = killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND query LIKE '%WITH RECURSIVE apps%'"
        )
        assert cursor.rowcount == 1


def write(desk: Desk, text: str) -> None:
    assert in_a_loop(post(desk, desk.message(text))) == 200


def test_p2_it_goes_on_after_its_connection_was_cut(alice: Member) -> None:
    desk = business(alice.workspace)
    with working() as runner:
        write(desk, "one")
        wait_for_messages(1)
        for number in range(2, 5):
            cut_projector()
            write(desk, f"text {number}")
            assert wait_for_messages(number) < 15
    assert runner.steps > 0


def test_two_workers_share_the_work_and_nothing_is_done_twice(alice: Member) -> None:
    first, second = business(alice.workspace), business(alice.workspace)
    with working(), working():
        for n in range(20):
            write(first if n % 2 else second, f"text {n}")
        wait_for_messages(20)
    assert Message.objects.count() == 20
