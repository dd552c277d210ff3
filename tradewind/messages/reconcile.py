"""Out of doubt: positive proof settles a message, negative proof sends it anew, time hands it to a person.

    prove(cursor, [Proof(attempt_id, wamid, at, "status"), …])     from statuses, quoting replies and late answers

Positive proof: Meta itself speaks of an attempt. Negative proof: later attempts on that number have statuses, the
intake has caught up, the account's webhooks are subscribed, some minutes have passed: then there is a new attempt.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import transaction

from tradewind import config
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.messages import marks
from tradewind.messages.sql import load

BATCH = 500
CAUGHT_UP_SECONDS = 5.0
"""The intake has caught up when no webhook has waited for longer than this."""


class Proof(NamedTuple):
    """Meta spoke of an attempt: in a status, a quoting reply, or an answer that came late."""

    attempt_id: bytes
    wamid: str
    at: float  # unix seconds
    source: str = "status"


class Proved(NamedTuple):
    """What proofs changed: messages out of doubt, and duplicates detected."""

    settled: int
    duplicates: int


def prove(cursor: psycopg.Cursor[Any], proofs: Iterable[Proof]) -> Proved:
    """Settle what these prove, in the cursor's transaction (a `psycopg.Cursor`, which understands `%b`).

    Call it before you update the same message rows: it locks outbox rows before message rows. Only messages whose wamid
    is not known yet, or is another one, need it; for all others it changes nothing.
    """
    given = sorted(proofs, key=lambda proof: proof.attempt_id)
    if not given:
        return Proved(0, 0)
    ids = [marks.message_of(proof.attempt_id) for proof in given]
    cursor.execute(load("prove_lock"), {"ids": ids})
    cursor.execute(
        load("prove"),
        {
            "attempts": [UUID(bytes=proof.attempt_id) for proof in given],
            "ids": ids,
            "wamids": [proof.wamid for proof in given],
            "ats": [float(proof.at) for proof in given],
            "sources": [proof.source for proof in given],
        },
    )
    row = cursor.fetchone()
    assert row is not None
    return Proved(*row)


def prove_now(proofs: list[Proof]) -> Proved:
    """The same over Django's connection, in a transaction of its own."""
    with transaction.atomic(), hot_cursor() as cursor:
        return prove(cursor, proofs)


def step() -> bool:
    """One round of the reconciliation: negative proofs, then what no proof came for. True when there may be more."""
    return bool(send_again()) | bool(give_up())


def send_again() -> int:
    """Queue anew what surely was not taken; how many."""
    settings, now = config.load(), clock.now()
    params = {
        "now": now,
        "before": now - timedelta(minutes=settings.negative_proof_minutes),
        "later": settings.negative_proof_later,
        "caught_up": now - timedelta(seconds=CAUGHT_UP_SECONDS * max(1.0, clock.speed())),
        "most": BATCH,
    }
    return _count("unknown_again", params)


def give_up() -> int:
    """After 24 h (a setting) without proof: one-time codes expire, everything else is held for a person; how many."""
    now = clock.now()
    params = {"now": now, "before": now - timedelta(hours=config.load().unknown_hours), "most": BATCH}
    return _count("unknown_held", params)


def _count(name: str, params: dict[str, Any]) -> int:
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(load(name), params)
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
