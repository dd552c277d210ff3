"""Erasing a person (P22): asked for by a member, done by the worker in short transactions, safe after a crash.

Steps, in transactions of their own: `queue` what waits is taken back · `heard` what they wrote before is filed ·
`rows` their rows are emptied · `bodies` raw webhooks lose them · `traces` lists and imports lose them · `done`.
Suppressed are they from the first moment; a keyed hash of each identity keeps it so for good.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import psycopg
from django.db import transaction

from tradewind.contacts.keys import spellings
from tradewind.contacts.models import Contact, Erasure, Suppression
from tradewind.contacts.privacy import bodies, needles, rows, traces
from tradewind.contacts.suppressed import digest_of
from tradewind.journal.actions import Line, record, record_many
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.lib.watchdog import alive
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member

Cursor = psycopg.Cursor[Any]
# Why somebody is suppressed who comes back after they were erased.
BEFORE = "erased before"
SOON, LATER = timedelta(seconds=2), timedelta(minutes=1)

NEXT = """
SELECT id, workspace_id, contact_id, step, needles, upto, place, asked_at FROM contact_erasure
WHERE done_at IS NULL AND again_at <= %s ORDER BY again_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
MOVE = """
UPDATE contact_erasure SET step = %(step)s, upto = %(upto)s, place = %(place)s, waits_for = %(waits)s,
  again_at = %(again)s
WHERE id = %(id)s
"""
DONE = "UPDATE contact_erasure SET step = 'done', needles = '{}', waits_for = '', done_at = %s WHERE id = %s"
NEWEST_BODY = "SELECT coalesce(max(id), 0) FROM webhook_inbox"
STILL_WAITS = "SELECT EXISTS (SELECT FROM webhook_waiting WHERE inbox_id <= %s AND app_id = ANY(%b::bigint[]))"


def erase(contact: Contact, *, member: Member | None) -> Erasure:
    """Ask for a person to be erased. From now on nothing is sent to them; the worker does the rest. Safe to repeat."""
    now = clock.now()
    with transaction.atomic():
        row = Contact.objects.select_for_update().get(pk=contact.pk)
        found, is_new = Erasure.objects.get_or_create(
            workspace_id=row.workspace_id,
            contact_id=row.pk,
            defaults={"needles": needles.of(row).as_json(), "member": member, "asked_at": now, "again_at": now},
        )
        if not is_new:
            return found
        keep_suppressed(row)
        row.suppressed_at, row.suppressed_reason = now, rows.ERASED
        row.save(update_fields=["suppressed_at", "suppressed_reason"])
        record("contact.suppressed", workspace_id=row.workspace_id, contact_id=row.pk, data={"reason": rows.ERASED})
        if member is not None:
            audit.note(member, "contact.erased", row)
    return found


def keep_suppressed(contact: Contact) -> None:
    """The hashes by which the same number or user id is known again. User names go from one person to another."""
    values = contact.identities.exclude(kind="username").values_list("kind", "value")
    known = {each for kind, value in values for each in (spellings(value) if kind == "phone" else (value,))}
    now = clock.now()
    Suppression.objects.bulk_create(
        [
            Suppression(workspace_id=contact.workspace_id, digest=digest_of(value), reason=BEFORE, at=now)
            for value in sorted(known)
        ],
        ignore_conflicts=True,
    )


class Task:
    """An erasure under way, in the transaction that holds its row."""

    def __init__(self, cursor: Cursor, row: tuple[Any, ...]) -> None:
        self.cursor = cursor
        self.id, self.workspace_id, self.contact_id, self.step, told, self.upto, self.place, self.asked_at = row
        self.needles = needles.Needles(**(orjson.loads(told) if isinstance(told, str | bytes) else told))

    def go(self, step: str, *, waits: str = "", after: timedelta = timedelta()) -> None:
        """The step that is next, at once or after a while, and what is waited for."""
        values = {"step": step, "upto": self.upto, "place": self.place, "waits": waits, "again": clock.now() + after}
        self.cursor.execute(MOVE, {**values, "id": self.id})


def step() -> bool:
    """One short transaction of one erasure; True when something was done."""
    alive()
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(NEXT, [clock.now()])
        row = cursor.fetchone()
        if row is None:
            return False
        task = Task(cursor, row)
        STEPS[task.step](task)
    return True


def call_off(task: Task) -> None:
    if task.upto is None:
        task.upto = newest_body(task.cursor)
    if rows.call_off(task.cursor, task.contact_id):
        task.go("queue")
    elif rows.is_on_its_way(task.cursor, task.contact_id):
        task.go("queue", waits="sending", after=SOON)
    else:
        task.go("heard")


def wait_for_words(task: Task) -> None:
    """What they wrote before the request must be filed first: else it would come in as somebody new's."""
    task.cursor.execute(bodies.APPS, [task.workspace_id, task.workspace_id])
    apps = [app for (app,) in task.cursor.fetchall()]
    task.cursor.execute(STILL_WAITS, [task.upto, apps])
    if task.cursor.fetchone() == (True,):
        task.go("heard", waits="webhooks", after=SOON)
    else:
        task.go("rows")


def empty(task: Task) -> None:
    if not rows.empty_some(task.cursor, task.contact_id):
        task.go("rows")
        return
    rows.let_go(task.cursor, task.workspace_id, task.contact_id)
    task.upto = newest_body(task.cursor)
    task.go("bodies")


def blank_bodies(task: Task) -> None:
    last = bodies.blank_stretch(task.cursor, task.workspace_id, task.needles.in_bodies, task.place, task.upto or 0)
    if last is None:
        task.go("traces")
    else:
        task.place = last
        task.go("bodies")


def wipe_traces(task: Task) -> None:
    """And once more the rows: a webhook that was just being filed may have met them after they were let go."""
    if not rows.empty_some(task.cursor, task.contact_id):
        task.go("traces")
        return
    task.cursor.execute(traces.UNFINISHED, [task.workspace_id, task.asked_at])
    is_held_up = task.cursor.fetchone() == (True,)
    traces.wipe(task.cursor, task.workspace_id, task.contact_id, task.needles)
    if is_held_up:
        task.go("traces", waits="imports", after=LATER)
    else:
        finish(task)


def finish(task: Task) -> None:
    now = clock.now()
    rows.let_go(task.cursor, task.workspace_id, task.contact_id)
    task.cursor.execute(DONE, [now, task.id])
    record_many(task.cursor, [Line(task.workspace_id, now, "contact.erased", task.contact_id)])


def newest_body(cursor: Cursor) -> int:
    cursor.execute(NEWEST_BODY)
    row = cursor.fetchone()
    return int(row[0]) if row else 0


STEPS: dict[str, Callable[[Task], None]] = {
    "queue": call_off,
    "heard": wait_for_words,
    "rows": empty,
    "bodies": blank_bodies,
    "traces": wipe_traces,
}
