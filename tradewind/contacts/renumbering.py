"""A person's number or user id changes: the identities move, the history stays (cloud-api.md §6.6)."""

from datetime import datetime
from typing import Any

import psycopg

from tradewind.contacts.keys import Key, sorted_keys
from tradewind.journal.actions import Line, record_many

# The old identity stays, so that a late status or reply still finds its person, but nothing is sent to it any more.
# `seen_at` remembers the time of the change: news of an older change, come late, undoes nothing.
RETIRE = """
UPDATE identity SET is_current = false, seen_at = %(at)s
FROM unnest(%(kinds)b::text[], %(scopes)b::bigint[], %(values)b::text[]) AS given (kind, scope, value)
WHERE identity.workspace_id = %(workspace)s AND identity.kind = given.kind AND identity.scope = given.scope
  AND identity.value = given.value AND identity.contact_id = %(contact)s AND identity.is_current
  AND identity.seen_at <= %(at)s
"""
HAD_BEFORE = """
SELECT DISTINCT identity.contact_id
FROM unnest(%(kinds)b::text[], %(scopes)b::bigint[], %(values)b::text[]) AS given (kind, scope, value)
JOIN identity ON identity.workspace_id = %(workspace)s AND identity.kind = given.kind
  AND identity.scope = given.scope AND identity.value = given.value
WHERE identity.contact_id <> %(contact)s
"""
# The new identity may have been somebody's before (an import, a number given out again): it is this person's now.
TAKE = """
INSERT INTO identity (workspace_id, contact_id, kind, scope, value, is_current, seen_at)
SELECT %(workspace)s, %(contact)s, kind, scope, value, true, %(at)s
FROM unnest(%(kinds)b::text[], %(scopes)b::bigint[], %(values)b::text[]) AS given (kind, scope, value)
ON CONFLICT (workspace_id, kind, scope, value)
DO UPDATE SET contact_id = excluded.contact_id, is_current = true, seen_at = excluded.seen_at
WHERE (identity.contact_id <> excluded.contact_id OR NOT identity.is_current) AND identity.seen_at < excluded.seen_at
"""
# Whoever wanted silence at the new identity keeps it: an opt-out is never lost by a change of number.
CARRY_SILENCE = """
UPDATE contact SET
  marketing = CASE WHEN silent.opted_out_at IS NULL THEN contact.marketing ELSE 'opted_out' END,
  marketing_at = greatest(contact.marketing_at, silent.opted_out_at),
  suppressed_at = coalesce(contact.suppressed_at, silent.suppressed_at),
  suppressed_reason = CASE WHEN contact.suppressed_at IS NULL THEN silent.reason ELSE contact.suppressed_reason END
FROM (
  SELECT max(marketing_at) FILTER (WHERE marketing = 'opted_out') AS opted_out_at, max(suppressed_at) AS suppressed_at,
         coalesce(max(suppressed_reason), '') AS reason
  FROM contact WHERE id = ANY(%b::bigint[])
) AS silent
WHERE contact.id = %s AND (silent.opted_out_at IS NOT NULL OR silent.suppressed_at IS NOT NULL)
"""


def move(
    cursor: "psycopg.Cursor[Any]", workspace_id: int, contact_id: int, old: list[Key], new: list[Key], at: datetime
) -> bool:
    """`old` stand for history only from now on, `new` are current. Says whether anything was new; safe to repeat.

    Only identities of the kinds that come new are retired: with a new number the user id may stay.
    """
    kinds = {key.kind for key in new}
    gone = [key for key in sorted_keys(set(old) - set(new)) if key.kind in kinds]
    has_changed = retire(cursor, workspace_id, contact_id, gone, at) | take(cursor, workspace_id, contact_id, new, at)
    if has_changed:
        record_many(cursor, [Line(workspace_id, at, "contact.renumbered", contact_id, data={"kinds": sorted(kinds)})])
    return has_changed


def retire(cursor: "psycopg.Cursor[Any]", workspace_id: int, contact_id: int, gone: list[Key], at: datetime) -> bool:
    if not gone:
        return False
    cursor.execute(RETIRE, {**arrays(gone), "workspace": workspace_id, "contact": contact_id, "at": at})
    return cursor.rowcount > 0


def take(cursor: "psycopg.Cursor[Any]", workspace_id: int, contact_id: int, new: list[Key], at: datetime) -> bool:
    if not new:
        return False
    given = {**arrays(sorted_keys(new)), "workspace": workspace_id, "contact": contact_id, "at": at}
    cursor.execute(HAD_BEFORE, given)
    losers = [contact for (contact,) in cursor.fetchall()]
    cursor.execute(TAKE, given)
    has_changed = cursor.rowcount > 0
    if losers and has_changed:
        cursor.execute(CARRY_SILENCE, [losers, contact_id])
    return has_changed


def arrays(keys: list[Key]) -> dict[str, list[Any]]:
    kinds, scopes, values = map(list, zip(*keys, strict=True))
    return {"kinds": kinds, "scopes": scopes, "values": values}
