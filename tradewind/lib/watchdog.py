"""Watchdogs of long loops: a loop that makes no progress takes its process down, and the supervisor starts it anew.

The dog is a thread, so it barks when an event loop or a database call hangs, too. Work that is done piece by piece
calls `alive()` between the pieces: the dog of its thread, if there is one, hears it.
"""

import faulthandler
import os
import sys
import threading
import time
from typing import Self

from tradewind.lib import logs

LIMIT_SECONDS = 15.0
EXIT_CODE = 70  # EX_SOFTWARE in sysexits.h

# A look that comes this much late means that the whole process stood still (a laptop's lid, SIGSTOP): time in which
# the loop could not make progress either, so it does not count.
STANDSTILL = 3.0

_thread = threading.local()


class Watchdog:
    """Ends the process when `beat` was not called for `limit_seconds`; use it round the loop with `with`."""

    def __init__(self, name: str, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self.name = name
        self.limit_seconds = limit_seconds
        self.look_seconds = min(1.0, limit_seconds / 5)
        self._beaten_at = time.monotonic()
        self._over = threading.Event()

    def beat(self) -> None:
        """Tells that the loop made progress, or has nothing to do and knows it."""
        self._beaten_at = time.monotonic()

    @property
    def silent_seconds(self) -> float:
        """How long ago the last beat was."""
        return time.monotonic() - self._beaten_at

    def __enter__(self) -> Self:
        self.beat()
        _thread.dog = self
        threading.Thread(target=self._watch, name=f"watchdog {self.name}", daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        _thread.dog = None

    def _watch(self) -> None:
        looked_at = time.monotonic()
        while not self._over.wait(self.look_seconds):
            late = time.monotonic() - looked_at > self.look_seconds * STANDSTILL
            looked_at = time.monotonic()
            if late:
                self.beat()
            elif self.silent_seconds > self.limit_seconds:
                self._bark()

    def _bark(self) -> None:
        logs.get(__name__).error("loop makes no progress", loop=self.name, seconds=round(self.silent_seconds, 1))
        faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
        sys.stderr.flush()
        os._exit(EXIT_CODE)


def alive() -> None:
    """Tells the watchdog of this thread that the work goes on; where there is none it does nothing."""
    dog: Watchdog | None = getattr(_thread, "dog", None)
    if dog is not None:
        dog.beat()
