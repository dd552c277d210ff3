"""Senders for tests: one in a thread, or several processes that can be killed."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvloop

from tradewind import config
from tradewind.messages.sender.process import Sender

# For a machine on which everything takes ten times as long; where being quick is the promise, the test says a time.
PATIENCE_SECONDS = 120.0


@contextmanager
def sending(**settings: Any) -> Iterator[Sender]:
    """A sender in a thread of this process, with these settings changed; stopped in good order at the end."""
    changed = config.load().model_copy(update=settings)
    sender = Sender(changed)
    problem: list[BaseException] = []

    def work() -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(sender.run())
        except BaseException as error:
            problem.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        wait_for(lambda: sender.state is not None or problem)
        yield sender
    finally:
        state = sender.state
        if state is not None and thread.is_alive():
            sender.stop_from_thread()
        thread.join(30)
        assert not thread.is_alive(), "the sender does not stop"
    if problem:
        raise problem[0]


@contextmanager
def sender_processes(count: int, **env: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Real sender processes on this test's database; whatever is left is killed at the end."""
    running = [start_process(**env) for _ in range(count)]
    try:
        yield running
    finally:
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def start_process(**env: str) -> subprocess.Popen[bytes]:
    code = "from tradewind.messages.sender import main; main()"
    surroundings = {**os.environ, "DATABASE_URL": address(), **env}
    return subprocess.Popen([sys.executable, "-c", code], env=surroundings)


def address() -> str:
    """The test's database as a postgresql:// address."""
    from django.db import connection

    params = connection.get_connection_params()
    return f"postgresql://{params.get('user', '')}@/{params['dbname']}?host={params['host']}"


def wait_for(done: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """The first true value of `done`; fails loudly when it never comes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := done():
            return found
        time.sleep(0.02)
    raise AssertionError(f"it did not come within {seconds} s")
