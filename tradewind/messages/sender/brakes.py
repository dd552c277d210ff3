"""Stop-loss of runs: too many failures, doubts, opt-outs or blocks, and the run pauses itself (delivery.md §1.7)."""

from tradewind.lib import logs
from tradewind.messages import runs
from tradewind.messages.models import Run
from tradewind.messages.sender.state import State
from tradewind.messages.sender.threads import in_thread

log = logs.get(__name__)

LEAST = 50
"""Fewer outcomes than this say nothing about a share."""
FEWEST_PEOPLE = 5
"""Fewer people who opt out or block say nothing either: one in fifty is chance."""
HARMS = ("failed", "unknown", "opted out", "blocked")
"""In the order of STANDING's columns; the words stand in Run.state_reason."""

# Answered = fed less what is still in the outbox; `failed` and `unknown` as they stand now.
STANDING = b"""
SELECT run.id, run.stop_failed_share, run.stop_unknown_share, run.stop_opted_out_share, run.stop_blocked_share,
       coalesce(sum(t.n) FILTER (WHERE t.name = 'queued'), 0)
         - (SELECT count(*) FROM outbox WHERE run_id = run.id AND stage <> 'unknown'),
       coalesce(sum(t.n) FILTER (WHERE t.name = 'failed'), 0), coalesce(sum(t.n) FILTER (WHERE t.name = 'unknown'), 0),
       coalesce(sum(t.n) FILTER (WHERE t.name = 'opted_out'), 0),
       coalesce(sum(t.n) FILTER (WHERE t.name = 'failed:130403'), 0)
FROM run JOIN tally t ON t.run_id = run.id AND t.name IN ('queued', 'failed', 'unknown', 'opted_out', 'failed:130403')
WHERE run.id = ANY(%(runs)b::bigint[]) AND run.state = 'open'
GROUP BY run.id
"""


async def look(state: State) -> None:
    """Pause the runs of my lanes that have passed a share of theirs."""
    if not state.runs:
        return
    for run_id, *row in await state.claims.run(STANDING, {"runs": list(state.runs)}):
        limits, (answered, *counts) = row[:4], map(int, row[4:])
        if reason := reason_to_stop(answered, dict(zip(HARMS, zip(counts, limits, strict=True), strict=True))):
            log.warning("a run was stopped by its brake", run=run_id, reason=reason)
            await in_thread(_pause, run_id, reason)


def reason_to_stop(answered: int, harms: dict[str, tuple[int, float | None]]) -> str:
    """Why to pause, or "". `harms`: by their word (count of messages, limit from 0 to 1 or None = no such brake)."""
    if answered < LEAST:
        return ""
    for word, (count, limit) in harms.items():
        least = FEWEST_PEOPLE if word in ("opted out", "blocked") else 0
        if limit is not None and count >= least and count > limit * answered:
            return f"{word}: {count} of {answered}"
    return ""


def _pause(run_id: int, reason: str) -> None:
    runs.pause(Run.objects.get(pk=run_id), reason=reason, by_brake=True)
