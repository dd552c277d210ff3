"""A file of events from its pieces to the journal: first all of it is looked at, then it is recorded.

A batch of rows is one transaction, in which the import notes how many rows are through: whoever goes on after a pause
or a crash passes over so many, and every row is recorded once.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import transaction

from tradewind.contacts import facts
from tradewind.contacts.errors import ContactError
from tradewind.contacts.facts.record import Outcome, look_at_events
from tradewind.contacts.facts.uploads import reading
from tradewind.contacts.facts.uploads.reading import Given, Plan
from tradewind.contacts.imports import ending, rejects
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.problems import Reject
from tradewind.contacts.imports.sniffing import Shape
from tradewind.contacts.imports.sources import Source
from tradewind.contacts.models import Import
from tradewind.journal.connections import hot_cursor

BATCH = 2_000
SHOWN = 6


def run(of: Import, source: Source, *, only_checks: bool = False) -> None:
    """Look at the file, or record it. Ends with another state of the import; by one process at a time for an import.

    A pause is heeded between two batches.
    """
    try:
        (check if only_checks else write)(of, source)
    except ContactError as error:
        ending.fail(of, str(error))


def batches(of: Import, source: Source, *, after: int = 0) -> Iterator[list[Given]]:
    """The rows of the file from so many on."""
    plan = Plan(
        columns=[Column(**each) for each in of.mapping],
        event=of.options.get("event", ""),
        country=of.options.get("country") or of.workspace.country,
        zone=of.workspace.timezone,
    )
    given = islice(reading.read(source, Shape(**of.shape), plan), after, None)
    while batch := list(islice(given, BATCH)):
        yield batch


def check(of: Import, source: Source) -> None:
    """What would come of it, with the first rows and those that are left out; nothing is recorded."""
    sums, reasons, first, refused = Counter[str](), Counter[str](), list[dict[str, Any]](), list[Reject]()
    for batch in batches(of, source):
        readable = [each for each in batch if each.reject is None]
        with transaction.atomic(), hot_cursor() as cursor:
            outcome = look_at_events(
                cursor, of.workspace_id, [each.event for each in readable], may_create=creates(of), needs_time=True
            )
        found = rejected(of, batch, readable, outcome)
        rejects.keep(of.workspace_id, of.pk, found, before=sums["rejected"])
        sums.update({"rows": len(batch), "recorded": outcome.recorded, "repeated": outcome.repeated,
                     "rejected": len(found)})  # fmt: skip
        reasons.update(each.reason for each in found)
        refused += found[: SHOWN - len(refused)]
        out = {each.row for each in found}
        good = (each for each in readable if each.number not in out)
        first += [shown(each) for each in islice(good, SHOWN - len(first))]
        Import.objects.filter(pk=of.pk).update(rows_checked=sums["rows"])
    ending.checked(of, {
        **sums, "reasons": dict(reasons), "events": first,
        "rejects": [{**each._asdict(), "cells": [cell[:80] for cell in each.cells[:8]]} for each in refused],
    })  # fmt: skip


def write(of: Import, source: Source) -> None:
    for batch in batches(of, source, after=of.rows_done):
        if not write_batch(of, batch):
            return
    finish(of)


def write_batch(of: Import, batch: list[Given]) -> bool:
    """Record some rows and note that they are through, in one transaction. True when to go on."""
    readable = [each for each in batch if each.reject is None]
    with transaction.atomic(), hot_cursor() as cursor:
        outcome = facts.record_events(
            cursor, of.workspace_id, [each.event for each in readable], may_create=creates(of), needs_time=True
        )
        found = rejected(of, batch, readable, outcome)
        # The row is held last, so that the page waits for a moment only.
        row = Import.objects.select_for_update().get(pk=of.pk)
        rejects.keep(of.workspace_id, of.pk, found, before=row.counts.get("rejected", 0))
        said = {
            "recorded": outcome.recorded,
            "repeated": outcome.repeated,
            "created": outcome.created,
            "rejected": len(found),
        }
        row.counts = {name: row.counts.get(name, 0) + count for name, count in said.items()}
        row.reasons = dict(Counter(row.reasons) + Counter(each.reason for each in found))
        row.rows_done += len(batch)
        row.save(update_fields=["counts", "reasons", "rows_done"])
    return row.state == "running"


def finish(of: Import) -> None:
    """The end, unless somebody stopped it."""
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=of.pk)
        if row.state != "running":
            return
        row.rows_total = row.rows_done
        ending.done(row)


def creates(of: Import) -> bool:
    return bool(of.options.get("create_contacts"))


def rejected(of: Import, batch: list[Given], readable: list[Given], outcome: Outcome) -> list[Reject]:
    """The rows that are left out, in their order: those that could not be read, and those that were refused."""
    refused = {readable[each.index].number: each for each in outcome.rejected}
    heads = {column["to"]: column["head"] for column in of.mapping}
    found = []
    for row in batch:
        if row.reject is not None:
            found.append(row.reject)
        elif (why := refused.get(row.number)) is not None:
            found.append(Reject(row.number, heads.get(why.field, why.field), why.code, why.detail[:200], row.cells))
    return found


def shown(row: Given) -> dict[str, Any]:
    """An event for the preview, which would be recorded."""
    event: dict[str, Any] = row.event
    told = {name: str(event.get(name) or "")[:80] for name in ("contact", "event", "at", "currency")}
    amount = event.get("amount")
    rest = [f"{name}: {value}"[:60] for name, value in event.items() if name not in {*told, "amount", "id"}]
    return {"row": row.number, **told, "amount": float(amount) if amount not in (None, "") else None, "rest": rest[:3]}
