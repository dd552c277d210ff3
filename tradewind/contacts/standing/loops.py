"""Keeping everybody's standing true: at once after an event, within the hour by time alone.

`listen`  reads the journal. After a message from the person or a fact they are reckoned at once, a few hundred a step;
          in floods they become due.
`Reads`   follows a while later for the read receipts, of which a campaign brings thousands, at a pace that leaves room
          for others. The journal itself is the queue.
`decay`   takes those who are due, the longest waiting first, at a pace that leaves room for others.
`begin`   gives everybody who has no row yet their first one, and asks for all anew when settings have changed.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import transaction

from tradewind.contacts.facts.names import OWN
from tradewind.contacts.imports import worker
from tradewind.contacts.standing.reckoning import reckon
from tradewind.journal import cursors
from tradewind.journal.connections import hot_cursor, young_plans
from tradewind.lib import clock

Cursor = psycopg.Cursor[Any]

NAME, READS = "standing", "standing.reads"
READ_AT_ONCE = 5_000
# People in one transaction: under a tenth of a second, because readers of the journal wait for it.
AT_ONCE = 200
# How long a read receipt waits at least: the figures of one evening's campaign are not needed within the second.
READS_WAIT = timedelta(seconds=20)
# Behind by more than this, `decay` does not rest between its steps.
FAR_BEHIND = timedelta(minutes=10)
NEW_AT_ONCE = 1_000

# Only what can move a figure: messages from the person, first days, and facts.
HEAR = """
WITH fresh AS MATERIALIZED (
  SELECT tx, id, workspace_id, contact_id, kind FROM journal
  WHERE (tx, id) > (%s, %s) AND tx < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
  ORDER BY tx, id LIMIT %s
)
SELECT DISTINCT workspace_id, contact_id, NULL::bigint[] FROM fresh
WHERE contact_id IS NOT NULL AND (
  kind IN ('message.received', 'contact.created', 'contact.merged', 'contact.separated')
  OR split_part(kind, '.', 1) <> ALL (%b::text[]))
UNION ALL
SELECT NULL, NULL,
       (SELECT ARRAY[tx, id, (SELECT count(*) FROM fresh)] FROM fresh ORDER BY tx DESC, id DESC LIMIT 1)
"""
NEWEST = """
SELECT tx, id FROM journal WHERE tx < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
ORDER BY tx DESC, id DESC LIMIT 1
"""
# The readers of one stretch, as many as are reckoned at once, and where they end.
HEAR_READS = """
WITH fresh AS MATERIALIZED (
  SELECT tx, id, workspace_id, contact_id, kind FROM journal
  WHERE (tx, id) > (%s, %s) AND (tx, id) <= (%s, %s) ORDER BY tx, id LIMIT %s
), readers AS MATERIALIZED (
  SELECT * FROM fresh WHERE kind IN ('message.read', 'message.played') AND contact_id IS NOT NULL
  ORDER BY tx, id LIMIT %s
)
SELECT DISTINCT workspace_id, contact_id, NULL::bigint[] FROM readers
UNION ALL
SELECT NULL, NULL, (
  SELECT ARRAY[tx, id] FROM (
    (SELECT tx, id FROM readers ORDER BY tx, id OFFSET %s LIMIT 1)
    UNION ALL (SELECT tx, id FROM fresh ORDER BY tx DESC, id DESC LIMIT 1)
  ) AS ends ORDER BY tx, id LIMIT 1
)
"""
DUE_SOON = """
INSERT INTO contact_standing (contact_id, workspace_id, reckoned_at, due_at)
SELECT c.id, c.workspace_id, %s, %s FROM unnest(%b::bigint[]) AS given (id) JOIN contact c USING (id) ORDER BY c.id
ON CONFLICT (contact_id) DO UPDATE SET due_at = least(contact_standing.due_at, excluded.due_at)
WHERE contact_standing.due_at IS NULL OR contact_standing.due_at > excluded.due_at
"""
TAKE_DUE = """
SELECT workspace_id, contact_id, due_at FROM contact_standing WHERE due_at <= %s
ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
# New contacts have the highest numbers; the step back is for those that were committed late.
NEW = """
SELECT c.workspace_id, c.id FROM contact c
WHERE c.id > %s AND NOT EXISTS (SELECT FROM contact_standing s WHERE s.contact_id = c.id) ORDER BY c.id LIMIT %s
"""
HIGHEST = "SELECT coalesce(max(id), 0) FROM contact"
TO_REDO = """
SELECT workspace_id, redone_to FROM standing_setting WHERE redone_to IS NOT NULL LIMIT 1 FOR UPDATE SKIP LOCKED
"""
REDO = """
WITH next AS (
  SELECT contact_id FROM contact_standing WHERE workspace_id = %s AND contact_id > %s ORDER BY contact_id LIMIT %s
), asked AS (
  UPDATE contact_standing s SET due_at = %s FROM next WHERE s.contact_id = next.contact_id
)
SELECT max(contact_id) FROM next
"""
REDONE = "UPDATE standing_setting SET redone_to = %s WHERE workspace_id = %s"


