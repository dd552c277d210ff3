"""Statuses from webhooks, applied to messages in batches: the lattice does the sums, SQL here reads and writes.

Hot path: every statement takes arrays; all statuses of a message in the batch are one update. Nearly all of them are
the usual ones, and one statement does all for these (sql/usual_statuses.sql); what it leaves goes the careful way. The
price of an index on `message.state` is told in models.py.

Locks: first the outbox (through reconcile.prove), then messages, each in the order of their ids. The sender's
statements keep to the same order, so the two never wait for each other in a ring.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import psycopg

from tradewind.journal.actions import Line, record_many
from tradewind.messages import setbacks
from tradewind.messages.lattice import Failure, Standing, join, names_reached
from tradewind.messages.news import Heard, News, merge
from tradewind.messages.reconcile import Proof, prove
from tradewind.messages.sql import load

Cursor = psycopg.Cursor[Any]

BY_WAMID = "SELECT wamid, id FROM message WHERE wamid = ANY(%b::text[])"
WAITING = """
SELECT outbox.message_id, message.wamid FROM outbox JOIN message ON message.id = outbox.message_id
WHERE outbox.message_id = ANY(%b::bigint[])
"""
READ = """
SELECT id, workspace_id, number_id, contact_id, run_id, state, rank, reason, wamid, category,
       sent_at, CASE WHEN NOT delivered_implied THEN delivered_at END, read_at, played_at,
       failed_at, error_code, error_detail, pricing::text
FROM message WHERE id = ANY(%b::bigint[]) AND direction = 'out'
ORDER BY id FOR NO KEY UPDATE
"""
WRITE = """
UPDATE message SET
  state = given.state, rank = given.rank, sent_at = to_timestamp(given.sent), read_at = to_timestamp(given.read),
  delivered_at = to_timestamp(given.delivered), played_at = to_timestamp(given.played),
  delivered_implied = given.implied, failed_at = to_timestamp(given.failed), error_code = given.code,
  error_detail = given.detail, pricing = given.pricing::jsonb
FROM unnest(%b::bigint[], %b::text[], %b::int[], %b::float8[], %b::float8[], %b::float8[], %b::float8[], %b::bool[],
            %b::float8[], %b::int[], %b::text[], %b::text[])
  AS given (id, state, rank, sent, delivered, read, played, implied, failed, code, detail, pricing)
WHERE message.id = given.id
"""
COUNT = """
INSERT INTO tally (workspace_id, run_id, number_id, name, n)
SELECT * FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::text[], %b::int[])
"""


class Row(NamedTuple):
    """A message as it stands, as READ gives it."""

    id: int
    workspace_id: int
    number_id: int
    contact_id: int
    run_id: int | None
    state: str
    rank: int
    reason: str
    wamid: str | None
    category: str
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    played_at: datetime | None
    failed_at: datetime | None
    error_code: int | None
    error_detail: str
    pricing: str | None

    def standing(self) -> Standing:
        failure = Failure(self.failed_at, self.error_code or -1, self.error_detail) if self.failed_at else None
        times = (self.sent_at, self.delivered_at, self.read_at, self.played_at)
        return Standing(self.rank, *times, failure, canonical(self.pricing))


@dataclass(slots=True)
class Step:
    """One message's way in this batch."""

    row: Row
    before: Standing
    after: Standing
    state: str
    words: dict[str, datetime]


def apply(cursor: Cursor, heard: Iterable[Heard], *, now: datetime) -> list[Heard]:
    """Apply statuses in the caller's transaction; returns those whose message is not known (yet). Safe to repeat.

    Callback data of our own names the message even before Meta's id is known here; then the status is the proof that
    the call was accepted. A status of another number than the message's is never believed.
    """
    news = merge(heard)
    find_by_wamid(cursor, [each for each in news if not each.message_id])
    accept_waiting(cursor, [each for each in news if each.attempt])
    return apply_carefully(cursor, apply_usual(cursor, news), now=now)


def apply_usual(cursor: Cursor, news: list[News]) -> list[News]:
    """Apply what one statement can deal with; returns the rest, which is as it was."""
    common = {each.message_id: each for each in news if is_usual(each)}
    twice = {each.message_id for each in news if common.get(each.message_id) is not each}
    usual = [each for each in common.values() if each.message_id not in twice]
    if not usual:
        return news
    cursor.execute(load("usual_statuses"), usual_columns(usual), binary=True)
    done = {message_id for (message_id,) in cursor.fetchall()}
    return [each for each in news if each.message_id not in done]


