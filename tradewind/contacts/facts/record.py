"""From events to journal entries, in batches: who they are about, which were told before, and why some are refused."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import psycopg

from tradewind.contacts import money
from tradewind.contacts.facts import who
from tradewind.contacts.facts.shape import Fact, FactError, read
from tradewind.journal.actions import Line, record_many
from tradewind.lib import clock

Cursor = psycopg.Cursor[Any]

# Sorted, so that two batches with the same keys never wait for each other in a ring.
CLAIM = """
INSERT INTO fact_key (digest, workspace_id) SELECT digest, %s FROM unnest(%b::uuid[]) AS given (digest)
ON CONFLICT (digest) DO NOTHING RETURNING digest
"""
TOLD = "SELECT digest FROM fact_key WHERE digest = ANY(%b::uuid[])"


@dataclass(frozen=True, slots=True, order=True)
class Rejection:
    """Why an event was not recorded; `index` is its place in what was given, from 0."""

    index: int
    field: str
    reason: str
    code: str = ""  # the reason as uploads.words knows it,
    detail: str = ""  # and what is particular to this one


@dataclass(slots=True)
class Outcome:
    """What became of a batch: recorded + repeated + len(rejected) = how many were given."""

    recorded: int = 0
    repeated: int = 0  # told before, nothing changed
    created: int = 0  # contacts that were made for it
    rejected: list[Rejection] = field(default_factory=list)


def record_events(
    cursor: Cursor,
    workspace_id: int,
    events: Sequence[Any],
    *,
    now: datetime | None = None,
    may_create: bool = False,
    needs_time: bool = False,
) -> Outcome:
    """Record outside events in the journal, in the caller's transaction; each refused one has its reason.

    An event is {"contact", "event", "at", "id", "amount", "currency", …} (docs/facts.md). One with an `id` is recorded
    once per workspace and name; one without, but with its time, once per contact, time and content. `may_create`: a
    phone number that nobody has becomes a contact. `needs_time`: see `shape.read`. `cursor` speaks `%b`.
    """
    now = now or clock.now()
    outcome = Outcome()
    facts = readable(events, now, needs_time, outcome)
    found = who.find(cursor, workspace_id, {fact.contact for _index, fact in facts}, now=now, may_create=may_create)
    outcome.created = found.created
    known = [(fact, found.ids[fact.contact]) for index, fact in facts if is_known(index, fact, found, outcome)]
    if known:
        new = claimed(cursor, workspace_id, known)
        fill_currency(cursor, workspace_id, new)
        outcome.recorded, outcome.repeated = len(new), len(known) - len(new)
        record_many(cursor, [Line(workspace_id, fact.at, fact.kind, row, data=fact.data) for fact, row in new])
    outcome.rejected.sort()
    return outcome


def look_at_events(
    cursor: Cursor, workspace_id: int, events: Sequence[Any], *, may_create: bool = False, needs_time: bool = False
) -> Outcome:
    """What `record_events` would make of a batch, without writing; `created` stays 0.

    An event that stands twice in it counts as recorded twice.
    """
    now = clock.now()
    outcome = Outcome()
    facts = readable(events, now, needs_time, outcome)
    found = who.find(cursor, workspace_id, {fact.contact for _index, fact in facts}, now=now, may_create=False)
    known = []
    for index, fact in facts:
        problem = found.problems.get(fact.contact)
        if may_create and problem is not None and problem.code == who.NOBODY:
            outcome.recorded += 1  # the event of somebody who will be made for it cannot have been told before
        elif is_known(index, fact, found, outcome):
            known.append(digest_of(workspace_id, fact, found.ids[fact.contact]))
    if known:
        cursor.execute(TOLD, [known])
        told = {digest for (digest,) in cursor.fetchall()}
        outcome.repeated = sum(digest in told for digest in known)
        outcome.recorded += len(known) - outcome.repeated
    outcome.rejected.sort()
    return outcome


def readable(events: Sequence[Any], now: datetime, needs_time: bool, outcome: Outcome) -> list[tuple[int, Fact]]:
    facts = []
    for index, given in enumerate(events):
        try:
            facts.append((index, read(given, now=now, needs_time=needs_time)))
        except FactError as error:
            outcome.rejected.append(Rejection(index, error.field, str(error), error.code, error.detail))
    return facts


def is_known(index: int, fact: Fact, found: who.Found, outcome: Outcome) -> bool:
    if fact.contact in found.ids:
        return True
    problem = found.problems[fact.contact]
    outcome.rejected.append(Rejection(index, "contact", problem.sentence, problem.code))
    return False


def fill_currency(cursor: Cursor, workspace_id: int, facts: list[tuple[Fact, int]]) -> None:
    """An amount without its currency is one in the workspace's own."""
    bare = [fact for fact, _row in facts if "amount" in fact.data and "currency" not in fact.data]
    if bare:
        own = money.of_workspace(cursor, workspace_id)
        for fact in bare:
            fact.data["currency"] = own


def claimed(cursor: Cursor, workspace_id: int, facts: list[tuple[Fact, int]]) -> list[tuple[Fact, int]]:
    """Those that nobody told before, in their order; the same twice in one batch is one."""
    by_digest: dict[uuid.UUID, tuple[Fact, int]] = {}
    for fact, row in facts:
        by_digest.setdefault(digest_of(workspace_id, fact, row), (fact, row))
    cursor.execute(CLAIM, [workspace_id, sorted(by_digest)])
    new = {digest for (digest,) in cursor.fetchall()}
    return [pair for digest, pair in by_digest.items() if digest in new]


def digest_of(workspace_id: int, fact: Fact, contact_id: int) -> uuid.UUID:
    """What makes an event the same: its id, else its content; without either it is always a new one."""
    if not fact.id and not fact.is_timed:
        return uuid.uuid4()
    same: list[Any] = [workspace_id, fact.kind, fact.id]
    if not fact.id:
        same += [contact_id, fact.at, fact.data]
    packed = orjson.dumps(same, option=orjson.OPT_SORT_KEYS)
    return uuid.UUID(bytes=hashlib.blake2b(packed, digest_size=16).digest())
