"""The way in beside the way out: a real door on a free port, and the loops of the worker, for whole-way tests."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from django.db import connections

from tradewind.intake import projector
from tradewind.intake.door import door
from tradewind.messages import reconcile, recover

Step = Callable[[], bool]


@contextmanager
def open_door() -> Iterator[str]:
    """The webhook door in a thread; its address."""
    server = uvicorn.Server(
        uvicorn.Config(door, host="127.0.0.1", port=0, log_level="error", lifespan="off", loop="asyncio")
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def working(*steps: Step) -> Iterator[None]:
    """The worker's loops in one thread: projector, recovery, reconciliation."""
    over = threading.Event()
    problems: list[BaseException] = []

    def work() -> None:
        try:
            while not over.is_set():
                more = [step() for step in steps or (projector.step, recover.step, reconcile.step)]
                if not any(more):
                    over.wait(0.05)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(20)
        assert problems == []
