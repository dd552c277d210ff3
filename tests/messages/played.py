"""A run played through the sender's own lanes and limits, without a database: event by event on a clock of its own.

Commits take their time and timers come late, by dice; nothing else is made up. A day takes a moment.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import count

from tradewind.lib import zones
from tradewind.messages import ledger
from tradewind.messages.pacing import Pace, Pacing
from tradewind.messages.sender.content_pace import MARGIN_SECONDS
from tradewind.messages.sender.lane import Facts, Lane
from tradewind.messages.sender.row import Claimed

LEASE_SECONDS = 30.0
CLAIM_SECONDS = 0.1
RUN = 7


class DicedPace(Pace):
    """The sender's pace with dice that fall alike for the same seed."""

    __slots__ = ("_dice",)

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        super().__init__()

    def _draw(self) -> tuple[float, float]:
        return self._dice.random(), self._dice.random()


@dataclass
class Played:
    """What is to be sent, and what was: `left` has (time, number, zone) of each message in order."""

    pacing: Pacing
    starts_at: float
    seed: int
    per_second: int = 80
    quiet: tuple[time, time] | None = None
    people_limit: int | None = None
    warmup_from: date | None = None
    left: list[tuple[float, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.lanes: dict[int, Lane] = {}
        self.waiting: dict[int, list[tuple[float, int, str]]] = {}  # due, message, zone: the outbox of a number
        self.zone_of: dict[int, str] = {}
        self.serial = count(1)
        self.events: list[tuple[float, int, Callable[[float], None]]] = []
        self.content: tuple[int, float] = (0, -1e12)
        self.seats: dict[datetime, int] = {}
        self.timers: dict[tuple[str, int], int] = {}

    def number(self, number: int, people: int, zone: str = "UTC") -> None:
        """Give a number its part of the audience."""
        facts = Facts(1, 2, 3, str(number), self.per_second, self.warmup_from)
        lane = self.lanes[number] = Lane(number, 1, facts, {})
        lane.pace = DicedPace(1_000 * self.seed + number)
        rows = [(self.starts_at, next(self.serial), zone) for _ in range(people)]
        self.waiting[number] = rows
        self.zone_of |= {message: zone for _, message, _ in rows}
        self.timer("claim", lane, self.starts_at + self.dice.uniform(0, 1), self.claim)

    def at(self, moment: float, what: Callable[[float], None]) -> None:
        heapq.heappush(self.events, (moment, next(self.serial), what))

    def timer(self, name: str, lane: Lane, moment: float, what: Callable[[Lane, float], None]) -> None:
        """One of a kind for each lane: setting it again calls the former off."""
        mine = self.timers[name, lane.number_id] = next(self.serial)
        self.at(moment, lambda now: what(lane, now) if self.timers[name, lane.number_id] == mine else None)

    def play(self) -> float:
        """Seconds from the start until the last message has left."""
        while self.events:
            moment, _, what = heapq.heappop(self.events)
            what(moment)
        return self.left[-1][0] - self.starts_at

    def claim(self, lane: Lane, now: float) -> None:
        outbox = self.waiting[lane.number_id]
        if lane.held(now) == 0 and not lane.full_runs(LEASE_SECONDS):
            for _ in range(self.per_second - lane.queued):
                if not outbox or outbox[0][0] > now:
                    break
                due, message, zone = heapq.heappop(outbox)
                lane.add(claimed(lane, message, due, zone, now), self.pacing)
            for row in lane.surplus(RUN, LEASE_SECONDS):
                self.back(row, row.due_at)
        if outbox or lane.queued or lane.in_flight:
            self.timer("claim", lane, max(now + CLAIM_SECONDS, self.idle_until(lane, now)), self.claim)
        self.look(lane, now)

    def idle_until(self, lane: Lane, now: float) -> float:
        """Until when a claim can bring nothing: a day of waiting is no day of asking."""
        if lane.in_flight:
            return now
        if lane.queued:
            return (lane.ready_at(now) or now) - 1.0
        return max(self.waiting[lane.number_id][0][0], lane.blocked_until.get("portfolio", 0.0))

    def look(self, lane: Lane, now: float) -> None:
        """A round of the dispatcher; intents are committed after a while."""
        while (picked := lane.pick(now)) is not None:
            row = picked.row
            if self.keeps_distance(lane, row, now):
                self.at(now + self.commit_seconds(), lambda later, row=row: self.intend(lane, row, later))  # type: ignore[misc]
        ready_at = lane.ready_at(now)
        if ready_at is not None and ready_at < now + CLAIM_SECONDS:
            self.timer("look", lane, max(ready_at, now + 0.01), self.look)

    def commit_seconds(self) -> float:
        """Mostly 10 to 40 ms; now and then a disk that thinks."""
        return self.dice.uniform(0.01, 0.04) if self.dice.random() < 0.99 else self.dice.uniform(0.1, 0.4)

    def keeps_distance(self, lane: Lane, row: Claimed, now: float) -> bool:
        """As sender/content_pace.py does it with one row of the database."""
        gap = self.pacing.content_gap_seconds
        last_number, last_at = self.content
        if not gap or last_number == lane.number_id or last_at + gap + MARGIN_SECONDS <= now:
            self.content = (lane.number_id, now)
            return True
        lane.let_go(row)
        lane.add(row, self.pacing)
        lane.blocked_until[f"content:{RUN}"] = last_at + gap + MARGIN_SECONDS
        return False

    def intend(self, lane: Lane, row: Claimed, now: float) -> None:
        """As sql/intent.sql judges: the night of the person, the portfolio's places, or go."""
        at = datetime.fromtimestamp(now, UTC)
        awake = zones.next_allowed(at, row.zone, *self.quiet).timestamp() if self.quiet else now
        if awake > now:
            lane.let_go(row)
            self.back(row, awake)
        elif not self.has_place(at):
            lane.let_go(row)
            lane.blocked_until["portfolio"] = self.frees_at(at)
            self.back(row, row.due_at)
        else:
            minute = at.replace(second=0, microsecond=0)
            self.seats[minute] = self.seats.get(minute, 0) + 1
            lane.to_gate(row)
            self.open_gate(lane, now)

    def open_gate(self, lane: Lane, now: float) -> None:
        while (following := lane.next_to_leave(now)) is not None:
            row, at = following
            if at > now:
                self.timer("gate", lane, at + self.dice.uniform(0.0, 0.003), self.open_gate)
                return
            lane.pass_gate(row)
            lane.leaves(row, now)
            lane.came_back()
            self.left.append((now, lane.number_id, row.zone))
        self.look(lane, now)

    def back(self, row: Claimed, due: float) -> None:
        heapq.heappush(self.waiting[row.number_id], (due, row.message_id, row.zone))

    def has_place(self, at: datetime) -> bool:
        self.seats = {minute: people for minute, people in self.seats.items() if minute >= ledger.since(at)}
        return self.people_limit is None or sum(self.seats.values()) < self.people_limit

    def frees_at(self, at: datetime) -> float:
        assert self.people_limit is not None
        frees = ledger.Use(self.people_limit, 0, tuple(sorted(self.seats.items()))).frees_at(for_campaign=True)
        return frees.timestamp() if frees else at.timestamp()


def claimed(lane: Lane, message: int, due: float, zone: str, now: float) -> Claimed:
    return Claimed(message, lane.number_id, message, RUN, 5, 20, due, zone, True, 0, None, None, "", "template",
                   "marketing", "+491512345678", None, claimed_at=now)  # fmt: skip
