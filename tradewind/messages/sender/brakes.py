"""Stop-loss of runs: too many failures or too many in doubt, and the run pauses itself (delivery.md §1.7)."""

from tradewind.lib import logs
from tradewind.messages import runs
from tradewind.messages.models import Run
from tradewind.messages.sender.state import State
from tradewind.messages.sender.threads import in_thread

log = logs.get(__name__)

LEAST = 50
"""Fewer outcomes than this say nothing about a share."""

# Answered = fed less what is still in the outbox; `failed` and `unknown` as they stand now.
STANDING = b"""
SELECT run.id, run.stop_failed_share, run.stop_unknown_share,
       coalesce(sum(t.n) FILTER (WHERE t.name = 'queued'), 0)
         - (SELECT count(*) FROM outbox WHERE run_id = run.id AND stage <> 'unknown'),
       coalesce(sum(t.n) FILTER (WHERE t.name = 'failed'), 0), coalesce(sum(t.n) FILTER (WHERE t.name = 'unknown'), 0)
FROM run JOIN tally t ON t.run_id = run.id AND t.name IN ('queued', 'failed', 'unknown')
WHERE run.id = ANY(%(runs)b::bigint[]) AND run.state = 'open'
GROUP BY run.id
"""


async def look(state: State) -> None:
    """Pause the runs of my lanes that have passed a share of theirs."""
    if not state.runs:
        return
    for run_id, most_failed, most_unknown, answered, failed, unknown in await state.claims.run(
        STANDING, {"runs": list(state.runs)}
    ):
        if reason := reason_to_stop(int(answered), int(failed), int(unknown), most_failed, most_unknown):
            log.warning("a run was stopped by its brake", run=run_id, reason=reason)
            await in_thread(_pause, run_id, reason)


def reason_to_stop(
    answered: int, failed: int, unknown: int, most_failed: float | None, most_unknown: float | None
) -> str:
    """Why to pause, or "". Counts of messages; shares from 0 to 1, None = no such brake."""
    if answered < LEAST:
        return ""
    if most_failed is not None and failed > most_failed * answered:
        return f"failed: {failed} of {answered}"
    if most_unknown is not None and unknown > most_unknown * answered:
        return f"unknown: {unknown} of {answered}"
    return ""


def _pause(run_id: int, reason: str) -> None:
    runs.pause(Run.objects.get(pk=run_id), reason=reason, by_brake=True)
