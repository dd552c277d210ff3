"""`tradewind up`: PostgreSQL (when embedded), web, sender and worker, watched, in the foreground."""

import signal
import sys
import threading
from types import FrameType
from typing import Annotated, Self

import typer

from tradewind.cli import environment
from tradewind.cli.output import DEFAULT_DATA, AsJson, Data, finish, say

WIDTH = 11


def add_to(app: typer.Typer) -> None:
    app.command()(up)


def up(
    host: Annotated[str, typer.Option(envvar="TRADEWIND_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="TRADEWIND_PORT", min=0, max=65535, help="0 takes a free one.")] = 8000,
    migrate: Annotated[bool, typer.Option(help="Bring the database up to date first.")] = True,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Start everything and watch it, until Ctrl-C."""
    from tradewind.cli.stack import Stack

    config = environment.of_data(data, TRADEWIND_HOST=host, TRADEWIND_PORT=str(port))
    config.secret_keys  # noqa: B018 - made, or refused, before anything starts
    processes = {"web": config.web_processes, "sender": config.sender_processes, "worker": config.worker_processes}
    with (
        StopSignal() as stopped,
        Stack(
            data=config.data,
            processes=processes,
            database_url=config.database_url,
            migrate=migrate,
            host=host,
            port=port,
            hear=hear,
        ) as stack,
    ):
        stopped.is_up = True
        say(f"\n  Tradewind is at {config.public_url or stack.base_url}    (Ctrl-C stops it)\n")
        stopped.wait()
        say("Stopping …")
        restarts = stack.restarts
    finish({"stopped": True, "restarts": restarts}, as_json=as_json, lines="Stopped.")


def hear(name: str, line: str) -> None:
    """A line of a process, with its name before it."""
    print(f"{name:<{WIDTH}}│ {line}", file=sys.stderr, flush=True)


class StopSignal:
    """Turns Ctrl-C and SIGTERM into an end in good order: while starting, by giving up; later, by an event."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.is_up = False  # from when on asking to stop is an end and no interruption

    def __enter__(self) -> Self:
        self._before = {which: signal.signal(which, self._asked) for which in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *exception: object) -> None:
        for which, handler in self._before.items():
            signal.signal(which, handler)

    def wait(self) -> None:
        """Returns when somebody asked to stop."""
        self._event.wait()

    def _asked(self, which: int, frame: FrameType | None) -> None:
        if not self.is_up and not self._event.is_set():
            self._event.set()
            raise KeyboardInterrupt
        self._event.set()
