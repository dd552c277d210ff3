"""The rows of one person become another's, and back. Tables of the rooms above are reached by name, as erasing does.

What cannot move because both have it (the same campaign, the same number's window) is settled first; `Moved` says what
went where, so that it can be taken back.
"""

from typing import Any

import orjson
import psycopg

from tradewind.contacts.privacy import rows as people_rows

Cursor = psycopg.Cursor[Any]

# Rows of the append-only tables may change whose they are, until the transaction ends (migration 0050).
MAY_MOVE = "SELECT set_config('tradewind.merging', 'on', true)"
# By table, what stands in the way of a row: who stays has one already. Those rows stay with a contact that is gone.
MOVED: dict[str, str] = {
    "identity": "",
    "consent": "",
    "tag_change": "",
    "message": "",
    "journal": "",
    "contact_merge": "",
    "service_window": "",
    "tester": "",
    "recipient": (
        "campaign_id IN (SELECT id FROM campaign WHERE workspace_id = %(workspace)s) AND NOT EXISTS"
        " (SELECT FROM recipient same WHERE same.campaign_id = t.campaign_id AND same.contact_id = %(to)s)"
    ),
    "segment_member": (
        "NOT EXISTS (SELECT FROM segment_member same WHERE same.segment_id = t.segment_id AND same.contact_id = %(to)s)"
    ),
}
# Without a foreign key nothing holds back work that had begun before the merge: these are looked through once more.
LATE = ("journal", "tag_change", "recipient")
# Of who is gone these go, because those of who stays are made anew or put together.
GO = ("contact_tags", "tag_term", "contact_standing", "segment_member")
# Tables with a contact_id whose rows stay as they are, and why.
LEFT = {
    "contact_row": "A copy that triggers keep.",
    "batch_before": "Undoing a batch passes over people who are gone.",
    "ledger_seat": "Meta counted this number; the mark ends by itself within 24 hours.",
    "contact_erasure": "Nobody who is being erased can be merged.",
    "outbox": "Moved with its message.",
}

# One campaign may have written to both. Who stays keeps theirs; the other's gets a step of its own behind all others.
SAME_RUN = """
SELECT m.id, m.step, m.state = 'queued' AND o.stage = 'waiting'
FROM message m LEFT JOIN outbox o ON o.message_id = m.id
WHERE m.contact_id = %(from)s AND m.run_id IS NOT NULL AND EXISTS (
  SELECT FROM message same WHERE same.run_id = m.run_id AND same.contact_id = %(to)s AND same.step = m.step)
ORDER BY m.id FOR UPDATE OF m
"""
STEP_ASIDE = """
UPDATE message SET step = 1000 + coalesce((
  SELECT max(step) - 999 FROM message same
  WHERE same.run_id = message.run_id AND same.contact_id IN (%s, %s) AND same.step >= 1000), 0)
WHERE id = %s
"""
TAKE_BACK = "DELETE FROM outbox WHERE message_id = ANY(%b::bigint[]) AND stage = 'waiting' RETURNING message_id"
OUTBOX = "UPDATE outbox SET contact_id = %s WHERE message_id = ANY(%b::bigint[])"
# A window that both have with a number stays open as long as the longer one.
SAME_WINDOWS = """
SELECT to_jsonb(theirs), to_jsonb(mine) FROM service_window theirs
JOIN service_window mine ON mine.number_id = theirs.number_id AND mine.contact_id = %(to)s
WHERE theirs.contact_id = %(from)s FOR UPDATE
"""
LONGER = """
UPDATE service_window mine SET
  last_inbound_at = greatest(mine.last_inbound_at, theirs.last_inbound_at),
  closes_at = greatest(mine.closes_at, theirs.closes_at),
  free_entry_until = greatest(mine.free_entry_until, theirs.free_entry_until)
FROM service_window theirs
WHERE theirs.id = %s AND mine.id = %s
RETURNING to_jsonb(mine)
"""
# Made again as they were.
REMAKE_WINDOW = """
INSERT INTO service_window SELECT (jsonb_populate_record(NULL::service_window, %s::jsonb)).*
ON CONFLICT (number_id, contact_id) DO NOTHING
"""
SHORTER_AGAIN = """
UPDATE service_window SET last_inbound_at = (%(was)s::jsonb ->> 'last_inbound_at')::timestamptz,
  closes_at = (%(was)s::jsonb ->> 'closes_at')::timestamptz,
  free_entry_until = (%(was)s::jsonb ->> 'free_entry_until')::timestamptz
WHERE id = (%(was)s::jsonb ->> 'id')::bigint AND to_jsonb(service_window) = %(became)s::jsonb
"""
REMAKE_MEMBERS = """
INSERT INTO segment_member (workspace_id, segment_id, contact_id)
SELECT %s, id, %s FROM segment WHERE id = ANY(%b::bigint[]) AND frozen_at IS NOT NULL ON CONFLICT DO NOTHING
"""


