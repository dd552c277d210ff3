"""The sender's beat: leases renewed, taken and shared; facts, clocks, brakes and safe mode looked at, once a second."""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb

from tradewind.lib import clock, logs
from tradewind.lib.watchdog import Watchdog
from tradewind.messages import figures, ledger
from tradewind.messages.sender import brakes, claims, gate, hand_over, safe_mode
from tradewind.messages.sender.access import load_accesses, stop_without_access
from tradewind.messages.sender.facts import facts_of, seconds
from tradewind.messages.sender.lane import Lane
from tradewind.messages.sender.outcomes import Back
from tradewind.messages.sender.state import State, technical
from tradewind.messages.sql import load

log = logs.get(__name__)

BEAT_SECONDS = 1.0
ALIVE_SECONDS = 10.0
MOST_CLOCK_SKEW_SECONDS = 2.0
SLOW_EVERY = 5
"""Some things are looked at every so many beats only."""

HEARD_SECONDS = 4.0
"""Over so long it is counted how many people write: a webhook comes some tenths of a second late."""

MAKE_LANES = b"""
INSERT INTO lane (number_id, workspace_id)
SELECT id, workspace_id FROM number n WHERE removed_at IS NULL AND NOT EXISTS (SELECT FROM lane WHERE number_id = n.id)
ON CONFLICT DO NOTHING
"""
BEAT = b"""
INSERT INTO beat (name, process, at, started_at, detail)
VALUES ('sender', %(me)b, %(now)b, %(started)b, %(detail)b)
ON CONFLICT (name, process) DO UPDATE SET at = excluded.at, detail = excluded.detail
"""
CROWD = b"""
SELECT (SELECT count(*) FROM number WHERE removed_at IS NULL),
       (SELECT count(*) FROM lane JOIN number ON number.id = lane.number_id WHERE number.removed_at IS NULL),
       (SELECT count(*) FROM beat
        WHERE name = 'sender' AND at > %(alive)b AND NOT coalesce((detail ->> 'stopped')::bool, false)),
       clock_timestamp()
"""


