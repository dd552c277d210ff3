"""A whole installation in a `with`: for `up`, the demo, the chaos run, benches and tests.

    with Stack(data=folder, simulator=True, processes={"web": 1, "sender": 2, "worker": 1}) as stack:
        stack.base_url, stack.simulator["token"], stack.pids("sender")
        stack.kill("sender")

The supervisor runs in a thread of this process. To use Django here against the stack's database: `stack.use_here()`.
"""

import contextlib
import json
import os
import shutil
import signal
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any, Self

from tradewind.cli import obituary
from tradewind.cli.child import Child, python
from tradewind.cli.hearing import Hear, Patient
from tradewind.cli.output import Refusal
from tradewind.cli.supervisor import SIMULATOR, Supervisor, children_of, listen
from tradewind.lib.postgres import Cluster

READY_SECONDS = 60.0
FAILURES_TO_GIVE_UP = 3
LOOK_SECONDS = 0.02
DEFAULT_PROCESSES = {"web": 1, "sender": 1, "worker": 1}


class Stack:
    """An installation that runs while the `with` lasts."""

    def __init__(
        self,
        *,
        data: Path | None = None,
        simulator: bool | Mapping[str, Any] = False,
        processes: Mapping[str, int] | None = None,
        env: Mapping[str, str] | None = None,
        database_url: str = "",
        fast: bool = False,
        migrate: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
        hear: Hear | None = None,
    ) -> None:
        """`data`: None makes a folder that is deleted at the end. `simulator`: True, or options of its command line
        such as `{"seed": 7, "world": path}`. `env` is added to that of all processes. `database_url`: an existing
        database instead of an embedded cluster, which `fast` makes without durability. `hear` gets each line of output
        as (process, line); by default they go to DIR/log/stack.log.
        """
        self._temporary = data is None
        self.data = (data or Path(tempfile.mkdtemp(prefix="tradewind-"))).expanduser().absolute()
        self.cluster = None if database_url else Cluster(self.data, fast=fast)
        self.database_url = database_url
        self.host, self.port = host, port
        self.simulator: dict[str, Any] = {}
        self._wanted = dict(DEFAULT_PROCESSES if processes is None else processes)
        self._simulator_options = None if simulator is False else dict(simulator if simulator is not True else {})
        self._env = dict(env or {})
        self._migrate = migrate
        self._hear = hear
        self._ending = contextlib.ExitStack()
        self._simulator_told = threading.Event()

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self._ending.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._ending.close()

    @property
    def base_url(self) -> str:
        """Where the console answers, without a slash at the end."""
        host = "localhost" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://{host}:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """The environment of the stack's processes."""
        own = {"TRADEWIND_DATA": str(self.data), "DATABASE_URL": self.database_url, "TRADEWIND_PORT": str(self.port)}
        own |= {"TRADEWIND_HOST": self.host, "DJANGO_SETTINGS_MODULE": "tradewind.settings"}
        if "TRADEWIND_PUBLIC_URL" not in os.environ:
            own["TRADEWIND_PUBLIC_URL"] = self.base_url
        return dict(os.environ) | own | self._env

    def use_here(self) -> None:
        """Sets Django up in this process against the stack's database; once in a process."""
        from tradewind import config

        os.environ |= self.env
        config.reload()
        import django

        django.setup()

    def pids(self, kind: str) -> list[int]:
        """The processes of a kind that live now."""
        return [child.pid for child in self._children(kind) if child.pid]

    def kill(self, kind: str, which: signal.Signals = signal.SIGKILL, *, index: int = 0) -> int:
        """Sends a signal to one process of a kind; returns its pid. Waits for one if all are just being restarted."""
        wait_until(lambda: self.pids(kind), f"no {kind} came back")
        pids = self.pids(kind)
        pid = pids[index % len(pids)]
        os.kill(pid, which)
        return pid

    def crash_database(self) -> None:
        """Stops the embedded PostgreSQL as a power cut would; the supervisor brings it back."""
        if self.cluster is None:
            raise Refusal("The database is not ours to crash: this stack uses one that was there.")
        self.cluster.stop("immediate")

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Returns when the console answers; raises `Refusal` when it does not, or when a process cannot start."""
        if self._wanted.get("web"):
            wait_until(self._answers, f"the console did not answer; see {self.log_path}", seconds)

    @property
    def restarts(self) -> int:
        """How many times processes were started again."""
        return self._supervisor.restarts

    @property
    def log_path(self) -> Path:
        """All output of the processes, unless `hear` was given."""
        return self.data / "log" / "stack.log"

    def _begin(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        if self._temporary:
            self._ending.callback(shutil.rmtree, self.data, ignore_errors=True)
        hear = Patient(self._hear or self._ending.enter_context(LogFile(self.log_path)))
        self._supervisor = Supervisor(
            self.data / "run", hear=hear, cluster=self.cluster, after_death=partial(self._set_free, hear=hear)
        )
        listener = self._ending.enter_context(listen(self.host, self.port))
        self.port = listener.getsockname()[1]
        self._start_database()
        if self._migrate:
            self._bring_database_up_to_date(hear)
        if self._simulator_options is not None:
            self._supervisor.add(self._simulator(hear))
        for child in children_of(
            self._wanted, listener=listener, env=self.env, run_folder=self.data / "run", hear=hear
        ):
            self._supervisor.add(child)
        self._watch()
        self.wait_until_ready()

    def _start_database(self) -> None:
        if self.cluster is None:
            return
        self._ending.callback(self.cluster.release)
        if self._temporary:
            self._ending.callback(self.cluster.destroy)
        self.cluster.start()
        self.database_url = self.cluster.url()

    def _bring_database_up_to_date(self, hear: Hear) -> None:
        """In a process of its own: this one may belong to the supervisor alone, and stay small."""
        done = run_to_end(python("tradewind.cli", "migrate", "--json", "--data", str(self.data)), env=self.env)
        told = json.loads((done or ["{}"])[-1])
        if "error" in told:
            raise Refusal(f"The database could not be brought up to date: {told['error']}")
        if told.get("applied"):
            hear("tradewind", f"database brought up to date: {len(told['applied'])} migrations")

    def _watch(self) -> None:
        """Starts everything in the thread that watches it: children are tied to the thread that started them."""
        problem: list[BaseException] = []
        started = threading.Event()

        def watch() -> None:
            try:
                self._supervisor.start()
            except BaseException as error:
                problem.append(error)
            started.set()
            if not problem:
                self._supervisor.run()
            self._supervisor.stop()

        thread = threading.Thread(target=watch, name="supervisor")
        thread.start()
        self._ending.callback(thread.join)
        self._ending.callback(self._supervisor.ask_to_stop)
        started.wait()
        if problem:
            raise problem[0]
        self._supervisor.note(address=self.base_url, port=self.port)
        if self._simulator_options is not None and not self._simulator_told.wait(READY_SECONDS):
            raise Refusal(f"The simulator did not start; see {self.log_path}.")

    def _simulator(self, hear: Hear) -> Child:
        options = {"port": free_port(), **(self._simulator_options or {})}
        command = python("tradewind.cli.run", SIMULATOR)
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        run_folder = self.data / "run"
        return Child(SIMULATOR, 1, command, self.env, run_folder, hear, hear_first=self._learn_of_simulator)

    def _learn_of_simulator(self, line: str) -> None:
        self.simulator = json.loads(line)
        self._simulator_told.set()

    def _set_free(self, child: Child, *, hear: Hear) -> None:
        if child.kind == "sender":
            obituary.publish(self.database_url, child.mark, hear)

    def _children(self, kind: str) -> list[Child]:
        return [child for child in self._supervisor.children if child.kind == kind]

    def _answers(self) -> bool:
        for child in self._supervisor.children:
            if child.failures >= FAILURES_TO_GIVE_UP:
                raise Refusal(f"{child.name} does not start. Its last words:\n" + "\n".join(child.last_lines))
        try:
            with urllib.request.urlopen(f"{self.base_url}/health/live", timeout=5) as answer:  # noqa: S310 - http, ours
                return bool(answer.status < 500)
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False


class LogFile:
    """Collects lines of output in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("a", buffering=1)
        return self

    def __call__(self, name: str, line: str) -> None:
        if self._file and not self._file.closed:
            self._file.write(f"{name} | {line}\n")

    def __exit__(self, *exception: object) -> None:
        if self._file:
            self._file.close()


def wait_until(condition: Callable[[], Any], otherwise: str, seconds: float = READY_SECONDS) -> None:
    """Waits for a condition; raises `Refusal` with `otherwise` when it takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Refusal(f"After {seconds:.0f} seconds {otherwise}.")
        time.sleep(LOOK_SECONDS)


def run_to_end(command: list[str], *, env: dict[str, str]) -> list[str]:
    """Runs a command of ours and returns its lines of output, whatever its exit code."""
    import subprocess

    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode and not done.stdout.strip():
        raise Refusal(f"{' '.join(command[1:4])} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout.splitlines()


def free_port() -> int:
    """A port that nobody uses now."""
    with listen("127.0.0.1", 0) as found:
        return int(found.getsockname()[1])
