"""The worker: all rooms' long loops, each in a thread with a database connection of its own, and the chores.

A loop that fails is logged and tried again, soon at first, then every few seconds; a database that is away is asked
for every second. A loop that makes no progress for 15 s ends the process (lib.watchdog), and the supervisor starts a
new one: every step is a short transaction, or says between its pieces that it is alive, so nothing is lost by that.
"""

import asyncio
import signal
import threading
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection
from procrastinate import App

from tradewind.journal import beats
from tradewind.lib import clock, garbage, logs
from tradewind.lib.loops import Loop
from tradewind.lib.watchdog import LIMIT_SECONDS, Watchdog

log = logs.get(__name__)

ROOMS = ("intake", "journal", "messages", "campaigns", "templates", "segments", "contacts", "numbers", "workspaces")
LONGEST_REST_SECONDS = 5.0
# A database that is away refuses at once, so to ask often costs little, and nothing stands still when it is back.
LONGEST_REST_WITHOUT_DATABASE_SECONDS = 1.0
BEAT_SECONDS = 2.0
CHORES = "chores"


def main() -> None:
    """Work until SIGTERM or SIGINT."""
    over = threading.Event()
    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, lambda *_: over.set())
    workers = [Runner(loop, over) for loop in loops()]
    threads = [threading.Thread(target=worker.run, name=worker.loop.name, daemon=True) for worker in workers]
    threads.append(threading.Thread(target=run_chores, args=(over,), name=CHORES, daemon=True))
    for thread in threads:
        thread.start()
    garbage.calm()
    log.info("worker started", loops=len(workers))
    beat_until(over, workers)
    for thread in threads:
        thread.join(timeout=LIMIT_SECONDS)
    log.info("worker stopped")


def loops() -> list[Loop]:
    """The loops that the rooms offer in their `loops.py`."""
    homes = [f"tradewind.{room}.loops" for room in ROOMS]
    return [loop for home in homes if find_spec(home) for loop in import_module(home).LOOPS]


class Runner:
    """One loop in its thread."""

    def __init__(self, loop: Loop, over: threading.Event) -> None:
        self.loop, self.over = loop, over
        self.steps = self.failures = 0
        self.problem = ""

    def run(self) -> None:
        with Watchdog(self.loop.name) as dog:
            while not self.over.is_set():
                rest = self.step()
                dog.beat()
                self.rest(rest, dog)
        connection.close()

    def step(self) -> float:
        """One step; returns how long to rest after it."""
        try:
            more = self.loop.step()
        except (OperationalError, InterfaceError, psycopg.OperationalError) as problem:
            connection.close()
            return min(LONGEST_REST_WITHOUT_DATABASE_SECONDS, self.failed("the database is away", problem))
        except Exception as problem:
            connection.close()
            log.exception("a step failed", loop=self.loop.name)
            return self.failed("a step failed", problem)
        self.steps += 1
        self.failures, self.problem = 0, ""
        return 0.0 if more else self.loop.idle_seconds

    def failed(self, what: str, problem: Exception) -> float:
        self.failures += 1
        self.problem = f"{what}: {problem}"[:300]
        log.warning(what, loop=self.loop.name, error=str(problem)[:300], failures=self.failures)
        return min(LONGEST_REST_SECONDS, 0.2 * 2 ** min(self.failures, 5))

    def rest(self, seconds: float, dog: Watchdog) -> None:
        """Rest in pieces, so that the dog knows that resting is meant."""
        while seconds > 0 and not self.over.wait(min(seconds, 1.0)):
            dog.beat()
            seconds -= 1.0


def beat_until(over: threading.Event, workers: list[Runner]) -> None:
    """Tell the health page of all loops, from the main thread, until the end."""
    started_at = clock.now()
    while not over.wait(BEAT_SECONDS):
        quietly(lambda: beats.beat(told_of(workers), started_at=started_at))
    quietly(beats.forget)
    connection.close()


def told_of(workers: list[Runner]) -> dict[str, dict[str, Any]]:
    return {
        worker.loop.name: {"steps": worker.steps, "failures": worker.failures, "problem": worker.problem}
        for worker in workers
    }


def quietly(act: Callable[[], None]) -> None:
    """Beats are news, not work: a database that is away must not end the worker."""
    try:
        act()
    except (OperationalError, InterfaceError) as problem:
        connection.close()
        log.warning("no beat: the database is away", error=str(problem)[:300])


def run_chores(over: threading.Event) -> None:
    """procrastinate's worker: plans, syncs, schedules. It is started again when the database was away."""
    while not over.is_set():
        try:
            asyncio.run(chores(over))
        except Exception as problem:
            log.warning("chores interrupted; starting again", error=str(problem)[:300])
            over.wait(1.0)


async def chores(over: threading.Event) -> None:
    from procrastinate.contrib.django import app

    worker_connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # Django's has it
    with app.replace_connector(worker_connector) as working:
        async with working.open_async():
            await work_until(over, working)


async def work_until(over: threading.Event, working: App) -> None:
    task = asyncio.create_task(
        working.run_worker_async(
            install_signal_handlers=False, fetch_job_polling_interval=1.0, concurrency=2, listen_notify=True
        )
    )
    while not over.is_set() and not task.done():
        await asyncio.sleep(0.2)
    if not task.done():
        task.cancel()
    await asyncio.gather(task, return_exceptions=over.is_set())
