"""How fast a run may go by its owner's own wish (product.md B4), beside Meta's limits, which hold in any case.

    pacing = Pacing.from_json({**PRESETS["careful"], "per_hour": 120})
    pace = Pace()                          one number's history, shared by all runs that it sends
    pace.next_at(pacing, now)              when the next message may go: `now` or later, in unix seconds
    pace.record(now, pacing)               one of this run has gone

Pure: the time is a parameter, the state goes out as small JSON. A number has one history and each run its own policy,
so two careful runs on one number stay together below the number's limits.

The rhythm is kept from due time to due time: a message that leaves a little late does not push the ones after it, but
never comes closer to its neighbour than the policy's shortest delay. The caps count what has really gone.
"""

import math
import random
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from tradewind.whatsapp.limits import SlidingCap

PRESETS: Final[dict[str, dict[str, float | int]]] = {
    # The market's advice for numbers on a phone app (product.md B4).
    "careful": {
        "delay_from_seconds": 3.0,
        "delay_to_seconds": 5.0,
        "per_minute": 15,
        "pulse_messages": 50,
        "pulse_pause_seconds": 120.0,
        "pulse_jitter_from_seconds": 5.0,
        "pulse_jitter_to_seconds": 10.0,
        "per_hour": 200,
        "content_gap_seconds": 15.0,
        "warmup_days": 3,
        "warmup_per_day": 50,
    },
    # Ten a second from each number: an eighth of what Meta allows a standard number; new numbers warm up.
    "balanced": {
        "per_minute": 600,
        "warmup_days": 3,
        "warmup_per_day": 50,
    },
    # As fast as Meta allows.
    "fast": {},
}

WARN_PER_MINUTE: Final = 20
"""Past this many a minute the console warns (B4: 10 to 15 are recommended)."""

_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
_BREATH = 6.0
"""A minute's messages are spread: no more than a tenth of them in this many seconds, so that replies come evenly."""
_LATE_SECONDS = 0.25
"""What a message may be late without changing the rhythm; after a longer rest the rhythm begins anew."""
_BOUNDLESS = 1 << 40
_REWIND_SECONDS = 2.0
"""A clock that goes back further than this has been set, and what lies in its future counts as just gone."""


class PacingError(ValueError):
    """A pacing that makes no sense; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """A run's policy for each of its numbers; 0 = no such limit. Durations in seconds, counts in messages."""

    delay_from_seconds: float = 0.0
    delay_to_seconds: float = 0.0
    per_minute: int = 0
    pulse_messages: int = 0
    pulse_pause_seconds: float = 0.0
    pulse_jitter_from_seconds: float = 0.0
    pulse_jitter_to_seconds: float = 0.0
    per_hour: int = 0
    content_gap_seconds: float = 0.0
    """Least distance between the same content from two different numbers; see ContentPace."""
    warmup_days: int = 0
    warmup_per_day: int = 0

    @classmethod
    def from_json(cls, given: dict[str, Any] | None) -> Self:
        """Reads `Run.pacing`. Raises PacingError for unknown names, negative figures and ranges upside down."""
        given = given or {}
        names = {field.name for field in fields(cls)}
        if unknown := sorted(set(given) - names):
            raise PacingError(f"Pacing knows no {unknown[0]!r}.")
        try:
            pacing = cls(**{name: _number(name, value) for name, value in given.items()})  # type: ignore[arg-type]
        except TypeError as error:
            raise PacingError("Every figure of a pacing is a number.") from error
        pacing._check()
        return pacing

    def _check(self) -> None:
        if any(value < 0 for value in asdict(self).values()):
            raise PacingError("No figure of a pacing may be negative.")
        if self.delay_to_seconds and self.delay_from_seconds > self.delay_to_seconds:
            raise PacingError("The shortest delay is longer than the longest.")
        if self.pulse_jitter_to_seconds and self.pulse_jitter_from_seconds > self.pulse_jitter_to_seconds:
            raise PacingError("The shortest jitter is longer than the longest.")
        if self.pulse_messages and not self.pulse_pause_seconds:
            raise PacingError("A pulse needs a pause after it.")

    def to_json(self) -> dict[str, float | int]:
        """What differs from "no limit", for `Run.pacing`."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def is_free(self) -> bool:
        """Whether only Meta's limits hold."""
        return not (self.delay_from_seconds or self.delay_to_seconds or self.per_minute or self.pulse_messages
                    or self.per_hour or self.content_gap_seconds)  # fmt: skip

    def delay(self, chance: float) -> float:
        """From one message's due time to the next one's, for a chance in [0, 1).

        A pace that only says "so many a minute" is spread evenly over the minute instead of going in a burst.
        """
        longest = max(self.delay_from_seconds, self.delay_to_seconds)
        if not longest and self.per_minute:
            return _MINUTE / self.per_minute
        return self.delay_from_seconds + chance * (longest - self.delay_from_seconds)

    @property
    def shortest_delay(self) -> float:
        """What two messages are apart at least; where the policy names no delay, half of their even spread."""
        if self.per_minute and not self.delay_from_seconds and not self.delay_to_seconds:
            return _MINUTE / self.per_minute / 2
        return self.delay_from_seconds

    def pulse_pause(self, chance: float) -> float:
        """The pause after a pulse, jitter included, for a chance in [0, 1)."""
        longest = max(self.pulse_jitter_from_seconds, self.pulse_jitter_to_seconds)
        jitter = self.pulse_jitter_from_seconds + chance * (longest - self.pulse_jitter_from_seconds)
        return self.pulse_pause_seconds + jitter

    def is_warming(self, days_old: float | None) -> bool:
        """Whether the warm-up holds for a number that sends since so many days (None = not a new number)."""
        return bool(self.warmup_per_day) and days_old is not None and days_old < self.warmup_days


