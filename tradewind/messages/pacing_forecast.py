"""When a run will end, and what each number will have sent in each hour: for the flight plan (product.md B10, X1).

    forecast(starts_at=…, senders=[Line(number=7, per_second=80, portfolio=2)],
             groups=[Group(7, due_at, 500, "Europe/Rome")], pacing=Pacing.from_json(run.pacing),
             places={2: Places(free=2000)}, quiet=(time(22), time(8)))

Pure: it plays the sender's own limits (pacing.Pace, Meta's Throughput), message by message, with dice that always fall
alike. Times are unix seconds. Long runs are not played to their end: once a number has found its pace, the rest is
carried on at that rate.
"""

import heapq
import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Final

from tradewind.lib import zones
from tradewind.messages.pacing import Pace, Pacing
from tradewind.whatsapp.limits import Throughput

USABLE_SHARE: Final = 0.975
"""Of Meta's throughput: the sliding second is kept 1/64 longer than Meta's, and a little is lost to jitter."""
START_SECONDS: Final = 0.5
"""From the launch to the first byte."""
LATE_SECONDS: Final = 0.0015
"""So much after its time a paced message leaves: timers are never early."""
CHANCES: Final = 20
CHUNK_SECONDS: Final = 20.0
FOUND_AFTER: Final = 4_000
"""So many paced messages of a number are played one by one; its mean rate since the first quarter of them goes on,
nights and other rests left out."""
PLACE_SECONDS: Final = 24 * 3600.0 + 90.0
"""A place in the portfolio's ledger comes back a day and, on average, a minute and a half later."""
TIGHT_SECONDS: Final = 900.0
"""Who leaves so shortly before their time is over gets nothing if anything slows down on the way."""
LONGEST_SECONDS: Final = 400 * 86_400.0
"""Beyond that a run has no end worth naming."""


@dataclass(frozen=True, slots=True)
class Line:
    """A number that sends. `days_old` since its warm-up began (None: not new); `opens_at`: paused until then.

    `sent_at`: when it sent campaign messages lately (rising); they count against the pace of this one too.
    """

    number: int
    per_second: int
    portfolio: int
    days_old: float | None = None
    opens_at: float = 0.0
    sent_at: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """So many messages of one number that may go from `due_at` on and before `until`, to people in one time zone."""

    number: int
    due_at: float
    count: int
    zone: str = "UTC"
    until: float = math.inf


@dataclass(slots=True)
class Places:
    """A portfolio's free places for people outside a window (None = no limit) and when taken ones come back."""

    free: int | None = None
    frees: list[tuple[float, int]] = field(default_factory=list)

    def take(self, now: float, wanted: int) -> int:
        """Use up to `wanted`; they come back a day later."""
        if self.free is None:
            return wanted
        while self.frees and self.frees[0][0] <= now:
            self.free += heapq.heappop(self.frees)[1]
        granted = min(wanted, self.free)
        if granted:
            self.free -= granted
            heapq.heappush(self.frees, (now + PLACE_SECONDS, granted))
        return granted

    def next_at(self) -> float | None:
        """When the next places come back."""
        return self.frees[0][0] if self.frees else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """`ends_at` None: never, as things stand (`stuck` find no place). `hours`: start of hour → number → count.

    `late`: how many cannot leave before their time is over; they do not leave at all. `late_groups` says how many of
    which group, by its place among those given. `tight`: how many leave, but only shortly before it is over.
    """

    starts_at: float
    ends_at: float | None
    hours: dict[float, dict[int, int]]
    stuck: int = 0
    late: int = 0
    late_groups: dict[int, int] = field(default_factory=dict)
    tight: int = 0

    @property
    def seconds(self) -> float | None:
        """How long it takes."""
        return None if self.ends_at is None else self.ends_at - self.starts_at


def forecast(
    *,
    starts_at: float,
    senders: Iterable[Line],
    groups: Iterable[Group],
    pacing: Pacing,
    places: Mapping[int, Places] | None = None,
    quiet: tuple[time, time] | None = None,
) -> Forecast:
    """Play the run. Every message counts as one to a new person of the portfolio. Works for a million recipients."""
    play = _Play(pacing, places or {}, quiet)
    lanes = [_Lane(line, pacing) for line in senders]
    by_number = {lane.line.number: lane for lane in lanes}
    for place, group in enumerate(groups):
        if group.count > 0 and group.number in by_number:
            wave = [max(group.due_at, starts_at), group.zone, group.count, group.until, place]
            heapq.heappush(by_number[group.number].waiting, wave)
    gap = pacing.content_gap_seconds if len([lane for lane in lanes if lane.waiting]) > 1 else 0.0
    play.content_gap = gap
    return play.run(lanes, starts_at)


