"""The event wheel: everything that happens later, in the order of virtual time."""

import asyncio
import heapq
from collections.abc import Callable
from typing import Any

from tradewind.simulator.clock import Clock

TICK_SECONDS = 0.01  # events of one tick leave together, so a loaded simulator batches by itself
LONGEST_NAP_SECONDS = 0.2  # a shared clock file may be moved by another process: look again this often
EVENTS_BEFORE_A_BREATH = 500


class Wheel:
    """A heap of (due, number, verb, arguments). Verbs get the moment they were due, not the moment they ran."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = 0
        self._woken = asyncio.Event()

    def __len__(self) -> int:
        return len(self._heap)

    def at(self, due: float, verb: Callable[..., None], *arguments: Any) -> None:
        """Call `verb(due, *arguments)` at the virtual moment `due`."""
        self._count += 1
        if not self._heap or due < self._heap[0][0]:
            self._woken.set()
        heapq.heappush(self._heap, (due, self._count, verb, arguments))

    def wake(self) -> None:
        """Look at the clock again now: it was moved."""
        self._woken.set()

    def clear(self) -> None:
        """Forget everything that was to happen."""
        self._heap.clear()

    def next_due(self) -> float | None:
        """The moment of the next event, or None."""
        return self._heap[0][0] if self._heap else None

    def turn(self, now: float, most: int = EVENTS_BEFORE_A_BREATH) -> int:
        """Run what is due, at most `most` events; the number of events run."""
        heap, ran = self._heap, 0
        while ran < most and heap and heap[0][0] <= now:
            due, _, verb, arguments = heapq.heappop(heap)
            verb(due, *arguments)
            ran += 1
        return ran

    async def run(self) -> None:
        """Turn for ever."""
        while True:
            if self.turn(self._clock.time()) == EVENTS_BEFORE_A_BREATH:
                await asyncio.sleep(0)
                continue
            await self._nap()

    async def _nap(self) -> None:
        self._woken.clear()
        await asyncio.sleep(TICK_SECONDS)
        due = self.next_due()
        wait = LONGEST_NAP_SECONDS if due is None else (due - self._clock.time()) / max(self._clock.speed, 1e-6)
        if wait <= 0 or self._woken.is_set():
            return
        try:
            await asyncio.wait_for(self._woken.wait(), min(wait, LONGEST_NAP_SECONDS))
        except TimeoutError:
            return
