"""What a batch does to some of its people, and how it takes that back; in the caller's transaction.

Taking back touches only what the batch changed and nobody has changed since.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg

from tradewind.contacts.models import Batch
from tradewind.contacts.tags.assign import FOR_GOOD, By, Change, change_many, lock_people, lock_tags
from tradewind.journal.actions import Line, record_many
from tradewind.lib import clock

Cursor = psycopg.Cursor[Any]
# The reason of a change that takes another one back; see words.REASONS_OF_TAGS.
UNDONE = "undone"
# Columns of a contact that a batch may set; every other name is a field of the business's own.
COLUMNS = ("language", "country", "city", "company")
MOST_FIELDS = 100

HAVE_ANY = """
SELECT contact_id FROM contact_tags
WHERE workspace_id = %s AND contact_id = ANY(%b::bigint[]) AND tags && %b::int[]
"""
# What the batch changed last, with the end that a tag had before it was taken off. Tags that are gone, put away, or
# kept by a rule by now stay as they are.
OWN_CHANGES = """
SELECT c.contact_id, c.tag_id, c.is_on, before.until
FROM tag_change c
JOIN tag ON tag.id = c.tag_id AND tag.workspace_id = c.workspace_id AND tag.rule_id IS NULL
  AND (c.is_on OR tag.archived_at IS NULL)
LEFT JOIN LATERAL (
  SELECT b.until FROM tag_change b
  WHERE NOT c.is_on AND b.contact_id = c.contact_id AND b.tag_id = c.tag_id AND b.id < c.id
  ORDER BY b.id DESC LIMIT 1
) AS before ON true
WHERE c.contact_id = ANY(%b::bigint[]) AND c.workspace_id = %s AND c.batch_id = %s AND c.reason <> %s
  AND NOT EXISTS (SELECT FROM tag_change l WHERE l.contact_id = c.contact_id AND l.tag_id = c.tag_id AND l.id > c.id)