def is_usual(news: News) -> bool:
    return news.message_id > 0 and news.standing.failure is None and news.standing.rank > 0


def usual_columns(usual: list[News]) -> dict[str, list[Any]]:
    return {
        "ids": [each.message_id for each in usual],
        "numbers": [each.number_id for each in usual],
        "wamids": [each.wamid for each in usual],
        "ranks": [each.standing.rank for each in usual],
        "sent": [unix(each.standing.sent_at) for each in usual],
        "delivered": [unix(each.standing.delivered_at) for each in usual],
        "read": [unix(each.standing.read_at) for each in usual],
        "played": [unix(each.standing.played_at) for each in usual],
        "pricings": [each.standing.pricing or None for each in usual],
    }


def apply_carefully(cursor: Cursor, news: list[News], *, now: datetime) -> list[Heard]:
    """Apply what has anything unusual about it, row by row; returns what is told of messages that are not known."""
    if not news:
        return []
    rows = read(cursor, {each.message_id for each in news})
    rows |= accept_others(cursor, news, rows)
    steps, unknown = sort_out(news, rows)
    changed = [step for step in steps if step.after != step.before or step.state != step.row.state]
    write(cursor, changed)
    record_many(cursor, [line for step in steps for line in lines_of(step)])
    count(cursor, changed)
    setbacks.react(cursor, [setback_of(step) for step in changed if has_failed(step)], now=now)
    setbacks.take_back(cursor, [step.row.id for step in changed if step.after.is_delivered and needs_no_more(step)])
    return unknown


def canonical(pricing: str | None) -> str:
    """JSON from the database in the form in which `told` writes it."""
    return orjson.dumps(orjson.loads(pricing), option=orjson.OPT_SORT_KEYS).decode() if pricing else ""


def find_by_wamid(cursor: Cursor, news: list[News]) -> None:
    """Statuses without callback data of ours: the message has Meta's id already, or is not known."""
    if news:
        cursor.execute(BY_WAMID, [[each.wamid for each in news]])
        known = dict(cursor.fetchall())
        for each in news:
            each.message_id = known.get(each.wamid, 0)


def accept_waiting(cursor: Cursor, news: list[News]) -> None:
    """A status that comes before the answer of its call, or instead of it, proves that the call was accepted.

    Done before any message is locked, because the sender locks the outbox first too. What waits under the very id that
    the status bears is in its second try, and the status is a late one of its first: that proves nothing.
    """
    if not news:
        return
    cursor.execute(WAITING, [[each.message_id for each in news]])
    waiting = dict(cursor.fetchall())
    known = [each for each in news if each.message_id in waiting and waiting[each.message_id] != each.wamid]
    prove(cursor, map(proof_of, known))


def accept_others(cursor: Cursor, news: list[News], rows: dict[int, Row]) -> dict[int, Row]:
    """Messages that were given up without an answer, or were taken under another id too; returns them as they are then.

    A copy that failed reached nobody: it is no double.
    """
    others = [each for each in news if each.attempt and (row := rows.get(each.message_id)) and is_other(each, row)]
    if not others:
        return {}
    prove(cursor, map(proof_of, others))
    return read(cursor, {each.message_id for each in others})


def is_other(news: News, row: Row) -> bool:
    if row.number_id != news.number_id or row.wamid == news.wamid:
        return False
    return row.wamid is None or news.standing.rank > 0


def proof_of(news: News) -> Proof:
    assert news.attempt is not None
    first = min([*news.words.values(), *(heard.received_at for heard in news.heard)])
    return Proof(news.attempt, news.wamid, first.timestamp())


def read(cursor: Cursor, messages: Iterable[int]) -> dict[int, Row]:
    ids = sorted(messages)
    cursor.execute(READ, [[each for each in ids if each]], binary=True)
    return {row[0]: Row(*row) for row in cursor.fetchall()}


