"""The simulator's one seam to time.

With TRADEWIND_CLOCK set, time is `tradewind.lib.clock` and a change is written to its file, so that every process of
the
installation moves together. Alone, the simulator keeps a virtual clock of its own in memory.
"""

import json
import os
import time
from datetime import datetime
from pathlib import Path


class Clock:
    """Virtual unix seconds that can be advanced, set and sped up."""

    def __init__(self) -> None:
        self._anchor_real = time.time()
        self._anchor_virtual = self._anchor_real
        self._speed = 1.0
        self.shared_path = _shared_path()
        if self.shared_path and self.shared_path.exists():
            self._read()

    def time(self) -> float:
        """Now, in (virtual) unix seconds."""
        if self.shared_path:
            from tradewind.lib import clock as shared

            return shared.time()
        return self._anchor_virtual + (time.time() - self._anchor_real) * self._speed

    @property
    def speed(self) -> float:
        """Virtual seconds in one real second."""
        if self.shared_path:
            self._read()
        return self._speed

    def advance(self, seconds: float) -> None:
        """Jump forward (or, to test it, back) by virtual seconds."""
        self._anchor(self.time() + seconds, self.speed)

    def run_at(self, speed: float) -> None:
        """Let `speed` virtual seconds pass in each real second from now on."""
        self._anchor(self.time(), speed)

    def set(self, moment: datetime) -> None:
        """Jump to a moment."""
        self._anchor(moment.timestamp(), self.speed)

    def _anchor(self, virtual: float, speed: float) -> None:
        self._anchor_real, self._anchor_virtual, self._speed = time.time(), virtual, speed
        if self.shared_path:
            self._write(self.shared_path)

    def _read(self) -> None:
        assert self.shared_path is not None
        known = json.loads(self.shared_path.read_text())
        self._anchor_real, self._anchor_virtual = float(known["anchor_real"]), float(known["anchor_virtual"])
        self._speed = float(known["speed"])

    def _write(self, path: Path) -> None:
        known = {"anchor_real": self._anchor_real, "anchor_virtual": self._anchor_virtual, "speed": self._speed}
        beside = path.with_suffix(f".{os.getpid()}.part")
        beside.write_text(json.dumps(known))
        beside.replace(path)


def _shared_path() -> Path | None:
    setting = os.environ.get("TRADEWIND_CLOCK", "")
    return Path(setting.removeprefix("file:")) if setting.startswith("file:") else None
