"""The claim loop: keeps each lane about a second ahead of what it can send."""

import asyncio

import orjson
import psycopg

from tradewind.lib import clock, logs
from tradewind.messages import figures
from tradewind.messages.pacing import Pacing, PacingError
from tradewind.messages.sender.facts import seconds
from tradewind.messages.sender.lane import Lane
from tradewind.messages.sender.outcomes import Back
from tradewind.messages.sender.row import Claimed
from tradewind.messages.sender.state import State, technical
from tradewind.messages.sql import load

log = logs.get(__name__)

BUSY_SECONDS, IDLE_SECONDS = 0.1, 0.5
QUIET_AFTER_SECONDS = 5.0
AGAIN_SECONDS = 0.03
"""At full speed lanes run dry within a fraction of a second: then the next claim comes this soon."""
HELD_FOR_EACH_CALL = 4
"""So many messages are held for each call that may be under way: about a second's work, whatever the lanes could do."""
LEAST = 2
"""A lane is always asked for so many when something has just been queued: it may be a reply."""
CONTENTS = b"SELECT id, payload::text FROM content WHERE id = ANY(%(ids)b::bigint[])"
RUNS = b"SELECT id, pacing::text FROM run WHERE id = ANY(%(ids)b::bigint[])"


async def claim_forever(state: State) -> None:
    """Claim whenever a lane has room; poll every 100 ms while there is work, every 500 ms when it is quiet."""
    is_urgent = True
    while not state.stopping.is_set():
        claimed = 0
        try:
            claimed = await claim(state, is_urgent=is_urgent)
        except psycopg.OperationalError as problem:
            log.warning("no claim: the database is away", error=str(problem))
            await asyncio.sleep(BUSY_SECONDS)
        is_urgent = await rest(state, claimed)


async def rest(state: State, claimed: int) -> bool:
    """Until the next claim; True when something was queued meanwhile."""
    now = asyncio.get_running_loop().time()
    if claimed:
        state.worked_at = now
    is_quiet = now - state.worked_at > QUIET_AFTER_SECONDS
    pause = AGAIN_SECONDS if claimed else IDLE_SECONDS if is_quiet else BUSY_SECONDS
    try:
        await asyncio.wait_for(state.work.wait(), pause)
    except TimeoutError:
        return False
    state.work.clear()
    return True


async def claim(state: State, *, is_urgent: bool = True) -> int:
    """One claim over lanes with room; returns how many messages came. Urgent: also of lanes that are not half empty."""
    if not state.may_send:
        return 0
    now, lease = clock.now(), technical(state.config.lease_seconds)
    at = now.timestamp()
    hungry = hungry_lanes(state, at, is_urgent=is_urgent)
    if not hungry:
        return 0
    rows = await state.claims.run(
        load("claim"),
        {
            "me": state.me,
            "now": now,
            "lease_until": now + lease,
            "numbers": [lane.number_id for lane, _ in hungry],
            "fences": [lane.fence for lane, _ in hungry],
            "wanted": [wanted for _, wanted in hungry],
            "held": [lane.held(at) for lane, _ in hungry],
            "full_runs": [_array(lane.full_runs(state.config.lease_seconds)) for lane, _ in hungry],
            "states": [lane.state(at) for lane, _ in hungry],
        },
    )
    claimed = [claimed_of(row, at) for row in rows]
    state.busy -= {lane.number_id for lane, _ in hungry}
    state.busy |= {row.number_id for row in claimed}
    if claimed:
        await learn(state, claimed)
        hand_out(state, claimed, at)
        figures.CLAIMED.inc(len(claimed))
        state.ready.set()
    return len(claimed)


def hungry_lanes(state: State, now: float, *, is_urgent: bool = True) -> list[tuple[Lane, int]]:
    """Lanes that want more, each with how many: fair shares of what all may hold together.

    A lane asks again when half of its share is gone, so that claims are few and large. What the sender cannot send
    soon is not claimed: it would only go stale here. Lanes that had nothing waiting the last time share as if all of
    them had something now.
    """
    third = state.config.lease_seconds
    asking = [(lane, most) for lane in state.lanes.values() if (most := lane.most(now, third)) > 0]
    if not asking:
        return []
    together = HELD_FOR_EACH_CALL * state.config.sender_concurrency
    busy = sum(lane.number_id in state.busy for lane, _ in asking)
    hungry = []
    for lane, most in asking:
        share = min(most, max(LEAST, together // (busy if lane.number_id in state.busy else len(asking))))
        wanted = share - lane.held_count
        if is_urgent and wanted > -share:
            hungry.append((lane, max(LEAST, wanted)))
        elif wanted > 0 and 2 * wanted >= share:
            hungry.append((lane, wanted))
    return hungry


def claimed_of(row: tuple[object, ...], now: float) -> Claimed:
    claimed = Claimed(*row)  # type: ignore[arg-type]
    claimed.due_at = seconds(row[6])  # type: ignore[arg-type]
    claimed.claimed_at = now
    return claimed


async def learn(state: State, rows: list[Claimed]) -> None:
    """Load the contents, files and runs that these messages need and that are not known yet."""
    if missing := state.contents.missing(rows):
        for content_id, payload in await state.claims.run(CONTENTS, {"ids": missing}):
            state.contents.learn(content_id, orjson.loads(payload))
    if files := state.contents.files_of(rows):
        await state.contents.ids.learn(state.claims, files, clock.now())
    runs = sorted({row.run_id for row in rows if row.run_id is not None and row.run_id not in state.runs})
    if runs:
        await learn_runs(state, runs)


async def learn_runs(state: State, runs: list[int]) -> None:
    """Read how fast these runs may go (again)."""
    for run_id, pacing in await state.claims.run(RUNS, {"ids": runs}):
        try:
            state.runs[run_id] = Pacing.from_json(orjson.loads(pacing))
        except PacingError as problem:
            log.error("a run's pacing makes no sense: it goes carefully", run=run_id, error=str(problem))
            state.runs[run_id] = CAREFUL


def hand_out(state: State, rows: list[Claimed], now: float) -> None:
    """Give each message to its lane; what a lane cannot send in time goes back at once."""
    touched: set[tuple[int, int]] = set()
    for row in rows:
        lane = state.lanes.get(row.number_id)
        if lane is None:
            state.outcomes.put(Back(row.message_id, row.due_at, now))
            continue
        lane.add(row, state.runs.get(row.run_id) if row.run_id is not None else None)
        if row.run_id is not None:
            touched.add((row.number_id, row.run_id))
    for number_id, run_id in touched:
        for row in state.lanes[number_id].surplus(run_id, state.config.lease_seconds):
            state.outcomes.put(Back(row.message_id, row.due_at, now))


def _array(ids: list[int]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


CAREFUL = Pacing.from_json({"delay_from_seconds": 3.0, "delay_to_seconds": 5.0, "per_hour": 200})
