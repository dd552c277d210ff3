"""At least so many seconds between the same content from two different numbers (B4), exact over all senders."""

from datetime import timedelta

from tradewind.lib import clock
from tradewind.messages.sender.row import Claimed
from tradewind.messages.sender.state import State, technical

MARGIN_SECONDS = 1.0
"""Between an intent and its first byte."""

# One row a content: the last number and when. It changes hands only when the gap has passed.
RESERVE = b"""
INSERT INTO content_pace AS p (content_id, workspace_id, last_number_id, last_at)
VALUES (%(content)b, %(workspace)b, %(number)b, %(now)b)
ON CONFLICT (content_id) DO UPDATE SET last_number_id = excluded.last_number_id, last_at = excluded.last_at
WHERE p.last_number_id = excluded.last_number_id OR p.last_at <= %(before)b
RETURNING content_id
"""
LOOK = b"SELECT last_at FROM content_pace WHERE content_id = %(content)b"


async def reserve(state: State, batch: list[Claimed]) -> list[Claimed]:
    """The messages of the batch that keep their content's distance; the others go back to their lane and wait."""
    kept = []
    for row in batch:
        pacing = state.runs.get(row.run_id) if row.run_id is not None else None
        if pacing is None or not pacing.content_gap_seconds or await _may_go(state, row, pacing.content_gap_seconds):
            kept.append(row)
    return kept


async def _may_go(state: State, row: Claimed, gap_seconds: float) -> bool:
    now = clock.now()
    gap = timedelta(seconds=gap_seconds) + technical(MARGIN_SECONDS)
    lane = state.lanes.get(row.number_id)
    if lane is None:
        return True  # the intent will find the lane lost
    taken = await state.database.run(
        RESERVE,
        {"content": row.content_id, "workspace": lane.facts.workspace_id, "number": row.number_id, "now": now,
         "before": now - gap},
    )  # fmt: skip
    if taken:
        return True
    ((last_at,),) = await state.database.run(LOOK, {"content": row.content_id})
    lane.let_go(row)
    lane.add(row, state.runs.get(row.run_id or 0))
    lane.blocked_until[f"content:{row.run_id}"] = (last_at + gap).timestamp()
    return False