def move(cursor: Cursor, workspace_id: int, gone: int, stays: int) -> dict[str, Any]:
    """Everything of `gone` becomes that of `stays`, in the caller's transaction, who holds both; what was moved."""
    cursor.execute(MAY_MOVE)
    known = {"workspace": workspace_id, "from": gone, "to": stays}
    moved: dict[str, Any] = {"steps": step_aside(cursor, known), "windows": join_windows(cursor, known)}
    for table in MOVED:
        moved[table] = moved_of(cursor, table, known)
    cursor.execute(OUTBOX, [stays, moved["message"]])
    cursor.execute("SELECT segment_id FROM segment_member WHERE contact_id = %s", [gone])
    moved["segments"] = [segment for (segment,) in cursor.fetchall()]
    for table in GO:
        cursor.execute(f"DELETE FROM {table} WHERE contact_id = %s", [gone])  # noqa: S608  a name of ours
    return moved


def moved_of(cursor: Cursor, table: str, known: dict[str, Any]) -> list[int]:
    where = f" AND {MOVED[table]}" if MOVED[table] else ""
    cursor.execute(
        f"UPDATE {table} t SET contact_id = %(to)s WHERE t.contact_id = %(from)s{where} RETURNING t.id",  # noqa: S608
        known,
    )
    return [row for (row,) in cursor.fetchall()]


def step_aside(cursor: Cursor, known: dict[str, Any]) -> list[list[int]]:
    """Messages of runs that wrote to both: [message, its step before]. What waits of them would come twice, so it is
    taken back."""
    cursor.execute(SAME_RUN, known)
    found = cursor.fetchall()
    for message, _step, _waits in found:
        cursor.execute(STEP_ASIDE, [known["from"], known["to"], message])
    waiting = [message for message, _step, waits in found if waits]
    if waiting:
        cursor.execute(TAKE_BACK, [waiting])
        back = [message for (message,) in cursor.fetchall()]
        cursor.execute(people_rows.CANCEL, ["merged", back])
        people_rows.tell_cancelled(cursor, known["to"], cursor.fetchall())
    return [[message, step] for message, step, _waits in found]


def join_windows(cursor: Cursor, known: dict[str, Any]) -> list[list[Any]]:
    """Windows of numbers that both wrote to: [theirs as it was, mine as it was, mine as it became]."""
    cursor.execute(SAME_WINDOWS, known)
    told = []
    for row in cursor.fetchall():
        theirs, mine = map(orjson.loads, row)
        cursor.execute(LONGER, [theirs["id"], mine["id"]])
        (became,) = cursor.fetchone() or ("null",)
        told.append([theirs, mine, orjson.loads(became)])
        cursor.execute("DELETE FROM service_window WHERE id = %s", [theirs["id"]])
    return told


def move_late(cursor: Cursor, workspace_id: int, gone: int, stays: int) -> int:
    """What was still written of who is gone by work that had begun before; how many rows."""
    cursor.execute(MAY_MOVE)
    known = {"workspace": workspace_id, "from": gone, "to": stays}
    return sum(len(moved_of(cursor, table, known)) for table in LATE)


def move_back(cursor: Cursor, workspace_id: int, gone: int, stays: int, moved: dict[str, Any]) -> None:
    """The rows that were moved go back to who was gone and is there again; those that are gone meanwhile do not."""
    cursor.execute(MAY_MOVE)
    for table in MOVED:
        cursor.execute(
            f"UPDATE {table} SET contact_id = %s WHERE contact_id = %s AND id = ANY(%b::bigint[])",  # noqa: S608
            [gone, stays, moved.get(table, [])],
        )
    cursor.execute(OUTBOX, [gone, moved.get("message", [])])
    for message, step in moved.get("steps", []):
        cursor.execute("UPDATE message SET step = %s WHERE id = %s", [step, message])
    cursor.execute(REMAKE_MEMBERS, [workspace_id, gone, moved.get("segments", [])])
    windows_back(cursor, moved.get("windows", []))


def windows_back(cursor: Cursor, windows: list[list[Any]]) -> None:
    for theirs, mine, became in windows:
        cursor.execute(SHORTER_AGAIN, {"was": jsonb(mine), "became": jsonb(became)})
        cursor.execute(REMAKE_WINDOW, [jsonb(theirs)])


def jsonb(value: Any) -> str:
    return orjson.dumps(value).decode()
