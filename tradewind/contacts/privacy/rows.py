"""What one person's rows lose, and what of them stays: that something was sent, when, and what it cost.

Tables of the rooms above are reached by name, as the timeline does. Each statement may run twice.
"""

from typing import Any

import psycopg

from tradewind.journal.actions import Line, record_many
from tradewind.lib import clock

Cursor = psycopg.Cursor[Any]
AT_ONCE = 500
ERASED = "erased"  # why such a person is suppressed, and what became of what was to leave

# The log's tables refuse every change but this one (migration 0040), and that only until the transaction ends.
MAY_CHANGE = "SELECT set_config('tradewind.erasing', 'on', true), set_config('tradewind.retention', 'on', true)"

WAITING = """
DELETE FROM outbox WHERE message_id IN (
  SELECT outbox.message_id FROM message JOIN outbox ON outbox.message_id = message.id
  WHERE message.contact_id = %s AND outbox.stage = 'waiting' LIMIT %s FOR UPDATE OF outbox SKIP LOCKED)
RETURNING message_id
"""
CANCEL = """
UPDATE message SET state = 'cancelled', reason = %s WHERE id = ANY(%b::bigint[]) AND state = 'queued'
RETURNING id, workspace_id, number_id, run_id
"""
COUNT = """
INSERT INTO tally (workspace_id, run_id, number_id, name, n)
SELECT workspace, run, number, 'cancelled', count(*) FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[])
  AS given (workspace, run, number) GROUP BY 1, 2, 3
"""
ON_THEIR_WAY = """
SELECT EXISTS (SELECT FROM message JOIN outbox ON outbox.message_id = message.id
               WHERE message.contact_id = %s AND outbox.stage <> 'unknown')
"""

# Meta's message id holds the person's number, so it goes, too: later statuses of it find nobody.
MESSAGES = """
UPDATE message SET text = '', payload = NULL, variables = NULL, reply_to_wamid = '', client_message_id = NULL,
                   wamid = NULL, error_detail = ''
WHERE id IN (
  SELECT id FROM message WHERE contact_id = %s AND (
    text <> '' OR payload IS NOT NULL OR variables IS NOT NULL OR reply_to_wamid <> '' OR error_detail <> ''
    OR client_message_id IS NOT NULL OR wamid IS NOT NULL) LIMIT %s)
RETURNING id
"""
# An attempt's id begins with the message's (messages/marks.py), and the index is on the id.
ATTEMPTS = """
UPDATE attempt SET detail = '', wamid = '' FROM unnest(%b::bigint[]) AS given (message)
WHERE attempt.id >= (lpad(to_hex(message), 16, '0') || '0000000000000000')::uuid
  AND attempt.id <= (lpad(to_hex(message), 16, '0') || 'ffffffffffffffff')::uuid
  AND (detail <> '' OR wamid <> '')
"""
PROOFS = "UPDATE proof SET wamid = '' WHERE message_id = ANY(%b::bigint[]) AND wamid <> ''"
# Orphans are statuses that wait for a message by its id.
ORPHANS = "DELETE FROM orphan WHERE wamid IN (SELECT wamid FROM message WHERE contact_id = %s AND wamid IS NOT NULL)"

# Of an entry stays what figures are made of: sums of money, codes, which tag; no name, no words, no address.
CLEANED = """
(SELECT jsonb_object_agg(key, value)
 FROM jsonb_each(CASE WHEN jsonb_typeof(data) = 'object' THEN data ELSE '{}' END)
 WHERE (key IN ('amount', 'code', 'answers', 'tag', 'echo', 'standby', 'turned')
        AND jsonb_typeof(value) IN ('number', 'boolean'))
    OR (key = 'currency' AND value #>> '{}' ~ '^[A-Z]{3}$') OR (key = 'kind' AND kind LIKE 'message.%%'))
"""
JOURNAL = f"""
UPDATE journal SET data = {CLEANED}
WHERE contact_id = %s AND (tx, id) IN (
  SELECT tx, id FROM journal WHERE contact_id = %s AND data IS DISTINCT FROM {CLEANED} LIMIT %s)
"""  # noqa: S608  our own words

