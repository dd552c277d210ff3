"""The gate before the wire: with a committed intent, a message leaves at the very moment that the limits allow."""

import asyncio

from tradewind.lib import clock
from tradewind.messages.sender import calls
from tradewind.messages.sender.lane import Lane
from tradewind.messages.sender.outcomes import not_called
from tradewind.messages.sender.row import Claimed
from tradewind.messages.sender.state import State

MOST_CALLING = 500
"""Calls under way on one number."""
EDGE_SECONDS = 1.0
"""A lane whose lease ends within this is not used any more: another sender may have it next."""
LONGEST_WAIT_SECONDS = 0.8
"""Nobody stands at the gate for longer, so that a pause takes hold within a second."""


def open_gate(state: State, lane: Lane) -> None:
    """Let through what may go now, and come back when the next one may."""
    now = clock.time()
    while lane.at_gate:
        is_mine = lane.lease_until - EDGE_SECONDS > now and state.lanes.get(lane.number_id) is lane
        if not is_mine or state.stopping.is_set():
            turn_back(state, lane)
            return
        if lane.calling >= MOST_CALLING:
            return  # the next call that comes back opens the gate again
        following = lane.next_to_leave(now)
        if following is None:
            return
        row, at = following
        if lane.paced_gate and row is lane.paced_gate[0] and at - now > LONGEST_WAIT_SECONDS * max(1.0, clock.speed()):
            _turn_back_one(state, lane, row, now)  # others of its number have gone before it: its time is far off
            continue
        if at > now:
            _come_back(state, lane, at - now)
            return
        lane.pass_gate(row)
        lane.leaves(row, now)
        state.calling += 1
        calls.start(state, lane, row)


def turn_back(state: State, lane: Lane) -> None:
    """The lane is lost, or nearly, or the sender stops: what stands at the gate was not called and goes back."""
    now = clock.time()
    for row in (*lane.gate, *lane.paced_gate):
        _turn_back_one(state, lane, row, now)


def _turn_back_one(state: State, lane: Lane, row: Claimed, now: float) -> None:
    lane.pass_gate(row)
    lane.turned_back(row)
    state.outcomes.put(not_called(row, now))


def _come_back(state: State, lane: Lane, seconds: float) -> None:
    if lane.gate_timer is not None:
        lane.gate_timer.cancel()
    loop = asyncio.get_running_loop()
    lane.gate_timer = loop.call_later(clock.real_seconds(seconds), open_gate, state, lane)