class Keeper:
    """Keeps what the sender holds, and lets go of what it should not hold."""

    def __init__(self, state: State, dog: Watchdog) -> None:
        self._state, self._dog = state, dog
        self._started = clock.now()
        self._beats = 0
        self._wall, self._monotonic = time.time(), time.monotonic()

    async def run(self) -> None:
        """Beat until the sender stops."""
        while not self._state.stopping.is_set():
            began = time.monotonic()
            try:
                await self.beat()
            except psycopg.OperationalError as problem:
                log.warning("no beat: the database is away", error=str(problem))
            self._dog.beat()
            self._beats += 1
            try:
                await asyncio.wait_for(
                    self._state.stopping.wait(), max(0.05, BEAT_SECONDS - (time.monotonic() - began))
                )
            except TimeoutError:
                continue

    async def beat(self) -> None:
        """One round."""
        state = self._state
        await self._look_at_time()
        await self._keep()
        await self._look()
        await self._share()
        if self._beats % SLOW_EVERY == 0:
            await claims.learn_runs(state, list(state.runs))
            await brakes.look(state)
        await self._look_at_places()
        await self._write_beat()
        state.ready.set()

    # Time

    async def _look_at_time(self) -> None:
        """The clocks of machine and database must agree, and no hour may be missing between two beats."""
        state, now = self._state, clock.now()
        if self._beats == 0:
            await safe_mode.look_at_start(state, now)
        elif not clock.is_virtual() and safe_mode.has_jumped(self._wall, self._monotonic):
            await safe_mode.enter(state, now, "The clock has jumped by more than an hour.")
        self._wall, self._monotonic = time.time(), time.monotonic()
        before = time.time()
        crowd = await state.claims.run(CROWD, {"alive": now - technical(ALIVE_SECONDS)})
        ((self._numbers, self._lanes, senders, there),) = crowd
        skew = abs(there.timestamp() - (before + time.time()) / 2)
        self._senders = max(1, senders)
        was = state.halted_by
        if skew > MOST_CLOCK_SKEW_SECONDS and not clock.is_virtual():
            state.halted_by = "clock"
        else:
            state.halted_by = "safe_mode" if await safe_mode.is_on(state) else ""
        if state.halted_by != was:
            log.warning("sending halted" if state.halted_by else "sending goes on", reason=state.halted_by or was)

    # Lanes

    async def _keep(self) -> None:
        """Renew; what is not mine any more is let go."""
        state, now = self._state, clock.now()
        if not state.lanes:
            return
        lease_until, at = now + technical(state.config.lease_seconds), now.timestamp()
        lanes = list(state.lanes.values())
        told = [lane.explain(at) if not state.halted_by else (state.halted_by, 0.0) for lane in lanes]
        rows = await state.claims.run(
            load("lanes_keep"),
            {
                "me": state.me,
                "now": now,
                "lease_until": lease_until,
                "numbers": [lane.number_id for lane in lanes],
                "fences": [lane.fence for lane in lanes],
                "states": [lane.state(at) for lane in lanes],
                "waiting_for": [word for word, _ in told],
                "waiting_until": [_shown(until) for _, until in told],
                "breaker_until": [lane.breaker.open_until for lane in lanes],
                "breaker_reasons": [lane.breaker.reason if lane.breaker.is_open(at) else "" for lane in lanes],
            },
        )
        kept = {number_id for (number_id,) in rows}
        for lane in lanes:
            if lane.number_id in kept:
                lane.lease_until = lease_until.timestamp()
                lane.forget_old(at)
            else:
                self._lose(lane, at)

    def _lose(self, lane: Lane, now: float) -> None:
        log.warning("a lane was lost to another sender", number_id=lane.number_id)
        self._state.lanes.pop(lane.number_id, None)
        for row in lane.drain():
            self._state.outcomes.put(Back(row.message_id, row.due_at, now))
        gate.turn_back(self._state, lane)

    async def _look(self) -> None:
        """Fresh facts of my lanes."""
        state, at = self._state, clock.time()
        if not state.lanes:
            return
        rows = await state.claims.run(load("lanes_look"), {"numbers": list(state.lanes)})
        await load_accesses(state, list(state.lanes.values()), is_again=self._beats % SLOW_EVERY == 0)
        for number_id, *facts in rows:  # from here on nothing waits: no claim comes between facts and access
            if lane := state.lanes.get(number_id):
                lane.update(facts_of(tuple(facts), at))
        stop_without_access(state, state.lanes.values())
        await self._hear()

    async def _hear(self) -> None:
        """What comes in takes its part of each number's throughput; so much is left free for it."""
        state, since = self._state, clock.now() - technical(HEARD_SECONDS)
        workspaces = sorted({lane.facts.workspace_id for lane in state.lanes.values()})
        params = {"workspaces": workspaces, "since": since, "numbers": list(state.lanes)}
        heard: dict[int, int] = dict(await state.claims.run(load("lanes_hear"), params))
        for number_id, lane in state.lanes.items():
            lane.throughput.keep_free(heard.get(number_id, 0) / HEARD_SECONDS)

    async def _share(self) -> None:
        """Hold a fair share of all lanes: give back what is too much, take what is free.

        A number that has just been connected gets its lane here, so that its first message waits a beat at most.
        """
        state = self._state
        if self._lanes < self._numbers:
            await state.claims.run(MAKE_LANES, {})
        fair = -(-self._numbers // self._senders)
        surplus = len(state.lanes) - fair
        await hand_over.give_back(state, hand_over.choose(state, max(0, surplus)))
        if surplus < 0 and state.may_send:
            await self._take(-surplus)

    async def _take(self, most: int) -> None:
        state, now = self._state, clock.now()
        lease_until = now + technical(state.config.lease_seconds)
        rows = await state.claims.run(
            load("lanes_take"), {"me": state.me, "now": now, "lease_until": lease_until, "most": most}
        )
        if not rows:
            return
        looked = await state.claims.run(load("lanes_look"), {"numbers": [row[0] for row in rows]})
        facts = {number_id: facts_of(tuple(rest), now.timestamp()) for number_id, *rest in looked}
        taken: dict[int, Lane] = {}
        for number_id, fence, saved, left_by, breaker_until in rows:
            if number_id not in facts:
                continue  # removed this very moment; its lease runs out
            lane = Lane(number_id, fence, facts[number_id], orjson.loads(saved))
            lane.lease_until = lease_until.timestamp()
            lane.breaker.open_until = seconds(breaker_until) if breaker_until else 0.0
            if left_by:
                await hand_over.remember(state, lane, now)
            taken[number_id] = lane
        await load_accesses(state, taken.values(), is_again=False)
        stop_without_access(state, taken.values())
        state.lanes |= taken  # only now: a claim before the token is here would count as trouble of the number
        figures.LANES.set(len(state.lanes))
        state.work.set()

    # Places of portfolios

    async def _look_at_places(self) -> None:
        """When a full portfolio has room again, for every lane that waits for it."""
        state, now = self._state, clock.now()
        waiting = {lane.facts.portfolio_id for lane in state.lanes.values()
                   if {"portfolio", "portfolio_service"} & set(lane.blocked_until)}  # fmt: skip
        for portfolio_id in waiting:
            use = await _use(state, portfolio_id, now)
            for lane in state.lanes.values():
                if lane.facts.portfolio_id == portfolio_id:
                    _note_places(lane, use, now.timestamp())

    async def _write_beat(self) -> None:
        state = self._state
        detail = {"lanes": len(state.lanes), "calling": state.calling, "halted_by": state.halted_by,
                  "outcomes": state.outcomes.count, "place": await safe_mode.place(state)}  # fmt: skip
        await self._write({**detail, **figures.snapshot()})

    async def _write(self, detail: dict[str, Any]) -> None:
        params = {"me": self._state.me, "now": clock.now(), "started": self._started, "detail": Jsonb(detail)}
        await self._state.claims.run(BEAT, params)

    async def say_goodbye(self) -> None:
        """The last beat: other senders share my lanes at once."""
        await self._write({"stopped": True, "place": await safe_mode.place(self._state), **figures.snapshot()})


async def _use(state: State, portfolio_id: int, now: datetime) -> ledger.Use:
    limits = await state.claims.run(
        b"SELECT people_limit, service_reserve FROM portfolio WHERE id = %(portfolio)b", {"portfolio": portfolio_id}
    )
    minutes = await state.claims.run(ledger.USE, {"portfolio": portfolio_id, "since": ledger.since(now)})
    limit, reserve = limits[0] if limits else (None, 0)
    return ledger.Use(limit, reserve, tuple((minute, people) for minute, people in minutes))


def _note_places(lane: Lane, use: ledger.Use, now: float) -> None:
    for name, for_campaign in (("portfolio", True), ("portfolio_service", False)):
        left = use.left(for_campaign=for_campaign)
        if name not in lane.blocked_until:
            continue
        frees_at = use.frees_at(for_campaign=for_campaign)
        if left is None or left > 0:
            del lane.blocked_until[name]
        else:
            lane.blocked_until[name] = frees_at.timestamp() if frees_at else now + timedelta(days=1).total_seconds()


def _shown(until: float) -> float:
    return until if 0 < until < 1e10 else 0.0
