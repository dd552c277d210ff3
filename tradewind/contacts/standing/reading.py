"""Reading the histories of many people at once: a fixed number of statements however many they are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from tradewind.contacts.facts.names import OWN
from tradewind.contacts.standing.history import History, Sent, Sign, Wrote, sign_of
from tradewind.contacts.standing.orders import Told, orders_of
from tradewind.contacts.standing.questions import is_question

Cursor = psycopg.Cursor[Any]

# How far back each is read. A reading or a click of before has no weight any more.
DAYS_OF_SIGNS = 91
MOST_SENT, MOST_WROTE, MOST_ORDERS, MOST_SIGNS = 40, 100, 5_000, 300

PEOPLE = """
SELECT id, extract(epoch FROM created_at)::float8, timezone, language, country FROM contact
WHERE workspace_id = %s AND id = ANY(%b::bigint[]) ORDER BY id
"""
SENT = """
SELECT given.id, m.at, m.read_at FROM unnest(%b::bigint[]) AS given (id) CROSS JOIN LATERAL (
  SELECT extract(epoch FROM coalesce(accepted_at, sent_at, created_at))::float8 AS at,
         extract(epoch FROM coalesce(read_at, played_at))::float8 AS read_at
  FROM message WHERE contact_id = given.id AND direction = 'out' AND failed_at IS NULL
    AND state IN ('accepted', 'sent', 'delivered', 'read', 'played') ORDER BY id DESC LIMIT %s
) AS m
"""
WROTE = """
SELECT given.id, m.at, m.text FROM unnest(%b::bigint[]) AS given (id) CROSS JOIN LATERAL (
  SELECT extract(epoch FROM created_at)::float8 AS at, left(text, 300) AS text
  FROM message WHERE contact_id = given.id AND direction = 'in' ORDER BY id DESC LIMIT %s
) AS m
"""
# The condition on the kind is that of the index `journal_of_person`.
ORDERS = """
SELECT given.id, e.at, e.kind, e.amount, e.currency, e.reference
FROM unnest(%b::bigint[]) AS given (id) CROSS JOIN LATERAL (
  SELECT extract(epoch FROM at)::float8 AS at, kind,
         CASE WHEN jsonb_typeof(data->'amount') = 'number' THEN (data->>'amount')::float8 ELSE 0 END AS amount,
         left(coalesce(data->>'currency', ''), 3) AS currency,
         left(coalesce(data->>'order', data->>'order_id', data->>'order_number', ''), 100) AS reference
  FROM journal WHERE contact_id = given.id AND workspace_id = %s AND kind NOT LIKE 'message.%%'
    AND kind IN ('order.placed', 'order.paid', 'order.cancelled', 'order.refunded')
  ORDER BY journal.at DESC LIMIT %s
) AS e
"""
SIGNS = """
SELECT given.id, e.at, e.kind FROM unnest(%b::bigint[]) AS given (id) CROSS JOIN LATERAL (
  SELECT extract(epoch FROM at)::float8 AS at, kind
  FROM journal WHERE contact_id = given.id AND workspace_id = %s AND kind NOT LIKE 'message.%%'
    AND journal.at >= to_timestamp(%s) AND split_part(kind, '.', 1) <> ALL (%b::text[])
  ORDER BY journal.at DESC LIMIT %s
) AS e
"""


def histories(cursor: Cursor, workspace_id: int, contact_ids: Sequence[int], *, now: float) -> dict[int, History]:
    """The history of each contact of this workspace; others are left out. `now` in Unix seconds."""
    cursor.execute(PEOPLE, [workspace_id, list(contact_ids)])
    people = cursor.fetchall()
    if not people:
        return {}
    ids = [row[0] for row in people]
    sent = grouped(rows(cursor, SENT, [ids, MOST_SENT]), lambda at, read_at: Sent(at, read_at))
    wrote = grouped(rows(cursor, WROTE, [ids, MOST_WROTE]), lambda at, text: Wrote(at, is_question(text)))
    told = grouped(rows(cursor, ORDERS, [ids, workspace_id, MOST_ORDERS]), Told)
    signs = signs_of(cursor, workspace_id, ids, now)
    return {
        contact: History(
            created_at=created_at,
            sent=tuple(sent[contact]),
            wrote=tuple(wrote[contact]),
            orders=orders_of(told[contact]),
            signs=tuple(signs[contact]),
            zone=zone,
            language=language,
            country=country,
        )
        for contact, created_at, zone, language, country in people
    }


def rows(cursor: Cursor, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    cursor.execute(sql, values)
    return cursor.fetchall()


def grouped(found: Iterable[tuple[Any, ...]], make: Any) -> defaultdict[int, list[Any]]:
    groups: defaultdict[int, list[Any]] = defaultdict(list)
    for contact, *columns in found:
        groups[contact].append(make(*columns))
    return groups


def signs_of(cursor: Cursor, workspace_id: int, ids: list[int], now: float) -> defaultdict[int, list[Sign]]:
    since = now - DAYS_OF_SIGNS * 86_400
    groups: defaultdict[int, list[Sign]] = defaultdict(list)
    for contact, at, kind in rows(cursor, SIGNS, [ids, workspace_id, since, [*sorted(OWN), "order"], MOST_SIGNS]):
        if word := sign_of(kind):
            groups[contact].append(Sign(at, word))
    return groups
