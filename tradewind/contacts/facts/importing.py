"""A file of events into the journal, in batches of their own transactions: it can be stopped and begun anew."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import transaction

from tradewind.contacts.facts.files import Rejects, Row, rows
from tradewind.contacts.facts.record import record_events
from tradewind.journal.connections import hot_cursor

BATCH = 5_000


@dataclass(slots=True)
class Result:
    """What became of the lines; blank ones are not counted."""

    lines: int = 0
    recorded: int = 0
    repeated: int = 0
    rejected: int = 0
    created_contacts: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def import_file(
    path: Path,
    *,
    workspace_id: int,
    rejects: Path,
    may_create: bool = False,
    progress: Callable[[Result], None] = lambda _result: None,
) -> Result:
    """Record the events of a file; refused lines go to `rejects` with number and reason. Safe to repeat.

    Raises files.BadFile for a file that cannot be read at all, OSError when `rejects` cannot be written.
    """
    result = Result()
    refused = Rejects(rejects, path)
    try:
        lines = rows(path)
        while batch := list(islice(lines, BATCH)):
            for row, reason in import_batch(batch, workspace_id, may_create, result):
                refused.add(row, reason)
                result.reasons[reason] += 1
            progress(result)
    finally:
        refused.close()
    result.rejected = refused.count
    return result


def import_batch(batch: list[Row], workspace_id: int, may_create: bool, result: Result) -> Iterator[tuple[Row, str]]:
    """The refused lines of a batch, in their order."""
    readable = [row for row in batch if not row.problem]
    with transaction.atomic(), hot_cursor() as cursor:
        outcome = record_events(
            cursor, workspace_id, [row.event for row in readable], may_create=may_create, needs_time=True
        )
    result.lines += len(batch)
    result.recorded += outcome.recorded
    result.repeated += outcome.repeated
    result.created_contacts += outcome.created
    reasons = {readable[each.index].number: each.reason for each in outcome.rejected}
    for row in batch:
        if reason := row.problem or reasons.get(row.number, ""):
            yield row, reason
