"""A lane: one number that this sender holds, with its exact limits and what it has claimed for it.

A message goes queue → picked (on its way into an intent) → gate (intent committed) → calling. The throughput is taken
at the gate, just before the wire, so that no delay in between can push two messages into one of Meta's seconds. Paced
messages have a gate of their own: they are there a little before their time and hold nobody else up.
"""

import heapq
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import orjson

from tradewind.lib import clock
from tradewind.messages.pacing import Pace, Pacing
from tradewind.messages.sender.breaker import Breaker
from tradewind.messages.sender.row import Claimed
from tradewind.whatsapp.limits import PAIR_RATE, Throughput

AHEAD_SECONDS, PACED_AHEAD_SECONDS = 0.3, 0.25
"""How far ahead of the throughput, or of their moment, messages are picked: the time that an intent's commit may take.

An intent takes some 20 ms; the rest is for a busy disk or machine, so that no token of the throughput is lost.
"""
CLAIM_SECONDS = 1.0
"""How much sending time is claimed ahead; a reply that comes in overtakes after at most that."""
MOST_CLAIMED = 400
LONGEST_WAIT_SECONDS = 2.0
"""A message whose person must wait longer than this goes back to the queue instead of waiting in memory."""
MOST_PAIRS = 100
"""From so many people on, those whose debt is paid are forgotten: the state is written with every claim."""
LATE_SECONDS = 0.005
"""A call that begins so much after its turn at the gate is counted from its true moment."""
UNPACED = 0
FULL_SECONDS = 60.0
"""How long a full portfolio is left alone before the ledger says when it frees."""

HOLD_NOTHING, HOLD_CAMPAIGNS, HOLD_TEMPLATES = 0, 1, 2


@dataclass(slots=True)
class Facts:
    """What sql/lanes_look.sql tells of a number, read at every beat."""

    workspace_id: int
    portfolio_id: int
    account_id: int
    phone_number_id: str
    per_second: int
    warmup_from: date | None
    stopped_by: str = ""  # workspace, account, number, "" = nothing holds everything
    stopped_until: float = 0.0
    held: int = HOLD_NOTHING
    zone: str = "UTC"
    people_limit: int | None = None


@dataclass(slots=True)
class Queue:
    """Claimed messages of one paced run, or all that are not paced."""

    pacing: Pacing
    heap: list[tuple[int, float, int]] = field(default_factory=list)
    rows: dict[int, Claimed] = field(default_factory=dict)
    pending: int = 0  # paced messages on their way to the wire: those after them wait for their own moment

    def push(self, row: Claimed) -> None:
        """Take a claimed message in. One whose claim ran out here and was claimed anew stands in the queue once."""
        if row.message_id not in self.rows:
            heapq.heappush(self.heap, row.rank)
        self.rows[row.message_id] = row

    @property
    def count(self) -> int:
        return len(self.heap) + self.pending

    def pop(self) -> Claimed:
        return self.rows.pop(heapq.heappop(self.heap)[2])


