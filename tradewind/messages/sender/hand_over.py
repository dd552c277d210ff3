"""Lanes that change hands: given back with their exact state, or taken over after a crash, carefully."""

from datetime import datetime, timedelta

from tradewind.lib import clock
from tradewind.messages.sender.gate import LONGEST_WAIT_SECONDS, turn_back
from tradewind.messages.sender.lane import Lane
from tradewind.messages.sender.state import State
from tradewind.messages.sql import load
from tradewind.whatsapp.limits import PAIR_RATE

# Every call of a number since a moment: finished ones are attempts, those under way stand in the outbox.
CALLS_SINCE = b"""
SELECT extract(epoch FROM a.started_at)::float8, m.contact_id, m.run_id IS NOT NULL
FROM attempt a JOIN message m ON m.id = a.message_id
WHERE a.number_id = %(number)b AND a.started_at > %(since)b AND a.outcome <> 'not_sent'
UNION ALL
SELECT extract(epoch FROM attempt_at)::float8, contact_id, run_id IS NOT NULL
FROM outbox WHERE stage IN ('inflight', 'unknown') AND number_id = %(number)b AND attempt_at > %(since)b
ORDER BY 1
"""
PAIR_SECONDS = PAIR_RATE.tolerance_seconds + PAIR_RATE.seconds_per_message
DAY = timedelta(days=1)


def choose(state: State, count: int) -> list[Lane]:
    """Lanes to give back: those with the least to do. A busy one stops picking and is given back when it is idle.

    Asked at every beat: a lane that was to go while more senders seemed to be there goes on here when it need not.
    """
    lanes = sorted(state.lanes.values(), key=lambda lane: (lane.in_flight, lane.queued))
    for place, lane in enumerate(lanes):
        lane.is_leaving = place < count
    return [lane for lane in lanes if lane.is_leaving and not lane.in_flight]


async def give_back(state: State, lanes: list[Lane]) -> None:
    """Give lanes back at once; nothing of theirs may be in flight."""
    if not lanes:
        return
    at = clock.time()
    for lane in lanes:
        state.lanes.pop(lane.number_id, None)
        turn_back(state, lane)
    await state.claims.run(
        load("lanes_give"),
        {
            "me": state.me,
            "numbers": [lane.number_id for lane in lanes],
            "fences": [lane.fence for lane in lanes],
            "states": [lane.state(at, for_hand_over=True) for lane in lanes],
        },
    )


async def remember(state: State, lane: Lane, now: datetime) -> None:
    """The sender before me crashed or lost the lane: rebuild from what it is known to have called, or too much."""
    at = now.timestamp()
    since = now - (DAY if lane.uses_pace else timedelta(seconds=PAIR_SECONDS))
    lane.pairs.clear()
    lane.pace.forget()
    for started, contact_id, is_of_run in await state.database.run(
        CALLS_SINCE, {"number": lane.number_id, "since": since}
    ):
        if started > at - PAIR_SECONDS:
            lane.pairs[contact_id] = PAIR_RATE.after(lane.pairs.get(contact_id, 0.0), started)
        if is_of_run:
            lane.pace.record(min(at, started + LONGEST_WAIT_SECONDS))  # it left the gate somewhat later
        if started > at - 2:
            lane.throughput.record(at)