"""
CONTACTS = """
SELECT id FROM contact WHERE workspace_id = %s AND id = ANY(%b::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
# {value} is how a contact stands, {set} how it is to stand; both are ours, names and values are parameters.
SET = """
WITH old AS (
  SELECT id, {value} AS before FROM contact
  WHERE workspace_id = %(workspace)s AND id = ANY(%(contacts)s::bigint[])
    AND {value} IS DISTINCT FROM %(after)s::jsonb {fits}
), kept AS (
  INSERT INTO batch_before (workspace_id, batch_id, contact_id, before)
  SELECT %(workspace)s, %(batch)s, id, before FROM old
)
UPDATE contact SET {set} FROM old WHERE contact.id = old.id RETURNING contact.id
"""
UNSET = """
WITH kept AS (
  DELETE FROM batch_before WHERE batch_id = %(batch)s AND contact_id = ANY(%(contacts)s::bigint[])
  RETURNING contact_id, before
)
UPDATE contact SET {set} FROM kept
WHERE contact.id = kept.contact_id AND contact.workspace_id = %(workspace)s
  AND {value} IS NOT DISTINCT FROM %(after)s::jsonb
RETURNING contact.id
"""


def do(cursor: Cursor, batch: Batch, contacts: list[int]) -> int:
    """Do the batch to these people; how many changes that made. Raises TagError as `change_many` does."""
    return DOING[batch.verb](cursor, batch, contacts)


def undo(cursor: Cursor, batch: Batch, contacts: list[int]) -> int:
    """Take back what the batch did to these people; how many changes that made."""
    if batch.verb in ("field", "owner"):
        return set_back(cursor, batch, contacts)
    lock(cursor, batch, contacts)
    cursor.execute(OWN_CHANGES, [contacts, batch.workspace_id, batch.pk, UNDONE])
    now = clock.now()
    changes = [
        Change(contact, tag, not was_put, None if was_put else until or FOR_GOOD)
        for contact, tag, was_put, until in cursor.fetchall()
    ]
    still = [change for change in changes if change.until is None or change.until > now]
    return change_many(cursor, batch.workspace_id, still, by=by(batch, UNDONE))


def lock(cursor: Cursor, batch: Batch, contacts: list[int]) -> None:
    """Hold the batch's tags, then its people: in the order of `change_many`."""
    tags = [tag for name in ("tags", "take", "put") for tag in batch.detail.get(name, [])]
    lock_tags(cursor, batch.workspace_id, tags)
    lock_people(cursor, batch.workspace_id, contacts)


def by(batch: Batch, reason: str = "") -> By:
    return By(member_id=batch.member_id, batch_id=batch.pk, reason=reason or str(batch.detail.get("reason", "")))


def add(cursor: Cursor, batch: Batch, contacts: list[int]) -> int:
    until = until_of(batch)
    changes = [Change(each, tag, True, until) for each in contacts for tag in batch.detail["tags"]]
    return change_many(cursor, batch.workspace_id, changes, by=by(batch))


def until_of(batch: Batch) -> datetime | None:
    given = batch.detail.get("until")
    return datetime.fromisoformat(given) if given else None


def remove(cursor: Cursor, batch: Batch, contacts: list[int]) -> int:
    changes = [Change(each, tag, False) for each in contacts for tag in batch.detail["tags"]]
    return change_many(cursor, batch.workspace_id, changes, by=by(batch))


def replace(cursor: Cursor, batch: Batch, contacts: list[int]) -> int:
    """Who has one of `take` loses them and gets `put`."""
    take, put = batch.detail["take"], batch.detail["put"]
    lock(cursor, batch, contacts)
    cursor.execute(HAVE_ANY, [batch.workspace_id, contacts, take])
    changes = []
    for (each,) in cursor.fetchall():
        changes += [Change(each, tag, False) for tag in take] + [Change(each, tag, True) for tag in put]
    return change_many(cursor, batch.workspace_id, changes, by=by(batch))


def set_one(cursor: Cursor, batch: Batch, contacts: list[int]) -> int:
    """Set a field, a column or the owner, and remember how it stood."""
    cursor.execute(CONTACTS, [batch.workspace_id, contacts])
    value, setting, fits = parts_of(batch, "%(after)s::jsonb")
    return run(cursor, SET.format(value=value, set=setting, fits=fits), batch, contacts)


def set_back(cursor: Cursor, batch: Batch, contacts: list[int]) -> int:
    cursor.execute(CONTACTS, [batch.workspace_id, contacts])
    value, setting, _fits = parts_of(batch, "kept.before")
    return run(cursor, UNSET.format(value=value, set=setting), batch, contacts)


def parts_of(batch: Batch, to: str) -> tuple[str, str, str]:
    """SQL: how a contact stands as JSON (NULL = not at all), how it is set to the JSON `to`, and whom it fits."""
    if batch.verb == "owner":
        return "to_jsonb(contact.owner_id)", f"owner_id = ({to})::text::bigint", ""
    column = batch.detail["field"]
    if column in COLUMNS:
        return f"to_jsonb(contact.{column})", f"{column} = coalesce(({to}) #>> '{{}}', '')", ""
    setting = (
        f"fields = CASE WHEN ({to}) IS NULL THEN fields - %(field)s::text"
        f" ELSE fields || jsonb_build_object(%(field)s::text, {to}) END"
    )
    room = f"AND (fields ? %(field)s::text OR (SELECT count(*) FROM jsonb_object_keys(fields)) < {MOST_FIELDS})"  # noqa: S608
    return "contact.fields -> %(field)s::text", setting, room


def run(cursor: Cursor, sql: str, batch: Batch, contacts: list[int]) -> int:
    cursor.execute(
        sql,
        {
            "workspace": batch.workspace_id, "batch": batch.pk, "contacts": contacts, "after": after_of(batch),
            "field": batch.detail.get("field", ""),
        },
    )  # fmt: skip
    changed = [row[0] for row in cursor.fetchall()]
    about = {"owner": batch.detail.get("owner")} if batch.verb == "owner" else {"fields": [batch.detail["field"]]}
    now, data = clock.now(), {**about, "batch": batch.pk}
    record_many(
        cursor,
        [
            Line(batch.workspace_id, now, "contact.changed", contact_id=each, member_id=batch.member_id, data=data)
            for each in changed
        ],
    )
    return len(changed)


def after_of(batch: Batch) -> str | None:
    """How it is to stand, as JSON; None = not at all."""
    value = batch.detail.get("owner") if batch.verb == "owner" else batch.detail.get("value")
    if batch.verb == "field" and batch.detail["field"] in COLUMNS:
        return json.dumps(value or "")
    return None if value in (None, "") else json.dumps(value)


DOING: dict[str, Callable[[Cursor, Batch, list[int]], int]] = {
    "add": add, "remove": remove, "replace": replace, "field": set_one, "owner": set_one,
}  # fmt: skip
