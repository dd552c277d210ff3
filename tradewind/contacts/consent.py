"""The consent passport in batches: what many people said about marketing, in the projector's transaction.

For one contact and a member's hand see `actions.opt_in` and `opt_out`; both keep to one rule: the proof with the
youngest `at` decides, and of two with the same time the one that came later.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import psycopg

from tradewind.journal import actions as journal


@dataclass(frozen=True, slots=True)
class Said:
    """One person said something about marketing. `state`: opted_in or opted_out; `source`: message, button, meta, …"""

    workspace_id: int
    contact_id: int
    state: str
    source: str
    at: datetime
    wording: str = ""
    proof: dict[str, Any] = field(default_factory=dict)
    number_id: int | None = None
    run_id: int | None = None


# Locked in one order, and so that nobody's opt-out slips between reading and writing. `standing` is what the youngest
# proof says: contact.marketing itself may have been set ahead of its proof by the door (docs/decisions/0005).
LOCK = """
SELECT contact.id, contact.marketing_at,
       (SELECT state FROM consent WHERE contact_id = contact.id AND purpose = 'marketing'
        ORDER BY at DESC, id DESC LIMIT 1)
FROM contact WHERE id = ANY(%b::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
# What was recorded already is not recorded again, so a replayed webhook changes nothing.
WRITE = """
INSERT INTO consent (workspace_id, contact_id, state, source, wording, proof, number_id, at, recorded_at)
SELECT given.workspace_id, given.contact_id, given.state, given.source, given.wording, given.proof::jsonb,
       given.number_id, to_timestamp(given.at), %s
FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::float8[])
  WITH ORDINALITY
  AS given (workspace_id, contact_id, state, source, wording, proof, number_id, at, place)
WHERE NOT EXISTS (
  SELECT FROM consent WHERE consent.contact_id = given.contact_id AND consent.at = to_timestamp(given.at)
    AND consent.state = given.state AND consent.source = given.source)
ORDER BY given.place
RETURNING contact_id, state, source, at
"""
SET = """
UPDATE contact SET marketing = given.state, marketing_at = to_timestamp(given.at)
FROM unnest(%b::bigint[], %b::text[], %b::float8[]) AS given (id, state, at)
WHERE contact.id = given.id
"""


def record_many(cursor: "psycopg.Cursor[Any]", said: Iterable[Said], *, now: datetime) -> list[Said]:
    """Add the proofs, set how each contact stands, and tell the journal, in the caller's transaction.

    Safe to repeat. Returns those that turned a person's word round (the first STOP, not the second), in order.
    """
    once = {(each.contact_id, each.at, each.state, each.source): each for each in said}
    in_order = sorted(once.values(), key=lambda each: each.at)
    if not in_order:
        return []
    standing = lock(cursor, {each.contact_id for each in in_order})
    new = [each for each in write(cursor, in_order, now) if each.contact_id in standing]
    turned = [each for each in new if standing[each.contact_id].hear(each)]
    set_standing(cursor, {contact: stand for contact, stand in standing.items() if stand.has_heard})
    journal.record_many(cursor, [line_of(each, each in turned) for each in new])
    return turned


@dataclass(slots=True)
class Standing:
    """How a contact stands while a batch is read: the time of the deciding word, and what the proofs say."""

    at: datetime | None
    state: str | None
    has_heard: bool = False

    def hear(self, said: Said) -> bool:
        """Take in a word unless it is older than the deciding one; says whether it turned the proofs round."""
        if self.at is not None and said.at < self.at:
            return False
        has_turned = said.state != self.state
        self.at, self.state, self.has_heard = said.at, said.state, True
        return has_turned


def lock(cursor: "psycopg.Cursor[Any]", contacts: set[int]) -> dict[int, Standing]:
    cursor.execute(LOCK, [sorted(contacts)])
    return {contact: Standing(at, state) for contact, at, state in cursor.fetchall()}


def write(cursor: "psycopg.Cursor[Any]", said: list[Said], now: datetime) -> list[Said]:
    """Insert the proofs; returns those that were not there yet."""
    columns = [
        [each.workspace_id for each in said],
        [each.contact_id for each in said],
        [each.state for each in said],
        [each.source[:40] for each in said],
        [each.wording for each in said],
        [orjson.dumps(each.proof).decode() for each in said],
        [each.number_id for each in said],
        [each.at.timestamp() for each in said],
    ]
    cursor.execute(WRITE, [now, *columns])
    written = set(cursor.fetchall())
    return [each for each in said if (each.contact_id, each.state, each.source[:40], each.at) in written]


def set_standing(cursor: "psycopg.Cursor[Any]", heard: dict[int, Standing]) -> None:
    if heard:
        times = [each.at.timestamp() for each in heard.values() if each.at is not None]
        cursor.execute(SET, [list(heard), [each.state for each in heard.values()], times])


def line_of(said: Said, has_turned: bool) -> journal.Line:
    return journal.Line(
        said.workspace_id,
        said.at,
        f"contact.{said.state}",
        said.contact_id,
        said.number_id,
        run_id=said.run_id,
        data={"source": said.source, "turned": has_turned},
    )