def listen() -> bool:
    """One stretch of the journal."""
    now = clock.now()
    with transaction.atomic(), hot_cursor() as cursor:
        place = cursors.lock(cursor, NAME)
        if place is None:
            return False
        young_plans(cursor)
        cursor.execute(HEAR, [*place, READ_AT_ONCE, sorted(OWN)])
        *heard, (_, _, end) = cursor.fetchall()
        if end is None:
            return False
        answer(cursor, [(workspace, contact) for workspace, contact, _end in heard], now)
        cursors.move(cursor, NAME, end[0], end[1])
        return bool(end[2] == READ_AT_ONCE)


class Reads:
    """The loop's step; remembers up to where the journal stood when it last caught up, and since when."""

    def __init__(self) -> None:
        self.until: tuple[int, int] = (0, 0)
        self.not_before: datetime | None = None

    def step(self) -> bool:
        """A few hundred readers; never asks to go on at once: that is the pace."""
        now = clock.now()
        # A clock that was set back does not hold them up.
        if self.not_before is not None and now < self.not_before <= now + READS_WAIT:
            return False
        with transaction.atomic(), hot_cursor() as cursor:
            place = cursors.lock(cursor, READS)
            if place is None:
                return False
            if place >= self.until:
                self.look(cursor, now)
                return False
            young_plans(cursor)
            cursor.execute(HEAR_READS, [*place, *self.until, READ_AT_ONCE, AT_ONCE, AT_ONCE - 1])
            *heard, (_, _, end) = cursor.fetchall()
            for workspace_id, contacts in by_workspace(row[:2] for row in heard).items():
                reckon(cursor, workspace_id, contacts, now=now)
            cursors.move(cursor, READS, *(end or self.until))
        return False

    def look(self, cursor: Cursor, now: datetime) -> None:
        """Everything up to here is read, once it has waited."""
        cursor.execute(NEWEST)
        self.until, self.not_before = cursor.fetchone() or (0, 0), now + READS_WAIT


def answer(cursor: Cursor, people: list[tuple[int, int]], now: datetime) -> None:
    """Reckon at once; in a flood, say that they are due."""
    if len(people) > AT_ONCE:
        due_soon(cursor, [contact for _workspace, contact in people], now, now)
        return
    for workspace_id, contacts in by_workspace(people).items():
        reckon(cursor, workspace_id, contacts, now=now)


def due_soon(cursor: Cursor, contacts: list[int], due_at: datetime, now: datetime) -> None:
    if contacts:
        cursor.execute(DUE_SOON, [now, due_at, sorted(contacts)])


def decay() -> bool:
    """The longest due; says to go on at once only when it is far behind."""
    now = clock.now()
    with transaction.atomic(), hot_cursor() as cursor:
        young_plans(cursor)
        cursor.execute(TAKE_DUE, [now, AT_ONCE])
        due = cursor.fetchall()
        for workspace_id, contacts in by_workspace((w, c) for w, c, _due in due).items():
            reckon(cursor, workspace_id, contacts, now=now)
    return len(due) == AT_ONCE and now - due[0][2] > FAR_BEHIND


def by_workspace(people: Any) -> dict[int, list[int]]:
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for workspace_id, contact in people:
        groups[workspace_id].append(contact)
    return dict(groups)


class Begin:
    """The loop's step; remembers up to which contact everybody has a row. A new process looks through all once."""

    STEP_BACK = 5_000

    def __init__(self) -> None:
        self.seen_to = 0

    def step(self) -> bool:
        """People of a file that is being written have done nothing yet: they can wait until it is through."""
        return self.redo() or (not worker.is_writing_people() and self.first_rows())

    def first_rows(self) -> bool:
        now = clock.now()
        with transaction.atomic(), hot_cursor() as cursor:
            cursor.execute(HIGHEST)
            (highest,) = cursor.fetchone() or (0,)
            cursor.execute(NEW, [self.seen_to, NEW_AT_ONCE])
            new = cursor.fetchall()
            due_soon(cursor, [contact for _workspace, contact in new], now, now)
        if len(new) == NEW_AT_ONCE:
            self.seen_to = new[-1][1]
            return True
        self.seen_to = max(0, highest - self.STEP_BACK)
        return False

    def redo(self) -> bool:
        """After a change of settings everybody becomes due, some at a time."""
        with transaction.atomic(), hot_cursor() as cursor:
            cursor.execute(TO_REDO)
            row = cursor.fetchone()
            if row is None:
                return False
            cursor.execute(REDO, [*row, NEW_AT_ONCE, clock.now()])
            (reached,) = cursor.fetchone() or (None,)
            cursor.execute(REDONE, [reached, row[0]])
        return True
