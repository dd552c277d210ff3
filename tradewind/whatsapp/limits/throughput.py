"""Meta's limit of messages a second for each business number, in and out together (error 130429)."""

from typing import Any, Self

from tradewind.whatsapp.limits.caps import SlidingCap

STANDARD_PER_SECOND = 80
HIGH_PER_SECOND = 1_000
COEXISTENCE_PER_SECOND = 20
"""cloud-api.md §8: the three levels that a number can have."""

_WINDOW_SECONDS = 1.0
_MARGIN_SECONDS = 1 / 64
"""The window is kept this much longer than Meta's second: what leaves us in 1.0156 s may arrive there within 1 s."""
_RECOVERY_SECONDS = 60.0
"""How long after the last 130429 a halved number has its full speed again."""
_SLOWEST = 1 / 16


class Throughput:
    """At most `per_second` in any sliding second, spread evenly, with at least 95 % of it usable.

    Two rules hold together. A sliding cap gives the guarantee: a plain bucket of one second's depth would let twice the
    limit through around a quiet moment. A shallow bucket (an eighth of a second's worth) spreads the messages, so
    that a jitter of the network cannot push two bursts into one second at Meta's side.
    """

    __slots__ = ("_cap", "_kept_free", "_slowed_at", "_slowed_to", "_tokens", "_updated_at", "per_second")

    def __init__(self, per_second: int = STANDARD_PER_SECOND) -> None:
        if per_second < 1:
            raise ValueError("A throughput is 1 message a second or more.")
        self.per_second = per_second
        self._cap = SlidingCap(per_second, _WINDOW_SECONDS + _MARGIN_SECONDS)
        self._tokens = self._depth
        self._updated_at: float | None = None
        self._slowed_to = 1.0
        self._slowed_at = 0.0
        self._kept_free = 0.0

    def available(self, now: float) -> int:
        """How many may go at this moment."""
        self._refill(now)
        used = self.per_second - self._cap.available(now)
        return max(0, min(int(self._tokens), self._allowed(now) - used))

    def take(self, now: float, wanted: int = 1) -> int:
        """Use up to `wanted`; returns how many may go now."""
        granted = max(0, min(wanted, self.available(now)))
        if granted:
            self.record(now, granted)
        return granted

    def record(self, now: float, count: int = 1) -> None:
        """Count messages that went without asking: those that came in share the limit."""
        self._refill(now)
        self._cap.record(now, count)
        self._tokens = max(0.0, self._tokens - count)

    def postpone(self, taken_at: float, now: float) -> None:
        """A message that was let go at `taken_at` leaves only `now`: Meta will count it from now."""
        self._refill(now)
        self._cap.postpone(taken_at, now)

    def next_at(self, now: float) -> float:
        """When the next one may go, if nothing else goes before: `now` itself or later."""
        if self.available(now) >= 1:
            return now
        rate = self._rate(now)
        by_bucket = now + max(0.0, 1.0 - self._tokens) / rate
        by_cap = self._cap.next_at(now, self.per_second - self._allowed(now) + 1)
        return max(by_bucket, by_cap if by_cap is not None else now + _WINDOW_SECONDS) + 1e-6

    def keep_free(self, per_second: float) -> None:
        """Leave room for so many messages a second that come in: they share the limit and ask nobody."""
        self._kept_free = max(0.0, per_second)

    def slow_down(self, now: float) -> None:
        """Halve the speed after a 130429, to a sixteenth at least; it comes back evenly over a minute."""
        self._refill(now)
        self._slowed_to = max(_SLOWEST, self.factor(now) / 2)
        self._slowed_at = now

    def factor(self, now: float) -> float:
        """The share of the limit in use at this moment: 1.0 unless slowed down."""
        passed = max(0.0, now - self._slowed_at) / _RECOVERY_SECONDS
        return min(1.0, self._slowed_to + (1.0 - self._slowed_to) * passed)

    def to_json(self) -> dict[str, Any]:
        """The state, to be kept with the number's lease: a few kilobytes at most."""
        return {
            "cap": self._cap.to_json(),
            "tokens": self._tokens,
            "updated_at": self._updated_at,
            "slowed_to": self._slowed_to,
            "slowed_at": self._slowed_at,
        }

    @classmethod
    def from_json(cls, per_second: int, state: dict[str, Any] | None) -> Self:
        """A limit that goes on where `to_json` stopped; the level may have changed since. None = nothing went yet."""
        throughput = cls(per_second)
        if state:
            throughput._cap = SlidingCap.from_json(per_second, _WINDOW_SECONDS + _MARGIN_SECONDS, state["cap"])
            throughput._tokens = min(float(state["tokens"]), throughput._depth)
            throughput._updated_at = state["updated_at"]
            throughput._slowed_to = float(state["slowed_to"])
            throughput._slowed_at = float(state["slowed_at"])
        return throughput

    @property
    def _depth(self) -> float:
        """Enough to lose next to nothing when a busy machine wakes the sender up to 100 ms late; two at least."""
        return max(2.0, self.per_second / 8)

    def _share(self, now: float) -> float:
        """Messages a second that may leave: one at least, whatever comes in."""
        return max(1.0, self.per_second * self.factor(now) - self._kept_free)

    def _allowed(self, now: float) -> int:
        return max(1, int(self._share(now)))

    def _rate(self, now: float) -> float:
        """Tokens a second: what the sliding cap allows on average, so that the two rules agree."""
        return self._share(now) / (_WINDOW_SECONDS + _MARGIN_SECONDS)

    def _refill(self, now: float) -> None:
        if self._updated_at is not None and now > self._updated_at:
            self._tokens = min(self._depth, self._tokens + (now - self._updated_at) * self._rate(self._updated_at))
        self._updated_at = now