def _number(name: str, value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PacingError(f"{name} must be a number, not {value!r}.")
    if not math.isfinite(value):
        raise PacingError(f"{name} must be a finite number.")
    wants_whole = name in ("per_minute", "pulse_messages", "per_hour", "warmup_days", "warmup_per_day")
    if wants_whole and value != int(value):
        raise PacingError(f"{name} must be a whole number, not {value!r}.")
    return int(value) if wants_whole else float(value)


class Rests:
    """How many messages went since the last rest of at least so long, for any "so long".

    Keeps for each rest only what a later, longer one has not made meaningless: a falling staircase, a few steps high.
    """

    __slots__ = ("_count", "_steps")

    MOST_STEPS = 64

    def __init__(self) -> None:
        self._count = 0
        self._steps: list[tuple[float, int]] = []  # (rest in seconds, number of the message after it), rests falling

    def record(self, rest_seconds: float) -> None:
        """A message went after this rest."""
        self._count += 1
        while self._steps and self._steps[-1][0] <= rest_seconds:
            self._steps.pop()
        self._steps.append((rest_seconds, self._count))
        del self._steps[: -self.MOST_STEPS]  # forgetting the longest rests only makes us wait more

    def since(self, rest_seconds: float) -> int:
        """Messages since the last rest of at least this length; all of them if there was none."""
        for rest, first in reversed(self._steps):
            if rest >= rest_seconds:
                return self._count - first + 1
        return self._count

    def to_json(self) -> list[Any]:
        return [self._count, *[[rest, first] for rest, first in self._steps]]

    @classmethod
    def from_json(cls, state: list[Any]) -> Self:
        rests = cls()
        rests._count = int(state[0])
        rests._steps = [(float(rest), int(first)) for rest, first in state[1:]]
        return rests


class Pace:
    """What one number has sent under pacing. Times are unix seconds and should not fall."""

    __slots__ = ("_breath", "_chance", "_day", "_due_at", "_hour", "_last_at", "_minute", "_rests")

    def __init__(self) -> None:
        self._last_at: float | None = None
        self._due_at = 0.0  # when the last one should have gone: `_last_at`, or a little before
        self._chance = (0.0, 0.0)  # of the delay and of the pause after the last message
        self._rests = Rests()
        self._breath = SlidingCap(_BOUNDLESS, _BREATH)
        self._minute = SlidingCap(_BOUNDLESS, _MINUTE)
        self._hour = SlidingCap(_BOUNDLESS, _HOUR)
        self._day = SlidingCap(_BOUNDLESS, _DAY)

    def next_at(self, pacing: Pacing, now: float, *, days_old: float | None = None, ahead: int = 0) -> float:
        """When the next message of a run with this policy may go: `now` itself or later.

        `ahead`: so many go before it, each as soon as it may; then the answer is a good guess and never too late.
        """
        at = max(now, self._after_delay(pacing, now, ahead), self._after_pulse(pacing, now, ahead))
        for history, cap in self._caps(pacing, days_old):
            at = max(at, _free_at(history, cap, now, ahead))
        return at

    def record(self, now: float, pacing: Pacing | None = None) -> None:
        """One has gone at this moment; with its run's policy the rhythm goes on from its due time."""
        last = self._last(now)
        self._rests.record(0.0 if last is None else max(0.0, now - last))
        rhythm = now if pacing is None or last is None else self._due(now) + pacing.delay(self._chance[0])
        self._due_at = min(now, max(rhythm, now - _LATE_SECONDS))
        self._last_at = now
        self._chance = self._draw()
        for history in (self._breath, self._minute, self._hour, self._day):
            history.record(now)

    def _draw(self) -> tuple[float, float]:
        return random.random(), random.random()

    def forget(self) -> None:
        """As if nothing had gone yet: before it is rebuilt from what is known."""
        self.__init__()  # type: ignore[misc]

    @property
    def has_gone(self) -> bool:
        """Whether anything went yet."""
        return self._last_at is not None

    def waits_for(self, pacing: Pacing, now: float, *, days_old: float | None = None) -> str:
        """The name of the limit that holds the next message longest: delay, pulse, minute, hour, warmup or ""."""
        times = {"delay": self._after_delay(pacing, now, 0), "pulse": self._after_pulse(pacing, now, 0)}
        names = {id(self._hour): "hour", id(self._day): "warmup"}
        for history, cap in self._caps(pacing, days_old):
            name = names.get(id(history), "minute")
            times[name] = max(times.get(name, now), _free_at(history, cap, now, 0))
        name = max(times, key=lambda key: times[key])
        return name if times[name] > now else ""

    def to_json(self) -> dict[str, Any]:
        """The state, to be kept with the number's lease."""
        return {
            "last_at": self._last_at,
            "due_at": self._due_at,
            "chance": list(self._chance),
            "rests": self._rests.to_json(),
            "breath": self._breath.to_json(),
            "minute": self._minute.to_json(),
            "hour": self._hour.to_json(),
            "day": self._day.to_json(),
        }

    @classmethod
    def from_json(cls, state: dict[str, Any] | None) -> Self:
        """A history that goes on where `to_json` stopped; None = nothing went yet."""
        pace = cls()
        if state:
            pace._last_at = state["last_at"]
            pace._due_at = float(state.get("due_at") or state["last_at"] or 0.0)
            pace._chance = (float(state["chance"][0]), float(state["chance"][1]))
            pace._rests = Rests.from_json(state["rests"])
            pace._breath = SlidingCap.from_json(_BOUNDLESS, _BREATH, state.get("breath"))
            pace._minute = SlidingCap.from_json(_BOUNDLESS, _MINUTE, state["minute"])
            pace._hour = SlidingCap.from_json(_BOUNDLESS, _HOUR, state["hour"])
            pace._day = SlidingCap.from_json(_BOUNDLESS, _DAY, state["day"])
        return pace

    def _caps(self, pacing: Pacing, days_old: float | None) -> list[tuple[SlidingCap, int]]:
        breath = math.ceil(pacing.per_minute * _BREATH / _MINUTE)
        found = [(self._breath, breath), (self._minute, pacing.per_minute), (self._hour, pacing.per_hour)]
        if pacing.is_warming(days_old):
            found.append((self._day, pacing.warmup_per_day))
        return [(history, cap) for history, cap in found if cap]

    def _last(self, now: float) -> float | None:
        if self._last_at is not None and self._last_at > now + _REWIND_SECONDS:
            return now
        return self._last_at

    def _due(self, now: float) -> float:
        last = self._last(now)
        return self._due_at if last is not None and self._due_at <= last else now

    def _after_delay(self, pacing: Pacing, now: float, ahead: int) -> float:
        last = self._last(now)
        at = now
        if last is not None:
            at = max(last + pacing.shortest_delay, self._due(now) + pacing.delay(self._chance[0]))
        return at + ahead * pacing.delay(0.5)

    def _after_pulse(self, pacing: Pacing, now: float, ahead: int) -> float:
        last = self._last(now)
        if not pacing.pulse_messages or (last is None and ahead < pacing.pulse_messages):
            return now
        shortest = pacing.pulse_pause_seconds + pacing.pulse_jitter_from_seconds
        if self._rests.since(shortest) + ahead < pacing.pulse_messages:
            return now
        return (now if last is None else last) + pacing.pulse_pause(self._chance[1])


def _free_at(history: SlidingCap, cap: int, now: float, ahead: int) -> float:
    """When fewer than `cap` lie in the window, with those that go before."""
    if ahead >= cap:
        return now + history.window_seconds
    at = history.next_at(now, _BOUNDLESS - cap + 1 + ahead)
    return now if at is None else at
