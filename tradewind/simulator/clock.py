"""The simulator's one seam to time.

With TRADEWIND_CLOCK set, time is `tradewind.lib.clock` and a change is written to its file, so that every process of
the installation moves together. Alone, the simulator keeps a virtual clock of its own in memory.
"""

import os
import time
from pathlib import Path

from tradewind.lib import clock as shared


class Clock:
    """Virtual unix seconds that can be advanced, set and sped up."""

    def __init__(self) -> None:
        self._anchor_real = self._anchor_virtual = time.time()
        self._speed = 1.0
        self.shared_path = _shared_path()
        if self.shared_path and not self.shared_path.exists():
            shared.write(self.shared_path)

    def time(self) -> float:
        """Now, in (virtual) unix seconds."""
        if self.shared_path:
            return shared.time()
        return self._anchor_virtual + (time.time() - self._anchor_real) * self._speed

    @property
    def speed(self) -> float:
        """Virtual seconds in one real second."""
        return shared.speed() if self.shared_path else self._speed

    def move(self, *, to: float | None = None, by: float = 0.0, speed: float | None = None) -> None:
        """Jump `to` a moment (unix seconds), then `by` seconds, and run at `speed` from there; all in one step."""
        virtual = (self.time() if to is None else to) + by
        pace = self.speed if speed is None else speed
        if self.shared_path:
            shared.write(self.shared_path, at=virtual, speed=pace)
        else:
            self._anchor_real, self._anchor_virtual, self._speed = time.time(), virtual, pace


def _shared_path() -> Path | None:
    setting = os.environ.get(shared.VARIABLE, "")
    return Path(setting.removeprefix("file:")) if setting.startswith("file:") else None
