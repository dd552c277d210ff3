"""The one clock: every time that code or SQL acts on comes from here.

With `TRADEWIND_CLOCK` unset it is the machine's clock. With `TRADEWIND_CLOCK=file:/path` it is virtual: the file
holds `{"anchor_real": …, "anchor_virtual": …, "speed": …}` (both anchors in Unix seconds), and the time is
`anchor_virtual + (real - anchor_real) * speed`. Speed 0 stands still; speed 1440 lives a day in a minute. All
processes of an installation read the same file, so that a month can be simulated without any of them disagreeing.
"""

import json
import os
import tempfile
import time as real
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

VARIABLE = "TRADEWIND_CLOCK"

# A changed file is noticed after at most this long; reading it more often would cost the hot paths a system call.
REREAD_SECONDS = 0.2


class ClockError(RuntimeError):
    """The clock is set up wrongly; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A point where real and virtual time are known to meet, and how fast virtual time runs from there."""

    real: float
    virtual: float
    speed: float

    def at(self, real_seconds: float) -> float:
        """Virtual Unix seconds at a real Unix time."""
        return self.virtual + (real_seconds - self.real) * self.speed


REAL = Anchor(real=0.0, virtual=0.0, speed=1.0)


class _Clock:
    """Where the time comes from, and the anchor last read from there."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.anchor = REAL
        self.read_again_at = 0.0

    def time(self) -> float:
        return real.time() if self.path is None else self.present().at(real.time())

    def present(self) -> Anchor:
        if self.path is not None and real.monotonic() >= self.read_again_at:
            self.anchor = _read(self.path)
            self.read_again_at = real.monotonic() + REREAD_SECONDS
        return self.anchor


def time() -> float:
    """Unix seconds, real or virtual."""
    return _current().time()


def now() -> datetime:
    """The time as an aware UTC datetime, real or virtual."""
    return datetime.fromtimestamp(_current().time(), UTC)


def is_virtual() -> bool:
    """Whether the time comes from a file instead of the machine."""
    return _current().path is not None


def speed() -> float:
    """Virtual seconds in one real second: 1.0 on the machine's clock, 0.0 when time stands still."""
    return _current().present().speed


def real_seconds(seconds: float) -> float:
    """How long to sleep in reality until `seconds` have passed on this clock: from a millisecond to an hour.

    A clock that stands still gives the re-reading interval, so that a sleeper notices when it moves again.
    """
    pace = speed()
    if pace <= 0:
        return REREAD_SECONDS
    return min(max(seconds / pace, 0.001), 3600.0)


def write(path: str | Path, *, at: datetime | float | None = None, speed: float = 1.0) -> None:
    """Sets the virtual clock in `path`: it shows `at` now (default: what it shows already) and runs at `speed`.

    The file is replaced in one step, so a reader sees the old or the new clock, never half of one.
    """
    path = Path(path)
    if speed < 0:
        raise ClockError("A virtual clock cannot run backwards: its speed must be 0 or more.")
    meeting = real.time()
    _replace(path, {"anchor_real": meeting, "anchor_virtual": _seconds(at, path, meeting), "speed": speed})
    if _clock is not None and _clock.path == path:
        _clock.read_again_at = 0.0


def use(setting: str | None) -> None:
    """Takes the time from `setting` (as in `TRADEWIND_CLOCK`; empty for the machine) from now on, in this process."""
    global _clock
    _clock = _Clock(_path(setting))


def forget() -> None:
    """Drops what `use` set; the environment decides again at the next question."""
    global _clock
    _clock = None


_clock: _Clock | None = None


def _current() -> _Clock:
    global _clock
    if _clock is None:
        _clock = _Clock(_path(os.environ.get(VARIABLE)))
    return _clock


def _path(setting: str | None) -> Path | None:
    if not setting:
        return None
    if not setting.startswith("file:"):
        raise ClockError(f"{VARIABLE} must be empty or file:/path/of/the/clock, not {setting!r}.")
    return Path(setting.removeprefix("file:"))


def _read(path: Path) -> Anchor:
    try:
        found = json.loads(path.read_bytes())
        return Anchor(float(found["anchor_real"]), float(found["anchor_virtual"]), float(found["speed"]))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ClockError(f"The virtual clock in {path} cannot be read: {error!r}.") from error


def _seconds(at: datetime | float | None, path: Path, meeting: float) -> float:
    if isinstance(at, datetime):
        return at.timestamp()
    if at is not None:
        return float(at)
    return _read(path).at(meeting) if path.exists() else meeting


def _replace(path: Path, content: dict[str, float]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(content, file)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
