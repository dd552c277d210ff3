"""Safe mode: after a restore, or when an hour of the clock is missing, nothing is sent until a person has looked."""

import time
from datetime import datetime, timedelta

from tradewind.lib import clock, logs
from tradewind.messages.sender.state import State

log = logs.get(__name__)

LONGEST_GAP = timedelta(hours=1)

LAST_BEAT = b"SELECT at, detail ->> 'place' FROM beat WHERE name = 'sender' ORDER BY at DESC LIMIT 1"
HAS_WORK = b"SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM run WHERE state = 'open')"
# Where this database lives: a restored copy lives elsewhere.
PLACE = b"""
SELECT (SELECT system_identifier FROM pg_control_system())::text || ':' || oid
FROM pg_database WHERE datname = current_database()
"""
FORGET_BEATS = b"""
DELETE FROM beat WHERE name = 'sender' AND at < %(before)b AND at < (SELECT max(at) FROM beat WHERE name = 'sender')
"""
ENTER = b"""
INSERT INTO safe_mode (since, reason) SELECT %(now)b, %(reason)b
WHERE NOT EXISTS (SELECT FROM safe_mode WHERE ended_at IS NULL)
"""
IS_ON = b"SELECT EXISTS (SELECT FROM safe_mode WHERE ended_at IS NULL)"


async def look_at_start(state: State, now: datetime) -> None:
    """Compare with the last beat of any sender. Without anything to send there is nothing to be careful about."""
    rows = await state.claims.run(LAST_BEAT, {})
    ((has_work,),) = await state.claims.run(HAS_WORK, {})
    if rows and has_work:
        last_at, last_place = rows[0]
        # A virtual clock that runs fast makes a short stop look long.
        gap = (now - last_at) / max(1.0, clock.speed())
        if last_place is not None and last_place != await place(state):
            await enter(state, now, "The database was restored from a back-up.")
        elif abs(gap) > LONGEST_GAP:
            await enter(state, now, f"Nothing was sent for {gap.total_seconds() / 3600:.1f} hours.")
    await state.claims.run(FORGET_BEATS, {"before": now - timedelta(days=1)})


def has_jumped(wall: float, monotonic: float) -> bool:
    """Whether, since those two readings, the machine's clock moved an hour more or less than time did."""
    moved = time.time() - wall
    passed = time.monotonic() - monotonic
    return abs(moved - passed) > LONGEST_GAP.total_seconds() or moved > LONGEST_GAP.total_seconds()


async def enter(state: State, now: datetime, reason: str) -> None:
    """Stop all senders until a person ends it (actions.end_safe_mode)."""
    await state.database.run(ENTER, {"now": now, "reason": reason[:200]})
    log.warning("safe mode: waiting for a person", reason=reason)


async def is_on(state: State) -> bool:
    ((found,),) = await state.claims.run(IS_ON, {})
    return bool(found)


async def place(state: State) -> str:
    """The identity of the cluster and database."""
    if not state.place:
        ((state.place,),) = await state.claims.run(PLACE, {})
    return state.place
