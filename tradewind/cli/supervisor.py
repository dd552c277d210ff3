"""The supervisor: starts the processes of an installation, starts again what dies, and stops them all.

It owns the console's listening socket and hands it down, so that connections wait in the socket's queue while web
processes are replaced. It holds the embedded PostgreSQL and brings it back when it crashed. Nothing of it survives: if
the supervisor itself is killed, its children end by `lib.lifeline`, and PostgreSQL by its keeper.
"""

import fcntl
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from tradewind.cli.child import Child, python
from tradewind.cli.hearing import Hear
from tradewind.cli.output import Refusal
from tradewind.lib.postgres import Cluster, PostgresError

LOOK_SECONDS = 0.05
GRACE_SECONDS = 10.0
LONGEST_WAIT_FOR_DATABASE = 5.0
SIMULATOR = "simulator"
KINDS = ("web", "sender", "worker")


class Supervisor:
    """Watches the processes of one data folder. `start`, then `run` (or call `look` yourself), then `stop`."""

    def __init__(
        self,
        run_folder: Path,
        *,
        hear: Hear,
        cluster: Cluster | None = None,
        after_death: Callable[[Child], None] = lambda child: None,
    ) -> None:
        """`after_death` is told of each process that ended by itself or was killed."""
        self.run_folder = run_folder
        self._after_death = after_death
        self.hear = hear
        self.cluster = cluster
        self.children: list[Child] = []
        self.restarts = 0
        self._wake = threading.Event()
        self._lock: IO[str] | None = None
        self._database_pause_until = 0.0

    def add(self, child: Child) -> None:
        self.children.append(child)

    def start(self) -> None:
        """Starts everything. Raises `Refusal` when another supervisor runs on this data folder."""
        self.run_folder.mkdir(parents=True, exist_ok=True)
        self._claim_folder()
        for child in self.children:
            self._start(child)

    def run(self) -> None:
        """Looks after everything until `ask_to_stop`."""
        while not self._wake.wait(LOOK_SECONDS):
            self.look()

    def ask_to_stop(self) -> None:
        """Ends `run`; safe in a signal handler and from another thread."""
        self._wake.set()

    def look(self) -> None:
        """One round: notes who died, starts again whose pause is over."""
        self._look_at_database()
        for child in self.children:
            self._look_at(child)

    def stop(self) -> None:
        """SIGTERM to all, the simulator last so that the others can finish their calls; SIGKILL after the grace."""
        for wave in (
            [c for c in self.children if c.kind != SIMULATOR],
            [c for c in self.children if c.kind == SIMULATOR],
        ):
            self._stop_wave(wave)
        if self._lock:
            (self.run_folder / "supervisor.json").unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def note(self, **facts: Any) -> None:
        """Writes what others may want to know, such as the address, beside the children's files."""
        path = self.run_folder / "supervisor.json"
        path.write_text(json.dumps({"pid": os.getpid(), **facts}))

    def _start(self, child: Child) -> None:
        child.start()
        again = f" again (start {child.starts})" if child.starts > 1 else ""
        self.hear("tradewind", f"{child.name} started{again}, process {child.pid}")

    def _look_at(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.start_again_at:
                self.restarts += 1
                self._start(child)
        elif child.process.poll() is not None:
            pause = child.plan_restart()
            self.hear("tradewind", f"{child.name} {child.how_it_ended()}; starting again in {pause:.1f} s")
            child.collect(1)
            self._after_death(child)
            child.process = None

    def _look_at_database(self) -> None:
        """Brings the embedded server back; its users reconnect by themselves."""
        if self.cluster is None or time.monotonic() < self._database_pause_until or self.cluster.is_running():
            return
        self.hear("tradewind", "PostgreSQL is gone; starting it again")
        try:
            self.cluster.start()
            self.hear("tradewind", f"PostgreSQL started again, process {self.cluster.status().pid}")
        except (PostgresError, OSError) as error:  # a full disk takes neither settings nor log
            self.hear("tradewind", f"{error} Trying again in {LONGEST_WAIT_FOR_DATABASE:.0f} s.")
            self._database_pause_until = time.monotonic() + LONGEST_WAIT_FOR_DATABASE

    def _stop_wave(self, wave: list[Child]) -> None:
        for child in wave:
            child.signal(signal.SIGTERM)
            child.signal(signal.SIGCONT)  # a stopped process could not obey
        deadline = time.monotonic() + GRACE_SECONDS
        for child in wave:
            if not child.collect(deadline - time.monotonic()):
                self.hear("tradewind", f"{child.name} did not stop in {GRACE_SECONDS:.0f} s; ending it by force")
                child.signal(signal.SIGKILL)
                child.collect(5)

    def _claim_folder(self) -> None:
        self._lock = (self.run_folder / "supervisor.lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            raise Refusal(f"Tradewind already runs on {self.run_folder.parent}{self._where()}.") from None
        for stale in self.run_folder.glob("*-*.json"):
            stale.unlink(missing_ok=True)  # of a supervisor that was killed

    def _where(self) -> str:
        try:
            known = json.loads((self.run_folder / "supervisor.json").read_text())
            return f" (process {known['pid']}, {known.get('address', 'no address')})"
        except (OSError, ValueError, KeyError):
            return ""


def listen(host: str, port: int) -> socket.socket:
    """The console's socket; port 0 takes a free one. Raises `Refusal` when the port is taken."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048, reuse_port=False)
    except OSError as error:
        raise Refusal(f"Port {port} of {host} cannot be used: {error.strerror}. Choose another with --port.") from error


def children_of(
    counts: Mapping[str, int], *, listener: socket.socket | None, env: dict[str, str], run_folder: Path, hear: Hear
) -> Iterable[Child]:
    """The processes of an installation: so many of each of KINDS."""
    for kind in KINDS:
        for number in range(1, counts.get(kind, 0) + 1):
            command = python("tradewind.cli.run", kind)
            inherit: tuple[int, ...] = ()
            if kind == "web":
                assert listener is not None
                inherit = (listener.fileno(),)
                command.append(str(listener.fileno()))
            yield Child(kind, number, command, env, run_folder, hear, inherit)