def sort_out(news: list[News], rows: dict[int, Row]) -> tuple[list[Step], list[Heard]]:
    """What the news do to each message, and the news of which nothing is known here."""
    steps: dict[int, Step] = {}
    unknown: list[Heard] = []
    for each in news:
        row = rows.get(each.message_id)
        if row is None or row.number_id != each.number_id or row.wamid is None:
            unknown += each.heard
            continue
        step = steps.get(row.id)
        if step is None:
            before = row.standing()
            step = steps[row.id] = Step(row, before, before, row.state, {})
        take(step, each)
    return list(steps.values()), unknown


def take(step: Step, news: News) -> None:
    """Add news to a message. A copy's failure, and that of a try which is being repeated, fail nothing."""
    standing = news.standing
    is_copy = news.wamid != step.row.wamid
    is_repeating = step.row.state == "queued"
    if (is_copy or is_repeating) and not standing.is_delivered:
        return
    new = {word: at for word, at in news.words.items() if is_new(step.after, word, at)}
    step.after = join(step.after, standing)
    step.state = step.after.state(base_of(step.row))
    step.words.update(new)


def is_new(before: Standing, word: str, at: datetime) -> bool:
    """Whether the journal has not been told this word of this message."""
    if word == "failed":
        return before.failure is None and not before.is_delivered
    return getattr(before, f"{word}_at") is None


def base_of(row: Row) -> str:
    """The message's word apart from its statuses; a failed or delivered one was accepted at least."""
    return row.state if row.state in ("held", "queued") else "accepted"


def write(cursor: Cursor, steps: Sequence[Step]) -> None:
    if not steps:
        return
    after = [step.after for step in steps]
    cursor.execute(
        WRITE,
        [
            [step.row.id for step in steps],
            [step.state for step in steps],
            [each.rank for each in after],
            [unix(each.sent_at) for each in after],
            [unix(each.shown_delivered_at) for each in after],
            [unix(each.read_at) for each in after],
            [unix(each.played_at) for each in after],
            [each.is_delivery_implied for each in after],
            [unix(each.failure.at) if each.failure else None for each in after],
            [each.failure.code if each.failure else None for each in after],
            [each.failure.detail if each.failure else "" for each in after],
            [each.pricing or None for each in after],
        ],
    )


def unix(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def lines_of(step: Step) -> list[Line]:
    """One journal entry for each word that is new of this message."""
    row = step.row
    return [
        Line(
            row.workspace_id, at, f"message.{word}", row.contact_id, row.number_id, row.id, row.run_id,
            data={"code": step.after.failure.code} if word == "failed" and step.after.failure else None,
        )
        for word, at in step.words.items()
        if word != "failed" or step.after.failure
    ]  # fmt: skip


def count(cursor: Cursor, steps: Sequence[Step]) -> None:
    """Tally what the messages of runs have reached, and what they are no longer."""
    deltas: dict[tuple[int, int, int, str], int] = {}
    for step in steps:
        if step.row.run_id is not None:
            place = (step.row.workspace_id, step.row.run_id, step.row.number_id)
            for name, n in deltas_of(step):
                deltas[(*place, name)] = deltas.get((*place, name), 0) + n
    rows = [(*key, n) for key, n in deltas.items() if n]
    if rows:
        cursor.execute(COUNT, [list(column) for column in zip(*rows, strict=True)])


def deltas_of(step: Step) -> list[tuple[str, int]]:
    deltas = [(name, 1) for name in names_reached(step.before, step.after)]
    if step.row.state == "failed":
        deltas += [("failed", -1), (f"failed:{step.row.error_code}", -1)]
    if step.state == "failed" and step.after.failure:
        deltas += [("failed", 1), (f"failed:{step.after.failure.code}", 1)]
    if step.row.state == "held" and step.state != "held":
        deltas.append(("held", -1))
    if step.row.state == "queued" and step.after.is_delivered:  # in its second try, yet the first has arrived
        deltas.append(("accepted", 1))
    return deltas


def has_failed(step: Step) -> bool:
    return step.state == "failed" and step.row.state != "failed"


def needs_no_more(step: Step) -> bool:
    """Whether a second try was planned, or is waiting, for a message that has arrived after all."""
    return step.row.state in ("failed", "queued")


def setback_of(step: Step) -> setbacks.Setback:
    row = step.row
    assert step.after.failure is not None
    return setbacks.Setback(
        row.workspace_id, row.number_id, row.contact_id, row.id, row.run_id, row.category, row.reason,
        step.after.failure.code, step.after.failure.detail, step.after.failure.at,
    )  # fmt: skip
