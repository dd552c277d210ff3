"""The circuit breaker of a number (delivery.md §1.7): too many unclear or failed calls in a minute give it a rest."""

from collections import deque

WINDOW_SECONDS = 60.0
LEAST_CALLS = 20
"""Fewer calls than this say nothing about a share."""
AMBIGUOUS_SHARE, ERROR_SHARE = 0.05, 0.10
FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 30.0, 480.0
CALM_SECONDS = 600.0
"""After so long without opening, the next rest is a short one again."""

LONGEST_REASON = 120
"""Characters of the lane's column."""

GOOD, AMBIGUOUS, ERROR = "good", "ambiguous", "error"


class Breaker:
    """Counts the calls of the last minute; opens for 30 s, then 60 s, … up to 8 minutes."""

    __slots__ = ("_calls", "_counts", "_opened_at", "_rest_seconds", "open_until", "reason")

    def __init__(self) -> None:
        self._calls: deque[tuple[float, str]] = deque()
        self._counts = {GOOD: 0, AMBIGUOUS: 0, ERROR: 0}
        self._rest_seconds = FIRST_REST_SECONDS
        self._opened_at = 0.0
        self.open_until = 0.0
        self.reason = ""

    def record(self, outcome: str, now: float, detail: str = "") -> bool:
        """Count a call's outcome (good, ambiguous, error); True when this opened the breaker.

        `detail` is what went wrong, in a sentence: the last one stands in the reason.
        """
        self._forget(now)
        self._calls.append((now, outcome))
        self._counts[outcome] += 1
        if now < self.open_until or not self._is_too_much():
            return False
        self._open(now, detail)
        return True

    def is_open(self, now: float) -> bool:
        """Whether the number rests."""
        return now < self.open_until

    @property
    def errors(self) -> int:
        """Errors within the last minute."""
        return self._counts[ERROR]

    def _is_too_much(self) -> bool:
        total = len(self._calls)
        if total < LEAST_CALLS:
            return False
        return self._counts[AMBIGUOUS] > AMBIGUOUS_SHARE * total or self._counts[ERROR] > ERROR_SHARE * total

    def _open(self, now: float, detail: str) -> None:
        is_calm = now - self._opened_at > CALM_SECONDS + self._rest_seconds
        self._rest_seconds = FIRST_REST_SECONDS if is_calm else min(self._rest_seconds * 2, LONGEST_REST_SECONDS)
        self._opened_at, self.open_until = now, now + self._rest_seconds
        share = AMBIGUOUS if self._counts[AMBIGUOUS] > AMBIGUOUS_SHARE * len(self._calls) else ERROR
        self.reason = f"{share} {self._counts[share]} of {len(self._calls)}{detail and f': {detail}'}"[:LONGEST_REASON]
        self._calls.clear()
        self._counts = {GOOD: 0, AMBIGUOUS: 0, ERROR: 0}

    def _forget(self, now: float) -> None:
        while self._calls and self._calls[0][0] <= now - WINDOW_SECONDS:
            self._counts[self._calls.popleft()[1]] -= 1
