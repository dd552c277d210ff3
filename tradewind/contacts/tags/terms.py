"""Assignments that end by themselves: a loop takes off what is due."""

from datetime import datetime

from django.db import transaction

from tradewind.contacts.tags.assign import By, Change, Cursor, change_many, lock_people, lock_tags
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock

AT_ONCE = 1_000
Pair = tuple[int, int]
# Kept in the log as it is; words.REASONS_OF_TAGS says it in the reader's language.
REASON = "its time was over"

# One workspace a step, the one whose term is over longest. A rule says itself when its tag ends.
FIRST_DUE = """
SELECT workspace_id FROM tag_term WHERE until <= %s ORDER BY until LIMIT 1
"""
DUE = """
SELECT o.contact_id, o.tag_id, tag.rule_id IS NOT NULL FROM tag_term o JOIN tag ON tag.id = o.tag_id
WHERE o.workspace_id = %s AND o.until <= %s ORDER BY o.until LIMIT %s
"""
# Asked once the people are held: a term that was moved meanwhile stays.
STILL_DUE = """
SELECT contact_id, tag_id FROM tag_term WHERE contact_id = ANY(%b::bigint[]) AND tag_id = ANY(%b::int[]) AND until <= %s
"""
DROP = "DELETE FROM tag_term WHERE contact_id = ANY(%b::bigint[]) AND tag_id = ANY(%b::int[]) AND until <= %s"


def step() -> bool:
    """Take off what is due, some at a time; True when there may be more."""
    now = clock.now()
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(FIRST_DUE, [now])
        first = cursor.fetchone()
        if first is None:
            return False
        cursor.execute(DUE, [first[0], now, AT_ONCE])
        due = cursor.fetchall()
        kept = [row[:2] for row in due if row[2]]
        if kept:
            cursor.execute(DROP, [*columns(kept), now])
        free = [row[:2] for row in due if not row[2]]
        if free:
            take_off(cursor, first[0], free, now)
    return len(due) == AT_ONCE


def take_off(cursor: Cursor, workspace_id: int, due: list[Pair], now: datetime) -> None:
    contacts, tags = columns(due)
    lock_tags(cursor, workspace_id, set(tags))
    lock_people(cursor, workspace_id, sorted(set(contacts)))
    cursor.execute(STILL_DUE, [contacts, tags, now])
    wanted = set(due)
    ended = [Change(contact, tag, False) for contact, tag in cursor.fetchall() if (contact, tag) in wanted]
    change_many(cursor, workspace_id, ended, by=By(reason=REASON))


def columns(pairs: list[Pair]) -> tuple[list[int], list[int]]:
    return [contact for contact, _tag in pairs], [tag for _contact, tag in pairs]