# Tables of which nothing needs to stay.
GONE = (
    "consent", "contact_standing", "contact_tags", "identity", "service_window", "tag_change", "tag_term",
    "batch_before", "segment_member", "contact_merge",
)  # fmt: skip
RECIPIENTS = """
UPDATE recipient SET raw = '', variables = NULL, zone = '' WHERE id IN (
  SELECT id FROM recipient WHERE campaign_id IN (SELECT id FROM campaign WHERE workspace_id = %s) AND contact_id = %s
    AND (raw <> '' OR variables IS NOT NULL OR zone <> ''))
"""
ZONES = (
    "UPDATE outbox SET zone = '' WHERE contact_id = %s AND message_id IN (SELECT id FROM message WHERE contact_id = %s)"
)
TRIES = "DELETE FROM second_try WHERE message_id IN (SELECT id FROM message WHERE contact_id = %s)"
PAIRS = "DELETE FROM contact_double WHERE workspace_id = %s AND %s IN (one_id, other_id)"
HOLD = "SELECT id FROM contact WHERE id = %s FOR UPDATE"
# What is left: a row without a person, to which the messages that were sent still belong.
TOMBSTONE = """
UPDATE contact SET name = '', language = '', country = '', city = '', timezone = '', company = '', fields = '{}',
  last_inbound_at = NULL, marketing = 'opted_out', owner_id = NULL, unreachable_count = 0, unreachable_at = NULL,
  suppressed_at = coalesce(suppressed_at, %s), suppressed_reason = %s
WHERE id = %s
"""


def call_off(cursor: Cursor, contact_id: int) -> bool:
    """Take back some of what waits; True when there may be more."""
    cursor.execute(TRIES, [contact_id])
    cursor.execute(WAITING, [contact_id, AT_ONCE])
    gone = [message for (message,) in cursor.fetchall()]
    if gone:
        cursor.execute(CANCEL, [ERASED, gone])
        tell_cancelled(cursor, contact_id, cursor.fetchall())
    return bool(gone)


def is_on_its_way(cursor: Cursor, contact_id: int) -> bool:
    """Whether a message to them is with a sender at this moment."""
    cursor.execute(ON_THEIR_WAY, [contact_id])
    return bool(cursor.fetchone() == (True,))


def tell_cancelled(cursor: Cursor, contact_id: int, rows: list[tuple[int, int, int, int | None]]) -> None:
    now = clock.now()
    lines = [
        Line(workspace, now, "message.cancelled", contact_id, number, message, run)
        for message, workspace, number, run in rows
    ]
    record_many(cursor, lines)
    of_runs = [(workspace, run, number) for _message, workspace, number, run in rows if run is not None]
    if of_runs:
        cursor.execute(COUNT, [list(column) for column in zip(*of_runs, strict=True)])


def empty_some(cursor: Cursor, contact_id: int) -> bool:
    """Empty some messages and journal entries; True when none is left."""
    cursor.execute(MAY_CHANGE)
    cursor.execute(ORPHANS, [contact_id])
    cursor.execute(MESSAGES, [contact_id, AT_ONCE])
    messages = [message for (message,) in cursor.fetchall()]
    if messages:
        cursor.execute(ATTEMPTS, [messages])
        cursor.execute(PROOFS, [messages])
    cursor.execute(JOURNAL, [contact_id, contact_id, AT_ONCE])
    return not messages and cursor.rowcount == 0


def let_go(cursor: Cursor, workspace_id: int, contact_id: int) -> None:
    """The end of the person: identities, consent, tags, standing and what is known; a nameless row is left."""
    cursor.execute(MAY_CHANGE)
    cursor.execute(HOLD, [contact_id])
    for table in GONE:
        cursor.execute(f"DELETE FROM {table} WHERE contact_id = %s", [contact_id])  # noqa: S608  a name of ours
    cursor.execute(PAIRS, [workspace_id, contact_id])
    cursor.execute(RECIPIENTS, [workspace_id, contact_id])
    cursor.execute(ZONES, [contact_id, contact_id])
    cursor.execute(TOMBSTONE, [clock.now(), ERASED, contact_id])