class Lane:
    """One held number. Times are unix seconds of the common clock."""

    def __init__(self, number_id: int, fence: int, facts: Facts, state: dict[str, Any]) -> None:
        self.number_id, self.fence, self.facts = number_id, fence, facts
        self.throughput = Throughput.from_json(facts.per_second, state.get("throughput"))
        self.pace = Pace.from_json(state.get("pace"))
        self.pairs: dict[int, float] = {int(key): float(debt) for key, debt in state.get("pairs", {}).items()}
        self.breaker = Breaker()
        self.queues: dict[int, Queue] = {UNPACED: Queue(Pacing())}
        self.gate: deque[Claimed] = deque()
        self.paced_gate: deque[Claimed] = deque()
        self.picked = 0
        self.calling = 0
        self.gate_timer: Any = None
        self.uses_pace = "pace" in state
        self.needs_lock = False
        self.is_leaving = False  # given back as soon as nothing is in flight
        self.lease_until = 0.0
        self.blocked_until: dict[str, float] = {}  # portfolio, restricted, content …: for campaigns of this lane
        self.waiting_for, self.waiting_until = "", 0.0

    # What it may do

    def most(self, now: float, lease_seconds: float) -> int:
        """How many unpaced messages to hold: a second's worth, never more than a third of the lease can send."""
        if self.facts.stopped_by or self.is_leaving or self.breaker.is_open(now):
            return 0
        rate = self.facts.per_second * self.throughput.factor(now)
        return int(min(rate * CLAIM_SECONDS, rate * lease_seconds / 3, MOST_CLAIMED)) or 1

    @property
    def held_count(self) -> int:
        """How many unpaced messages are claimed or on their way to the wire."""
        return len(self.queues[UNPACED].heap) + self.picked + len(self.gate)

    def full_runs(self, lease_seconds: float) -> list[int]:
        """Paced runs of which enough is claimed already."""
        paced = [(run, queue) for run, queue in self.queues.items() if run != UNPACED]
        return [run for run, queue in paced if queue.count > _most_paced(queue.pacing, lease_seconds) // 2]

    def held(self, now: float) -> int:
        """What the claim must leave: 0 nothing, 1 campaigns, 2 everything but free-form replies."""
        if self.blocked_until.get("portfolio_service", 0.0) > now or self.blocked_until.get("restricted", 0.0) > now:
            return HOLD_TEMPLATES
        if self.blocked_until.get("portfolio", 0.0) > now:
            return max(self.facts.held, HOLD_CAMPAIGNS)
        return self.facts.held

    def add(self, row: Claimed, pacing: Pacing | None) -> None:
        """Take a claimed message in."""
        if row.run_id is None or pacing is None or (pacing.is_free and not pacing.warmup_days):
            self.queues[UNPACED].push(row)
            return
        self.uses_pace = True
        queue = self.queues.setdefault(row.run_id, Queue(pacing))
        queue.pacing = pacing
        queue.push(row)

    def surplus(self, run_id: int, lease_seconds: float) -> Iterator[Claimed]:
        """Take out what of a paced run cannot leave within a third of the lease; the latest first."""
        queue = self.queues.get(run_id)
        if queue is None or run_id == UNPACED:
            return
        keep = _most_paced(queue.pacing, lease_seconds)
        if len(queue.heap) > keep:
            ordered = sorted(queue.heap)
            queue.heap, rest = ordered[:keep], ordered[keep:]
            yield from [queue.rows.pop(rank[2]) for rank in rest]

    def pick(self, now: float) -> "Picked | None":
        """The next message that may go, or why none may and until when."""
        if self.facts.stopped_by or self.is_leaving or self.breaker.is_open(now):
            return None
        if not self._has_room(now):
            return None
        queue = self._first_open(now)
        if queue is None:
            return None
        row = queue.pop()
        wait_until = PAIR_RATE.next_at(self.pairs.get(row.contact_id, 0.0), now)
        if wait_until > now:
            return Picked(row, wait_until)
        queue.pending += queue is not self.queues[UNPACED]
        self.picked += 1
        # The debt is noted here, so that two messages to one person in one batch count each other.
        self.pairs[row.contact_id] = PAIR_RATE.after(self.pairs.get(row.contact_id, 0.0), now)
        return Picked(row, 0.0)

    def ready_at(self, now: float) -> float | None:
        """When the next pick makes sense; None when nothing is queued."""
        waits = [at for run, queue in self.queues.items() if queue.heap for at in [self._opens_at(run, queue, now)]]
        if not waits or self.facts.stopped_by or self.is_leaving:
            return None
        at = min(waits)
        if self.breaker.is_open(now):
            at = max(at, self.breaker.open_until)
        if not self._has_room(now):
            at = max(at, now + 0.01)
        return at

    # What happens to a picked message

    def let_go(self, row: Claimed) -> None:
        """It did not get through its intent: nothing left."""
        self.picked -= 1
        self._not_pending(row)
        debt = self.pairs.get(row.contact_id)
        if debt is not None:
            self.pairs[row.contact_id] = debt - PAIR_RATE.seconds_per_message

    def to_gate(self, row: Claimed) -> None:
        """Its intent is committed: next is the wire."""
        self.picked -= 1
        (self.paced_gate if self._pacing_of(row) else self.gate).append(row)

    def next_to_leave(self, now: float) -> tuple[Claimed, float] | None:
        """Who of those at the gates is next, and when: takes the throughput when that is now. None: nobody is there."""
        paced_at = self._paced_at(now)
        gate = self.gate if self.gate and paced_at > now else self.paced_gate
        if not gate:
            return None
        if gate is self.paced_gate and paced_at > now:
            return gate[0], paced_at
        return gate[0], now if self.throughput.take(now) else self.throughput.next_at(now)

    def pass_gate(self, row: Claimed) -> None:
        """It is not at the gate any more: it leaves, or it is turned back."""
        gate = self.gate if self.gate and self.gate[0] is row else self.paced_gate
        gate.popleft()

    def turned_back(self, row: Claimed) -> None:
        """It stood at the gate and does not leave."""
        self._not_pending(row)

    def leaves(self, row: Claimed, now: float) -> None:
        """Its first byte goes now (the throughput has been taken)."""
        self.calling += 1
        row.left_at = now
        if row.run_id is not None:
            self.pace.record(now, self._pacing_of(row))
        self._not_pending(row)

    def starts(self, row: Claimed, now: float) -> None:
        """Its call begins. When the event loop was late, this is the moment that Meta will see."""
        if now - row.left_at > LATE_SECONDS:
            self.throughput.postpone(row.left_at, now)

    def came_back(self) -> None:
        """A call is over."""
        self.calling -= 1

    def note_full(self, *, is_campaign: bool, now: float) -> None:
        """The portfolio has no place left: hold what needs one until the keeper has read when it frees."""
        name = "portfolio" if is_campaign else "portfolio_service"
        self.blocked_until[name] = max(self.blocked_until.get(name, 0.0), now + FULL_SECONDS)

    @property
    def has_reply(self) -> bool:
        """Whether a reply waits here: it may use the last free calls."""
        heap = self.queues[UNPACED].heap
        return bool(heap) and heap[0][0] == 0

    @property
    def at_gate(self) -> int:
        return len(self.gate) + len(self.paced_gate)

    @property
    def in_flight(self) -> int:
        return self.picked + self.at_gate + self.calling

    @property
    def queued(self) -> int:
        return sum(len(queue.heap) for queue in self.queues.values())

    def drain(self) -> list[Claimed]:
        """Take out everything that has no intent yet."""
        rows = [row for queue in self.queues.values() for row in queue.rows.values()]
        self.queues = {UNPACED: Queue(Pacing())}
        return rows

    # State

    def update(self, facts: Facts) -> None:
        """New facts: a changed throughput goes on with what has been sent."""
        if facts.per_second != self.facts.per_second:
            self.throughput = Throughput.from_json(facts.per_second, self.throughput.to_json())
        self.facts = facts

    def forget_old(self, now: float) -> None:
        """Drop paid debts and empty queues."""
        if len(self.pairs) > MOST_PAIRS:
            self.pairs = {contact: debt for contact, debt in self.pairs.items() if debt > now}
        for run in [
            run for run, queue in self.queues.items() if run != UNPACED and not queue.heap and not queue.pending
        ]:
            del self.queues[run]

    def state(self, now: float, *, for_hand_over: bool = False) -> str:
        """The limits as they stand, as JSON.

        What is forgotten within seconds is written only when the lane is handed over: without that, the next holder
        comes a whole lease later.
        """
        least = 0.0 if for_hand_over else 2 * PAIR_RATE.seconds_per_message
        throughput = self.throughput.to_json()
        if not for_hand_over:
            throughput["cap"] = []
        state: dict[str, Any] = {
            "throughput": throughput,
            "pairs": {str(contact): debt for contact, debt in self.pairs.items() if debt - now > least},
        }
        if self.uses_pace or for_hand_over:
            state["pace"] = self.pace.to_json()
        return orjson.dumps(state).decode()

    def days_old(self, now: float) -> float | None:
        """Days since the warm-up began; None when the number is not a new one."""
        if self.facts.warmup_from is None:
            return None
        return float((datetime.fromtimestamp(now, UTC).date() - self.facts.warmup_from).days)

    def explain(self, now: float) -> tuple[str, float]:
        """What holds the lane, as a word and a time (0 = not known): for the screens."""
        if self.facts.stopped_by:
            return self.facts.stopped_by, self.facts.stopped_until
        if self.breaker.is_open(now):
            return "breaker", self.breaker.open_until
        for name, until in sorted(self.blocked_until.items(), key=lambda item: -item[1]):
            if until > now:
                return name, until
        for queue in self.queues.values():
            if queue.heap and queue.pacing.to_json():
                name = self.pace.waits_for(queue.pacing, now, days_old=self.days_old(now))
                if name:
                    return f"pacing_{name}", self.pace.next_at(queue.pacing, now, days_old=self.days_old(now))
        if self.queued and self.throughput.available(now) < 1:
            return "throughput", self.throughput.next_at(now)
        return "", 0.0

    def _has_room(self, now: float) -> bool:
        """Whether the throughput will let one more through by the time that its intent is committed."""
        coming = self.facts.per_second * self.throughput.factor(now) * AHEAD_SECONDS
        return self.picked + self.at_gate < max(1.0, self.throughput.available(now) + coming)

    def _first_open(self, now: float) -> Queue | None:
        best: Queue | None = None
        for run, queue in self.queues.items():
            if queue.heap and self._opens_at(run, queue, now) <= now and (best is None or queue.heap[0] < best.heap[0]):
                best = queue
        return best

    def _opens_at(self, run: int, queue: Queue, now: float) -> float:
        if run == UNPACED:
            return now
        ahead = sum(other.pending for other in self.queues.values())
        at = self.pace.next_at(queue.pacing, now, days_old=self.days_old(now), ahead=ahead)
        early = PACED_AHEAD_SECONDS * max(1.0, clock.speed())  # commits take real time on a clock that runs faster too
        return max(at - early, self.blocked_until.get(f"content:{run}", 0.0))

    def _paced_at(self, now: float) -> float:
        """When the first at the paced gate may leave; never, when nobody is there."""
        if not self.paced_gate:
            return math.inf
        pacing = self._pacing_of(self.paced_gate[0])
        return now if pacing is None else self.pace.next_at(pacing, now, days_old=self.days_old(now))

    def _pacing_of(self, row: Claimed) -> Pacing | None:
        """The policy that holds the message; None when only Meta's limits do."""
        queue = self.queues.get(row.run_id) if row.run_id else None
        return queue.pacing if queue is not None else None

    def _not_pending(self, row: Claimed) -> None:
        if row.run_id and (queue := self.queues.get(row.run_id)) is not None:
            queue.pending = max(0, queue.pending - 1)


@dataclass(slots=True)
class Picked:
    """A message to send now (`wait_until` 0), or one whose person must wait until then."""

    row: Claimed
    wait_until: float


def _most_paced(pacing: Pacing, lease_seconds: float) -> int:
    """How many of a paced run to hold: what can surely leave in a third of the lease."""
    third = 0.8 * lease_seconds / 3  # what stays longer than a third goes back unsent
    limits = [1_000.0]
    if mean := pacing.delay(0.5):
        limits.append(third / mean)
    if pacing.per_minute:
        limits.append(pacing.per_minute * third / 60)
    if pacing.pulse_messages:
        limits.append(float(pacing.pulse_messages))
    return max(1, int(min(limits)))
