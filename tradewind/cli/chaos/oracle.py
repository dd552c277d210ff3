"""What must hold at every instant, and what must have come of it in the end."""

from collections import Counter
from typing import Any

import psycopg

# One statement is one snapshot: whatever runs meanwhile, each person stands in exactly one place.
INSTANT = """
SELECT
  (SELECT count(*) FROM recipient WHERE campaign_id = %(campaign)s AND excluded = '') AS audience,
  (SELECT coalesce(sum(total - fed), 0) FROM campaign_number WHERE campaign_id = %(campaign)s) AS unfed,
  (SELECT count(*) FROM message WHERE run_id = %(run)s) AS messages,
  (SELECT count(*) FROM message WHERE run_id = %(run)s AND state IN ('queued', 'unknown')
     AND NOT EXISTS (SELECT FROM outbox WHERE message_id = message.id)) AS stranded,
  (SELECT count(*) FROM outbox JOIN message ON message.id = message_id
    WHERE outbox.run_id = %(run)s AND state NOT IN ('queued', 'unknown')) AS left_behind,
  (SELECT count(*) FROM outbox WHERE run_id = %(run)s) AS waiting
"""

FINAL = """
SELECT identity.value, message.state, message.wamid
FROM message JOIN identity ON identity.contact_id = message.contact_id AND identity.kind = 'phone'
WHERE run_id = %(run)s
"""

# Webhooks that were taken in and have not become rows yet: bodies before their projection, and statuses set aside that
# came before their message and whose turn comes again within seconds.
UNPROJECTED = """
SELECT (SELECT count(*) FROM webhook_waiting)
     + (SELECT count(*) FROM orphan WHERE EXISTS (SELECT FROM message WHERE message.wamid = orphan.wamid))
"""

ARRIVED = {"accepted", "held", "sent", "delivered", "read", "played"}


def instant(connection: psycopg.Connection[Any], campaign: int, run: int) -> dict[str, int]:
    """A snapshot of the sums; `breaks` counts what does not add up."""
    row = connection.execute(INSTANT, {"campaign": campaign, "run": run}).fetchone()
    assert row is not None
    audience, unfed, messages, stranded, left_behind, waiting = row
    breaks = abs(audience - unfed - messages) + stranded + left_behind
    return {"audience": audience, "unfed": unfed, "messages": messages, "waiting": waiting, "breaks": int(breaks)}


def unprojected(connection: psycopg.Connection[Any]) -> int:
    """How much of what Meta has told is still on its way into our rows."""
    row = connection.execute(UNPROJECTED).fetchone()
    assert row is not None
    return int(row[0])


def verdict(
    connection: psycopg.Connection[Any], run: int, planned: int, accepted: list[dict[str, Any]]
) -> dict[str, int]:
    """Our rows against the simulator's accept log. `accepted` rows: `recipient` (digits or +E.164), `wamid`."""
    rows = connection.execute(FINAL, {"run": run}).fetchall()
    logged = Counter("+" + str(row["recipient"]).lstrip("+") for row in accepted)
    wamids = {row["wamid"] for row in accepted}
    states = Counter(state for _, state, _ in rows)
    never_left = sum(1 for phone, state, _ in rows if state in ARRIVED and not logged[phone])
    foreign = sum(1 for _, state, wamid in rows if state in ARRIVED and wamid not in wamids)
    return {
        "lost": planned - len(rows) + states["queued"] + never_left + foreign,
        "duplicates": sum(count - 1 for count in logged.values() if count > 1),
        "unknown": states["unknown"],
        "accepted": sum(states[state] for state in ARRIVED),
        "failed": states["failed"],
        "read": states["read"],
    }
