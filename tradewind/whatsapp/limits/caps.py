"""At most so many in any stretch of so many seconds."""

from collections import deque
from typing import Self

_MARKS = 128
"""Into how many parts a window is cut at most: bounds the state, and costs at most 1/128 of the limit's use."""
_TICK_SECONDS = 1e-4
"""How far beyond the window something must lie to be out of it: more than a float of unix seconds can lose."""
_REWIND_SECONDS = 2.0
"""A clock that goes back further than this has been set; by less, it has been corrected."""


class SlidingCap:
    """At most `limit` in every stretch of `window_seconds`, wherever the stretch begins.

    Remembers what went as marks (time, count). What lies close together shares a mark, which leaves the window with its
    latest member, so the cap is never passed; what lies further apart than 1/128 of the window is remembered exactly.

    Times are unix seconds and should not fall. After a small step back the latest time seen counts; after a larger one
    everything remembered counts as if it had just gone, so that no stretch of real time passes the cap either.
    """

    __slots__ = ("_marks", "_used", "limit", "window_seconds")

    def __init__(self, limit: int, window_seconds: float) -> None:
        if limit < 0 or window_seconds <= 0:
            raise ValueError("A cap needs a limit of 0 or more and a window longer than 0 seconds.")
        self.limit = limit
        self.window_seconds = window_seconds
        self._marks: deque[list[float]] = deque()  # [first time, latest time, count]
        self._used = 0

    def available(self, now: float) -> int:
        """How many may go at this moment."""
        self._forget(now)
        return max(0, self.limit - self._used)

    def take(self, now: float, wanted: int = 1) -> int:
        """Use up to `wanted`; returns how many may go."""
        granted = min(wanted, self.available(now))
        if granted > 0:
            self.record(now, granted)
        return max(0, granted)

    def record(self, now: float, count: int = 1) -> None:
        """Count what went without asking (inbound messages share Meta's throughput), even beyond the cap."""
        now = self._forget(now)
        marks = self._marks
        if marks and now - marks[-1][0] < self.window_seconds / _MARKS:
            marks[-1][1] = now
            marks[-1][2] += count
        else:
            marks.append([now, now, count])
        self._used += count

    def postpone(self, taken_at: float, now: float) -> None:
        """One that was taken at `taken_at` goes only `now`, and counts from now on: until now it counted already."""
        now = self._forget(now)
        for mark in reversed(self._marks):
            if mark[0] <= taken_at <= mark[1] and mark[2] > 0:
                mark[2] -= 1
                self._used -= 1
                break
        self.record(now)

    def next_at(self, now: float, wanted: int = 1) -> float | None:
        """When `wanted` may go, if nothing else goes before: `now` itself or later; None if the cap never allows it."""
        if wanted > self.limit:
            return None
        missing = wanted - self.available(now)
        if missing <= 0:
            return now
        for _, latest, count in self._marks:
            missing -= int(count)
            if missing <= 0:
                return max(now, latest + self.window_seconds + 2 * _TICK_SECONDS)
        return None

    def to_json(self) -> list[list[float]]:
        """The state, to be kept with the lease: a list of at most about 130 [first time, latest time, count]."""
        return [list(mark) for mark in self._marks]

    @classmethod
    def from_json(cls, limit: int, window_seconds: float, state: list[list[float]] | None) -> Self:
        """A cap that goes on where `to_json` stopped; the limit may have changed since. None = nothing went yet."""
        cap = cls(limit, window_seconds)
        for first, latest, count in state or ():
            cap._marks.append([float(first), float(latest), int(count)])
            cap._used += int(count)
        return cap

    def _forget(self, now: float) -> float:
        """Drop what has left the window; returns the time that counts."""
        marks = self._marks
        if marks and now < marks[-1][1]:
            now = self._after_step_back(now)
        horizon = now - self.window_seconds - _TICK_SECONDS
        while marks and marks[0][1] < horizon:
            self._used -= int(marks.popleft()[2])
        return now

    def _after_step_back(self, now: float) -> float:
        latest = self._marks[-1][1]
        if latest - now <= _REWIND_SECONDS:
            return latest
        self._marks = deque([[now, now, self._used]])
        return now
