"""One process under the supervisor: how it is started, what it says, and when it may start again."""

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
PARENT = "TRADEWIND_SUPERVISOR_PID"
MARK = "TRADEWIND_PROCESS_MARK"

# The first restart comes at once for a person's eye; a process that cannot live is tried every 5 s.
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
HEALTHY_SECONDS = 10.0  # who lived that long starts with the first pause again
KEPT_LINES = 20


@dataclass(slots=True)
class Child:
    """A process that should run: its command, and the process that runs it now."""

    kind: str
    number: int
    command: list[str]
    env: dict[str, str]
    run_folder: Path
    hear: Callable[[str, str], None]  # called with (name, line) for each line of output
    inherit: tuple[int, ...] = ()
    hear_first: Callable[[str], None] | None = None  # gets the first line of stdout of each start, instead of `hear`
    process: "subprocess.Popen[bytes] | None" = None
    mark: str = ""  # no other start of any process has it
    starts: int = 0
    failures: int = 0  # how often in a row it ended soon and by itself
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    started_at: float = 0.0
    pause_seconds: float = FIRST_PAUSE_SECONDS
    start_again_at: float = 0.0
    readers: list[threading.Thread] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.number}"

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.poll() is None else None

    @property
    def run_file(self) -> Path:
        return self.run_folder / f"{self.name}.json"

    def start(self) -> None:
        """Starts the process in a session of its own: Ctrl-C is for the supervisor, which then asks its children."""
        self.mark = secrets.token_hex(4)
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.env | {PARENT: str(os.getpid()), MARK: self.mark, "PYTHONUNBUFFERED": "1"},
            cwd=ROOT,
            pass_fds=self.inherit,
            start_new_session=True,
        )
        self.starts += 1
        self.started_at = time.monotonic()
        self._note()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.readers = [self._read(self.process.stdout, self.hear_first), self._read(self.process.stderr, None)]

    def plan_restart(self) -> float:
        """After it ended: when it may start again. Returns the pause in seconds."""
        if self._was_killed() or time.monotonic() - self.started_at >= HEALTHY_SECONDS:
            self.pause_seconds, self.failures = FIRST_PAUSE_SECONDS, 0
        else:
            self.failures += 1
        pause = self.pause_seconds
        self.start_again_at = time.monotonic() + pause
        self.pause_seconds = min(pause * 2, LONGEST_PAUSE_SECONDS)
        return pause

    def _was_killed(self) -> bool:
        """Whether somebody ended it from outside: then it is not its fault, and it comes back at once."""
        return self.process is not None and self.process.returncode in (-signal.SIGKILL, -signal.SIGTERM)

    def how_it_ended(self) -> str:
        """`killed by SIGKILL` or `ended with code 1`."""
        code = self.process.returncode if self.process else 0
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    def signal(self, which: signal.Signals) -> None:
        """Sends a signal if it runs."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(which)

    def collect(self, seconds: float) -> bool:
        """Waits for its end at most so long; whether it ended."""
        if self.process is None:
            return True
        try:
            self.process.wait(timeout=max(seconds, 0.01))
        except subprocess.TimeoutExpired:
            return False
        for reader in self.readers:
            reader.join(timeout=1)
        self.run_file.unlink(missing_ok=True)
        return True

    def _note(self) -> None:
        """Tells others its pid: chaos kills by these files, and `doctor` shows them."""
        about = {"kind": self.kind, "number": self.number, "pid": self.pid, "starts": self.starts}
        draft = self.run_file.with_suffix(".new")
        try:
            draft.write_text(json.dumps(about))
            draft.replace(self.run_file)
        except OSError as error:  # a full disk is no reason not to run
            self.hear(self.name, f"{self.run_file} could not be written: {error.strerror}")

    def _read(self, stream: IO[bytes], first: Callable[[str], None] | None) -> threading.Thread:
        def pass_on() -> None:
            hear = first
            with stream:
                for raw in stream:
                    line = raw.decode(errors="replace").rstrip("\n")
                    if hear:
                        hear(line)
                        hear = None
                    else:
                        self.last_lines.append(line)
                        self.hear(self.name, line)

        reader = threading.Thread(target=pass_on, name=f"output of {self.name}", daemon=True)
        reader.start()
        return reader


def python(*arguments: str) -> list[str]:
    """The command that runs a module of ours with this Python."""
    return [sys.executable, "-m", *arguments]