class _Lane:
    def __init__(self, line: Line, pacing: Pacing) -> None:
        self.line, self.pacing = line, pacing
        self.pace = PlayedPace(line.number)
        for at in line.sent_at:
            self.pace.record(at)
        self.throughput = Throughput(line.per_second)
        self.waiting: list[list] = []  # type: ignore[type-arg]  # [due_at, zone, count, until, place]
        self.played = 0
        self.gone_at: float | None = None  # when the last one went; None after a rest
        self.busy_seconds = 0.0
        self.rate = line.per_second * USABLE_SHARE if pacing.is_free else 0.0  # 0: not found yet

    def days_old(self, starts_at: float, now: float) -> float | None:
        return None if self.line.days_old is None else self.line.days_old + (now - starts_at) / 86_400

    def note(self, now: float) -> None:
        """A paced message went; after enough of them the rate is known."""
        self.played += 1
        if self.gone_at is not None and self.played > FOUND_AFTER // 4:
            self.busy_seconds += now - self.gone_at
        self.gone_at = now
        if self.played >= FOUND_AFTER:
            self.rate = (FOUND_AFTER - FOUND_AFTER // 4) / max(1.0, self.busy_seconds)


class PlayedPace(Pace):
    """A pace whose chances come evenly, in a mixed order: delays vary as they will, and their sum is the expected one.

    Caps hold back what comes by chance too soon, so that mean values alone would promise too much.
    """

    __slots__ = ("_chances", "_dice")

    def __init__(self, seed: int) -> None:
        self._dice, self._chances = random.Random(seed), list[float]()
        super().__init__()

    def _draw(self) -> tuple[float, float]:
        if not self._chances:
            self._chances = [(part + 0.5) / CHANCES for part in range(CHANCES)]
            self._dice.shuffle(self._chances)
        return self._chances.pop(), 0.5


class _Play:
    def __init__(self, pacing: Pacing, places: Mapping[int, Places], quiet: tuple[time, time] | None) -> None:
        self.pacing, self.places, self.quiet = pacing, places, quiet
        self.hours: dict[float, dict[int, int]] = {}
        self.last_at = 0.0
        self.late: dict[int, int] = {}
        self.tight = 0
        self.content_gap = 0.0
        self.content_last: tuple[int, float] = (0, -1e12)

    def run(self, lanes: list[_Lane], starts_at: float) -> Forecast:
        began = starts_at + START_SECONDS
        turns = [(max(began, lane.line.opens_at), rank) for rank, lane in enumerate(lanes) if lane.waiting]
        heapq.heapify(turns)
        self.last_at = starts_at
        while turns:
            now, rank = heapq.heappop(turns)
            if now - starts_at > LONGEST_SECONDS:
                break
            following = self._turn(lanes[rank], now, starts_at)
            if following is not None:
                heapq.heappush(turns, (following, rank))
        stuck = sum(wave[2] for lane in lanes for wave in lane.waiting if wave[3] == math.inf)
        for wave in (wave for lane in lanes for wave in lane.waiting if wave[3] < math.inf):
            self.note_late(wave)
        ends_at = None if stuck else self.last_at
        return Forecast(starts_at, ends_at, self.hours, stuck, sum(self.late.values()), self.late, self.tight)

    def note_late(self, wave: list) -> None:  # type: ignore[type-arg]
        self.late[wave[4]] = self.late.get(wave[4], 0) + wave[2]

    def _turn(self, lane: _Lane, now: float, starts_at: float) -> float | None:
        """Send what a number may send now; returns when its next turn is, None when it has nothing more or no hope."""
        while lane.waiting and lane.waiting[0][3] <= now:
            self.note_late(heapq.heappop(lane.waiting))
        if not lane.waiting:
            return None
        rests_until = self._rests_until(lane, now)
        if rests_until > now:
            lane.gone_at = None
            return rests_until
        _, zone, count, *_ = lane.waiting[0]
        days_old = lane.days_old(starts_at, now)
        opens_at = self._opens_at(lane, now, days_old)
        if opens_at > now:
            return opens_at
        one_by_one = self._one_by_one(lane, days_old)
        wanted = 1 if one_by_one else self._chunk(lane, now, zone, count)
        places = self.places.get(lane.line.portfolio)
        granted = places.take(now, wanted) if places else wanted
        if not granted:
            lane.gone_at = None
            return places.next_at() if places else None
        return self._send(lane, now, granted, one_by_one=one_by_one)

    def _rests_until(self, lane: _Lane, now: float) -> float:
        """When somebody is there who may be written to: now or later."""
        while self.quiet:
            due_at, zone, count, until, place = lane.waiting[0]
            later = self._after_quiet(now, zone)
            if due_at > now or later <= now:
                break
            heapq.heapreplace(lane.waiting, [later, zone, count, until, place])
        return float(lane.waiting[0][0])

    def _send(self, lane: _Lane, now: float, count: int, *, one_by_one: bool) -> float:
        lane.waiting[0][2] -= count
        if lane.waiting[0][3] - now < TIGHT_SECONDS:
            self.tight += count
        if not lane.waiting[0][2]:
            heapq.heappop(lane.waiting)
        self.content_last = (lane.line.number, now)
        if one_by_one:
            after = now + LATE_SECONDS
            lane.throughput.record(after)
            lane.pace.record(after, self.pacing)
            lane.note(after)
        else:
            after = now + count / lane.rate
        hour = now - now % 3600
        row = self.hours.setdefault(hour, {})
        row[lane.line.number] = row.get(lane.line.number, 0) + count
        self.last_at = max(self.last_at, now if one_by_one else after)
        return after

    def _one_by_one(self, lane: _Lane, days_old: float | None) -> bool:
        return not lane.rate or self.pacing.is_warming(days_old)

    def _opens_at(self, lane: _Lane, now: float, days_old: float | None) -> float:
        at = now
        if self._one_by_one(lane, days_old):
            at = max(lane.pace.next_at(self.pacing, now, days_old=days_old), lane.throughput.next_at(now))
        number, last = self.content_last
        if self.content_gap and number != lane.line.number:
            at = max(at, last + self.content_gap + 1.0)
        return at

    def _chunk(self, lane: _Lane, now: float, zone: str, count: int) -> int:
        """Up to 20 s of sending (an hour's worth of long runs), and not beyond the hour."""
        seconds = CHUNK_SECONDS if lane.played < FOUND_AFTER else 600.0
        until_hour = 3600 - now % 3600
        return max(1, min(count, int(lane.rate * min(seconds, until_hour))))

    def _after_quiet(self, now: float, zone: str) -> float:
        assert self.quiet is not None
        return zones.next_allowed(datetime.fromtimestamp(now, UTC), zones.usable(zone), *self.quiet).timestamp()
