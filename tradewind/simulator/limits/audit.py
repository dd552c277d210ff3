"""A second, independent count of what was accepted: sliding windows over the accept log, and every refusal by a limit.

The limits decide; the audit only looks. A test can therefore hold the one against the other.
"""

from collections import Counter, deque
from typing import Any


class Peak:
    """The most events seen in any window of `seconds`."""

    __slots__ = ("_moments", "_seconds", "most", "total")

    def __init__(self, seconds: float) -> None:
        self._seconds, self._moments, self.most, self.total = seconds, deque[float](), 0, 0

    def note(self, at: float) -> None:
        """One event happened at `at`; moments must not fall."""
        moments = self._moments
        moments.append(at)
        while moments[0] <= at - self._seconds:
            moments.popleft()
        self.total += 1
        if len(moments) > self.most:
            self.most = len(moments)


class Audit:
    """What passed and what was refused, for `GET /_simulator/state`."""

    def __init__(self) -> None:
        self.accepted = 0
        self.refused: Counter[int] = Counter()
        self.violations: Counter[str] = Counter()
        self.requests = 0
        self.received = 0
        self.failed: Counter[int] = Counter()
        self.faults: Counter[str] = Counter()
        self.people_peak: dict[str, int] = {}
        self._numbers: dict[str, Peak] = {}
        self._pairs: dict[tuple[str, str], Peak] = {}
        self.pair_peak = 0

    def note_accepted(self, number: str, at: float) -> None:
        """A message passed on `number`."""
        self.accepted += 1
        peak = self._numbers.get(number)
        if peak is None:
            peak = self._numbers[number] = Peak(1.0)
        peak.note(at)

    def note_pair(self, pair: tuple[str, str], at: float) -> None:
        """A message passed to one person (kept only while pair limits hold)."""
        peak = self._pairs.get(pair)
        if peak is None:
            peak = self._pairs[pair] = Peak(6.0)
        peak.note(at)
        self.pair_peak = max(self.pair_peak, peak.most)
        if len(self._pairs) > 50_000:
            self._pairs.clear()  # the peak so far is kept; only half-filled windows are lost

    def note_people(self, portfolio: str, count: int) -> None:
        """A portfolio has now reached `count` people in 24 hours."""
        if count > self.people_peak.get(portfolio, 0):
            self.people_peak[portfolio] = count

    def as_json(self) -> dict[str, Any]:
        """All counters."""
        return {
            "accepted": self.accepted,
            "received": self.received,
            "failed": {str(code): count for code, count in sorted(self.failed.items())},
            "requests": self.requests,
            "refused": {str(code): count for code, count in sorted(self.refused.items())},
            "violations": sum(self.violations.values()),
            "violations_by_limit": dict(self.violations),
            "faults": dict(self.faults),
            "numbers": {
                name: {"accepted": peak.total, "most_in_one_second": peak.most} for name, peak in self._numbers.items()
            },
            "most_to_one_person_in_six_seconds": self.pair_peak,
            "most_people_in_24_hours": self.people_peak,
        }
