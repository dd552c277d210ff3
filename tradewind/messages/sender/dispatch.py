"""The dispatcher: picks what may go, fairly, commits its intents in batches, and sends it to the gates."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from tradewind.lib import clock, logs, zones
from tradewind.messages import ledger, marks
from tradewind.messages.runs import PARKED
from tradewind.messages.sender import content_pace, gate
from tradewind.messages.sender.contents import FileMissing
from tradewind.messages.sender.facts import CAMPAIGN_CODES, TEMPLATE_CODES, seconds
from tradewind.messages.sender.lane import Lane
from tradewind.messages.sender.outcomes import Back, End, not_called
from tradewind.messages.sender.row import Claimed
from tradewind.messages.sender.state import State, technical
from tradewind.messages.sql import load
from tradewind.whatsapp.payloads import PayloadError

log = logs.get(__name__)

TICK_SECONDS, LONG_TICK_SECONDS = 0.01, 0.04
"""Between two rounds of picking, so that intents share a commit; the longer one when no reply waits."""
FEW = 4
LONGEST_REST_SECONDS = 0.25
INTENTS_AT_ONCE = 3
REPLY_SHARE = 0.1
"""The part of the concurrency that only replies may use: a campaign to a hanging Meta does not hold them up."""
STALE_SHARE = 1 / 3
"""What has been claimed for longer than this part of the lease goes back instead of out."""
WAITS = {
    "stopped",
    "account_paused",
    "number_paused",
    "restricted",
    "quiet_hours",
    "portfolio",
    "lane_lost",
}
ENDS = {"run_closed": "cancelled", "expired": "expired"}
FILE_SECONDS = 2.0
"""A message whose file is not at Meta yet is looked at again after so long."""
LOOK_AGAIN_SECONDS = 5.0
"""When a paused run's or workspace's messages are tried again, if nothing wakes them before."""


class Dispatcher:
    """Rounds of picking; at most so many intents under way at once."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._slots = asyncio.Semaphore(INTENTS_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._rebuilt: set[int] = set()

    async def run(self) -> None:
        """Until the sender stops."""
        while not self._state.stopping.is_set():
            await self._slots.acquire()
            batch = self._pick() if self._state.may_send else []
            if not batch:
                self._slots.release()
                await self._rest()
                continue
            task = asyncio.create_task(self._intend(batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            if len(batch) < self._state.config.intent_batch:
                await asyncio.sleep(self._tick(batch))

    def _tick(self, batch: list[Claimed]) -> float:
        """A few messages soon; of many that nobody waits for, more together: a commit costs as much as some of them."""
        if len(batch) <= FEW or any(lane.has_reply for lane in self._state.lanes.values()):
            return TICK_SECONDS
        return LONG_TICK_SECONDS

    async def finish(self) -> None:
        """Wait for the intents under way."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _pick(self) -> list[Claimed]:
        """Up to a batch: lane by lane, fewest in flight first; each contact once, so that the intent can count caps."""
        state, now = self._state, clock.time()
        stale = now - technical(state.config.lease_seconds).total_seconds() * STALE_SHARE
        batch: list[Claimed] = []
        contacts: set[int] = set()
        lanes = fair_order(state)
        room = state.config.sender_concurrency - state.in_flight
        kept_free = int(state.config.sender_concurrency * REPLY_SHARE)
        while lanes and len(batch) < state.config.intent_batch and room > 0:
            still: list[Lane] = []
            for lane in lanes:
                if room <= kept_free and not lane.has_reply:
                    continue
                row = self._pick_from(lane, now, stale, contacts)
                if row is None:
                    continue
                batch.append(row)
                contacts.add(row.contact_id)
                still.append(lane)
                room -= 1
                if len(batch) >= state.config.intent_batch or room <= 0:
                    break
            lanes = still
        return batch

    def _pick_from(self, lane: Lane, now: float, stale: float, contacts: set[int]) -> Claimed | None:
        """One message of a lane; what must wait for its person, or has waited here too long, goes back on the way."""
        while (picked := lane.pick(now)) is not None:
            row = picked.row
            if picked.wait_until:
                self._state.outcomes.put(Back(row.message_id, picked.wait_until, now))
            elif row.claimed_at < stale:
                lane.let_go(row)
                self._state.outcomes.put(Back(row.message_id, row.due_at, now))
            elif row.contact_id in contacts:
                lane.let_go(row)
                lane.add(row, self._state.runs.get(row.run_id or 0))
                return None
            elif self._is_sendable(lane, row, now):
                return row
        return None

    def _is_sendable(self, lane: Lane, row: Claimed, now: float) -> bool:
        """Render it; what has no address or would surely be refused ends here, before any intent."""
        if not row.phone and not row.bsuid:
            lane.let_go(row)
            self._state.outcomes.put(End(row.message_id, "skipped", "no_address", now))
            return False
        row.attempt_id = marks.new_attempt(row.message_id)
        try:
            row.body = self._state.contents.render(row)
        except FileMissing:
            lane.let_go(row)
            self._state.outcomes.put(Back(row.message_id, now + FILE_SECONDS, now))
            return False
        except PayloadError as problem:
            lane.let_go(row)
            self._state.outcomes.put(End(row.message_id, "failed", "not_sendable", now, detail=str(problem)[:500]))
            return False
        return True

    async def _intend(self, batch: list[Claimed]) -> None:
        now = clock.now()
        try:
            batch = await content_pace.reserve(self._state, batch)
            verdicts = await self._commit(batch, now) if batch else {}
        except psycopg.OperationalError as problem:
            log.warning("no intent: the database is away", error=str(problem))
            self._undo(batch)
        except Exception:
            # Whatever it was: what was picked must not stay picked, or its lane would never pick again.
            log.exception("no intent: it could not be written", messages=[row.message_id for row in batch])
            self._undo(batch, later=LOOK_AGAIN_SECONDS)
        else:
            for row in batch:
                self._act(row, verdicts.get(row.message_id), now)
        finally:
            self._slots.release()
            self._state.ready.set()

    async def _commit(self, batch: list[Claimed], now: datetime) -> dict[int, tuple[Any, ...]]:
        verdicts = await self._ask(batch, now, is_locked=any(self._lane_needs_lock(row) for row in batch))
        if locked := [row for row in batch if verdicts.get(row.message_id, ("",))[0] == "needs_lock"]:
            for row in locked:
                if row.number_id in self._state.lanes:
                    self._state.lanes[row.number_id].needs_lock = True
            await self._make_ledgers(locked, now)
            verdicts |= await self._ask(locked, now, is_locked=True)
        return verdicts

    async def _ask(self, batch: list[Claimed], now: datetime, *, is_locked: bool) -> dict[int, tuple[Any, ...]]:
        batch = sorted(batch, key=lambda row: row.message_id)
        params = {
            "me": self._state.me,
            "now": now,
            "lease_until": now + technical(self._state.config.lease_seconds),
            "ledger_from": ledger.since(now),
            "three_days_ago": now - timedelta(hours=72),
            "month_ago": now - timedelta(days=31),
            "template_codes": TEMPLATE_CODES,
            "campaign_codes": CAMPAIGN_CODES,
            "is_locked": is_locked,
            "ids": [row.message_id for row in batch],
            "attempts": [UUID(bytes=row.attempt_id) for row in batch],
            "local_times": [self._local_time(row, now) for row in batch],
            "contents": [row.content_id for row in batch],
        }
        if is_locked:
            locks = ledger.lock_params([self._portfolio(row) for row in batch], [row.contact_id for row in batch])
            rows = await self._state.database.run_after(ledger.LOCK, locks, load("intent"), params)
        else:
            rows = await self._state.database.run(load("intent"), params)
        return {row[0]: row[1:] for row in rows}

    def _act(self, row: Claimed, verdict: tuple[Any, ...] | None, now: datetime) -> None:
        """Go, wait, or end. No verdict: somebody took it away (cancelled, lease over); let it go silently."""
        lane = self._state.lanes.get(row.number_id)
        if verdict is not None and verdict[0] == "go":
            row.new_place_at = now if verdict[4] else None
            if lane is None:
                self._state.outcomes.put(not_called(row, now.timestamp()))
            else:
                lane.to_gate(row)
                gate.open_gate(self._state, lane)
            return
        if lane is not None:
            lane.let_go(row)
        if verdict is not None:
            self._turn_away(row, lane, verdict, now)

    def _turn_away(self, row: Claimed, lane: Lane | None, verdict: tuple[Any, ...], now: datetime) -> None:
        word, until, quiet_from, quiet_to = verdict[:4]
        at = now.timestamp()
        if word in ENDS:
            self._state.outcomes.put(End(row.message_id, ENDS[word], word, at))
        elif word == "quiet_hours":
            due = zones.next_allowed(now, self._zone(row), quiet_from, quiet_to)
            self._state.outcomes.put(Back(row.message_id, due.timestamp(), at))
        elif word == "run_paused":
            self._state.outcomes.put(Back(row.message_id, PARKED.timestamp(), at))
        elif word in WAITS:
            due_at = min(seconds(until), at + 3600.0) if until is not None else at + LOOK_AGAIN_SECONDS
            if word == "portfolio" and lane is not None:
                lane.note_full(is_campaign=bool(verdict[5]), now=at)
                due_at = row.due_at  # the lane claims no more of its kind until there is room
            elif word == "restricted" and lane is not None:
                lane.blocked_until["restricted"] = due_at
            elif word == "lane_lost":
                due_at = row.due_at
            self._state.outcomes.put(Back(row.message_id, due_at, at))
        else:
            self._state.outcomes.put(End(row.message_id, "skipped", word, at))

    def _undo(self, batch: list[Claimed], *, later: float = 0.0) -> None:
        """The intent's fate is not known, but surely no byte was written: both of its possible ends are undone."""
        now = clock.time()
        for row in batch:
            if lane := self._state.lanes.get(row.number_id):
                lane.let_go(row)
            due_at = max(row.due_at, now + later) if later else row.due_at
            self._state.outcomes.put(replace(not_called(row, now), due_at=due_at))
            self._state.outcomes.put(Back(row.message_id, due_at, now))

    async def _make_ledgers(self, rows: list[Claimed], now: datetime) -> None:
        """A portfolio that has just got a limit needs its ledger of the last day first; once per process."""
        for portfolio_id in {self._portfolio(row) for row in rows} - self._rebuilt:
            self._rebuilt.add(portfolio_id)
            await self._state.database.run_after(
                ledger.LOCK,
                ledger.lock_params([portfolio_id], []),
                load("ledger_rebuild"),
                {"portfolio": portfolio_id, "now": now, "since": ledger.since(now)},
            )

    def _lane_needs_lock(self, row: Claimed) -> bool:
        lane = self._state.lanes.get(row.number_id)
        return lane is not None and lane.needs_lock

    def _portfolio(self, row: Claimed) -> int:
        lane = self._state.lanes.get(row.number_id)
        return lane.facts.portfolio_id if lane else 0

    def _zone(self, row: Claimed) -> str:
        lane = self._state.lanes.get(row.number_id)
        return zones.usable(row.zone, zones.usable(lane.facts.zone if lane else ""))

    def _local_time(self, row: Claimed, now: datetime) -> time:
        return wall_clock(self._zone(row), int(now.timestamp()))

    async def _rest(self) -> None:
        """Sleep until a lane has something ready or something new comes."""
        now = clock.time()
        times = [at for lane in self._state.lanes.values() if (at := lane.ready_at(now)) is not None]
        wait = clock.real_seconds(min(times) - now) if times else LONGEST_REST_SECONDS
        self._state.ready.clear()
        try:
            await asyncio.wait_for(self._state.ready.wait(), max(TICK_SECONDS, min(wait, LONGEST_REST_SECONDS)))
        except TimeoutError:
            return
        await asyncio.sleep(TICK_SECONDS / 2)


def fair_order(state: State) -> list[Lane]:
    """Lanes with something queued: of the workspace, then of the number with the fewest messages in flight first."""
    busy: dict[int, int] = {}
    for lane in state.lanes.values():
        busy[lane.facts.workspace_id] = busy.get(lane.facts.workspace_id, 0) + lane.in_flight
    lanes = [lane for lane in state.lanes.values() if lane.queued]
    return sorted(lanes, key=lambda lane: (busy[lane.facts.workspace_id], lane.in_flight))


@lru_cache(maxsize=2048)
def wall_clock(zone: str, at: int) -> time:
    """The wall clock of a zone at a unix second."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).time()
