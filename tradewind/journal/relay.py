"""From the journal to the live screens: one NOTIFY per workspace and step, ids only, never in a hot transaction.

Payload on channel `live`: {"w": workspace, "id": newest entry, "topics": ["run:7", "contact:9", "numbers"]}.
Topics that would not fit are told as ["many"]: everybody of the workspace looks again.
"""

from typing import Any

import orjson
from django.db import transaction

from tradewind.journal import cursors
from tradewind.journal.connections import hot_cursor

NAME = "relay"
CHANNEL = "live"
BATCH = 20_000
# PostgreSQL takes at most 8,000 bytes in a notification.
LONGEST = 7_000
MOST_TOPICS = 300
MANY = ["many"]

# Only our own entries are read for a campaign: in an outside event's data the word may stand for anything.
GATHER = """
WITH fresh AS MATERIALIZED (
  SELECT tx, id, workspace_id, split_part(kind, '.', 1) AS room, contact_id, number_id, run_id,
         CASE WHEN kind LIKE 'campaign.%%' THEN (data->>'campaign')::bigint END AS campaign
  FROM journal
  WHERE (tx, id) > (%s, %s) AND tx < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
  ORDER BY tx, id LIMIT %s
)
SELECT workspace_id, max(id), array_agg(DISTINCT room),
       array_agg(DISTINCT run_id) FILTER (WHERE run_id IS NOT NULL),
       array_agg(DISTINCT number_id) FILTER (WHERE number_id IS NOT NULL),
       array_agg(DISTINCT contact_id) FILTER (WHERE contact_id IS NOT NULL),
       array_agg(DISTINCT campaign) FILTER (WHERE campaign IS NOT NULL),
       (SELECT ARRAY[tx, id] FROM fresh ORDER BY tx DESC, id DESC LIMIT 1)
FROM fresh GROUP BY workspace_id
"""
# A list page and the kinds of entries after which it may look different.
PAGES = {
    "templates": {"template"},
    "numbers": {"number", "account", "portfolio", "app"},
    "campaigns": {"campaign", "run"},
    "media": {"media"},
    "deadletters": {"deadletter"},
    "inbox": {"message", "conversation"},
    "contacts": {"contact", "tags", "batch"},
    "imports": {"contacts", "import"},
    "members": {"member"},
    "workspace": {"workspace"},
    "health": {"deadletter", "number", "account", "webhook"},
}


class Relay:
    """The loop's step. Runs once in the installation at a time (the cursor is locked); a tenth of a second apart."""

    def step(self) -> bool:
        """Tell what is new, one notification per workspace at most; never asks to go on at once: that is the pace."""
        with transaction.atomic(), hot_cursor() as cursor:
            place = cursors.lock(cursor, NAME)
            if place is None:
                return False
            cursor.execute(GATHER, [*place, BATCH])
            rows = cursor.fetchall()
            for row in rows:
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload_of(*row[:7])])
            if rows:
                cursors.move(cursor, NAME, *rows[0][7])
        return False


def payload_of(
    workspace_id: int,
    newest: int,
    rooms: list[str],
    runs: list[int] | None,
    numbers: list[int] | None,
    contacts: list[int] | None,
    campaigns: list[int] | None,
) -> str:
    """The notification for one workspace, short enough for PostgreSQL."""
    topics = [page for page, kinds in PAGES.items() if kinds & set(rooms)]
    ids = {"run": runs, "number": numbers, "contact": contacts, "campaign": campaigns}
    for kind, found in ids.items():
        topics += [f"{kind}:{each}" for each in found or []]
    payload = packed(workspace_id, newest, topics if len(topics) <= MOST_TOPICS else MANY)
    return payload if len(payload) <= LONGEST else packed(workspace_id, newest, MANY)


def packed(workspace_id: int, newest: int, topics: list[str]) -> str:
    content: dict[str, Any] = {"w": workspace_id, "id": newest, "topics": topics}
    return orjson.dumps(content).decode()
