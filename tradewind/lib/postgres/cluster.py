"""One cluster in one data folder: making, starting, stopping, asking."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from tradewind.lib.postgres import binaries, bootstrap, places, settings
from tradewind.lib.postgres.errors import PostgresError
from tradewind.lib.postgres.postmaster import Postmaster, read

Mode = Literal["smart", "fast", "immediate"]
# What the postmaster does on a signal (PostgreSQL's documentation, "Shutting Down the Server").
STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}

START_SECONDS = 300  # recovery after a crash replays up to max_wal_size
STOP_SECONDS = 60
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Status:
    """How a cluster stands."""

    is_made: bool
    is_running: bool
    pid: int | None
    major: int | None
    folder: Path
    account: str | None  # the account that it runs as when that is not ours


def ensure(data: str | Path, *, fast: bool = False) -> str:
    """The address of the cluster in DIR/postgres, which is made and started if need be; holds it until we end.

    `fast` gives up durability and is for tests only. Raises `PostgresError`.
    """
    cluster = Cluster(Path(data), fast=fast)
    cluster.start()
    return cluster.url()


class Cluster:
    """The cluster of a data folder. Any number of processes may have one of these for the same folder."""

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        self.folder = folder.expanduser().absolute()
        self.fast = fast

    def url(self, *, database: str = bootstrap.DATABASE, user: str = bootstrap.ROLE) -> str:
        """The libpq address of a database in the cluster, by default as the role that owns the application's."""
        return f"postgresql://{user}@/{database}?host={quote(str(self._places().socket), safe='')}"

    def status(self) -> Status:
        found = self._places()
        running = self._running()
        return Status(
            is_made=(found.data / "PG_VERSION").exists(),
            is_running=running is not None,
            pid=running.pid if running else None,
            major=_major_of(found.data),
            folder=found.home,
            account=found.owner.name if found.owner else None,
        )

    def is_running(self) -> bool:
        """Whether the server lives; it may still be starting or recovering."""
        return self._running() is not None

    def start(self) -> None:
        """Makes the cluster if it is missing, starts it if it stands still, and holds it as long as we live."""
        self.run_folder.mkdir(parents=True, exist_ok=True)
        _hold(self.run_folder / "postgres.users.lock")
        with _locked(self.run_folder / "postgres.start.lock"):
            if not self._becomes_ready():
                self._launch()
            self._prepare_once()

    def stop(self, mode: Mode = "fast") -> None:
        """Stops the server for everybody and waits until it is gone; `immediate` is a crash."""
        running = self._running()
        if running is None:
            return
        os.kill(running.pid, STOP_SIGNALS[mode])
        if not _wait_until(lambda: not running.is_alive, STOP_SECONDS):
            raise PostgresError(f"PostgreSQL (process {running.pid}) did not stop in {STOP_SECONDS} seconds.")

    def release(self) -> None:
        """Lets go of the cluster before we end; the keeper stops it if nobody else holds it."""
        _release(self.run_folder / "postgres.users.lock")

    def destroy(self) -> None:
        """Stops the server at once and deletes all its data."""
        self.stop("immediate")
        self.release()
        found = self._places()
        for folder in (found.home, found.socket):
            shutil.rmtree(folder, ignore_errors=True)
        (self.folder / "postgres").unlink(missing_ok=True)

    @property
    def run_folder(self) -> Path:
        return self.folder / "run"

    def _places(self) -> places.Places:
        return places.places(self.folder)

    def _running(self) -> Postmaster | None:
        return read(self._places().data)

    def _becomes_ready(self) -> bool:
        """Whether a server runs already; one that is starting, recovering or stopping is waited for."""

        def has_settled() -> bool:
            running = self._running()
            return running is None or running.is_ready

        if not _wait_until(has_settled, START_SECONDS):
            raise PostgresError(f"PostgreSQL in {self._places().home} was not ready after {START_SECONDS} seconds.")
        return self._running() is not None

    def _prepare_once(self) -> None:
        """Makes role and database, also when whoever made the cluster was killed before."""
        mark = self.run_folder / "postgres.prepared"
        made = str((self._places().data / "PG_VERSION").stat().st_ctime_ns)
        if not mark.exists() or mark.read_text() != made:
            bootstrap.prepare(self.url(database="postgres", user=bootstrap.SUPERUSER))
            mark.write_text(made)

    def _launch(self) -> None:
        usable = binaries.find(major=_major_of(self._places().data))  # first, so that without any nothing is made
        found = places.prepare(self.folder)
        server = places.reachable(usable, found)
        if not (found.data / "PG_VERSION").exists():
            bootstrap.make(server, found)
        _write_settings(found.data / "tradewind.conf", settings.text(found.socket, fast=self.fast))
        self._wait_until_ready(self._start_keeper(server, found), found)

    def _start_keeper(self, server: binaries.Binaries, found: places.Places) -> "_Keeper":
        """Starts the process that starts the server and stops it after the last of its users."""
        command = [sys.executable, "-m", "tradewind.lib.postgres.keeper", str(server.folder), str(found.data)]
        owner = [str(found.owner.uid), str(found.owner.gid)] if found.owner else ["-", "-"]
        with (self.run_folder / "postgres.start.log").open("w") as log:
            _keepers[:] = [keeper for keeper in _keepers if keeper.poll() is None]
            keeper = _Keeper(
                [*command, str(self.run_folder), *owner],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
                start_new_session=True,
            )
        _keepers.append(keeper)
        return keeper

    def _wait_until_ready(self, keeper: "_Keeper", found: places.Places) -> None:
        def has_settled() -> bool:
            running = read(found.data)
            return (running is not None and running.is_ready) or keeper.poll() is not None

        if not _wait_until(has_settled, START_SECONDS):
            raise PostgresError(f"PostgreSQL in {found.home} was not ready after {START_SECONDS} seconds.")
        if keeper.poll() is not None:
            raise PostgresError(f"PostgreSQL in {found.home} did not start: {self._last_words(found)}")

    def _last_words(self, found: places.Places) -> str:
        logs = [self.run_folder / "postgres.start.log", *sorted((found.home / "log").glob("*.log"), key=_changed)[-1:]]
        lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()]
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "rror" in line]
        return (telling or lines or ["it said nothing."])[-1].strip()


class _Keeper(subprocess.Popen[bytes]):
    """A process that is meant to outlive us: unlike its parent class, it does not mind being forgotten."""

    def __del__(self) -> None:
        if self.poll() is None:
            self.returncode = 0
        super().__del__()


_keepers: list[_Keeper] = []  # remembered so that those which ended can be asked for their exit code
_held: dict[Path, int] = {}  # lock file → open descriptor; the kernel lets go of them when we die


def _hold(lock: Path) -> None:
    """Counts this process among the users; waits while the keeper is just stopping the server."""
    if lock not in _held:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _held[lock] = descriptor


def _release(lock: Path) -> None:
    if lock in _held:
        os.close(_held.pop(lock))


@contextmanager
def _locked(lock: Path) -> Iterator[None]:
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _major_of(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _write_settings(path: Path, text: str) -> None:
    """Replaces the file instead of writing into it: we may be root, and the folder is another account's."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def _wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True
