"""Meta's limit between one business number and one person (error 131056): 1 message in 6 seconds, with bursts of 45
that borrow from the future. Kept as a GCRA, whose whole state is one time (cloud-api.md §8)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PairRate:
    """The rule; the state of a pair is its `debt_until`: the unix time at which all that was sent is paid for.

    A pair that is not known, or whose debt lies in the past, has none (pass 0.0), so old pairs can be forgotten.
    """

    seconds_per_message: float = 6.0
    burst: int = 45

    @property
    def tolerance_seconds(self) -> float:
        """How far ahead the debt may lie when another message goes: a burst's worth less the one that goes."""
        return (self.burst - 1) * self.seconds_per_message

    def may_go(self, debt_until: float, now: float) -> bool:
        """Whether one more message may go at this moment."""
        return debt_until - now <= self.tolerance_seconds

    def next_at(self, debt_until: float, now: float) -> float:
        """When the next message may go: `now` itself or later."""
        at = max(now, debt_until - self.tolerance_seconds)
        return at if self.may_go(debt_until, at) else at + 1e-4

    def how_many(self, debt_until: float, now: float) -> int:
        """How many may go at once at this moment."""
        room = self.tolerance_seconds - max(0.0, debt_until - now)
        return int(room // self.seconds_per_message) + 1 if room >= 0 else 0

    def after(self, debt_until: float, now: float, count: int = 1) -> float:
        """The new state when so many go at this moment."""
        return max(debt_until, now) + count * self.seconds_per_message

    def after_refusal(self, debt_until: float, now: float, attempts_made: int) -> float:
        """The new state after a 131056: the next message waits 4^n seconds, whatever we had counted."""
        wait_seconds = 4.0 ** min(attempts_made, 6)
        return max(debt_until, now + wait_seconds + self.tolerance_seconds)


PAIR_RATE = PairRate()
