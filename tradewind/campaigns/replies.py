"""How many answers a campaign draws, and when: by the workspace's own past, else by a yardstick that says so."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tradewind.lib import clock

USUALLY_REPLIED = 0.22
"""The market's yardstick: 22 of 100 who got a message answer it (product.md N1)."""
PULL = 100
"""It weighs as much as so many delivered messages of one's own."""
ENOUGH = 100
LOOKS_BACK = timedelta(days=90)
PACE_BACK = timedelta(days=14)
HOURS = 24
# Of 100 who answer, how many do so within the first hour, the second, and so on: a plain assumption.
USUAL_DELAYS = (46, 14, 8, 6, 4, 3, 3, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0)
MOST_SAMPLES = 5_000

ANSWERED = """
SELECT coalesce(sum(n) FILTER (WHERE name = 'replied'), 0)::bigint,
       coalesce(sum(n) FILTER (WHERE name = 'delivered'), 0)::bigint
FROM tally JOIN run ON run.id = tally.run_id
WHERE run.workspace_id = %(workspace)s AND run.category = %(category)s AND run.created_at > %(since)s
  AND tally.name IN ('replied', 'delivered')
"""
# How many hours after a campaign's message its person wrote next, for the newest of the messages.
DELAYS = """
SELECT floor(extract(epoch FROM answer.at - sent.accepted_at) / 3600)::int, count(*)
FROM (
  SELECT id, contact_id, number_id, accepted_at FROM message
  WHERE workspace_id = %(workspace)s AND run_id IS NOT NULL AND accepted_at > %(since)s ORDER BY id DESC LIMIT %(most)s
) sent CROSS JOIN LATERAL (
  SELECT min(created_at) AS at FROM message
  WHERE contact_id = sent.contact_id AND number_id = sent.number_id AND id > sent.id AND direction = 'in'
    AND created_at >= sent.accepted_at AND created_at < sent.accepted_at + interval '24 hours'
) answer WHERE answer.at IS NOT NULL GROUP BY 1
"""
# The most that members wrote in one hour lately: so many answers the team can give.
PACE = """
SELECT max(n) FROM (
  SELECT count(*) AS n FROM message
  WHERE workspace_id = %(workspace)s AND direction = 'out' AND author_id IS NOT NULL AND accepted_at > %(lately)s
  GROUP BY date_trunc('hour', accepted_at)
) hours
"""


def outlook(workspace_id: int, category: str) -> dict[str, Any]:
    """{"share": of the delivered who answer, "is_own": whether by one's own past, "delays": 24 shares by hours, "pace":
    answers an hour that the team has given at most, None when it has given none}."""
    now = clock.now()
    params: dict[str, Any] = {
        "workspace": workspace_id,
        "category": category,
        "since": now - LOOKS_BACK,
        "lately": now - PACE_BACK,
    }
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, params)
        replied, delivered = cursor.fetchone()
        cursor.execute(DELAYS, {**params, "most": MOST_SAMPLES})
        seen = dict(cursor.fetchall())
        cursor.execute(PACE, params)
        (pace,) = cursor.fetchone()
    share = (min(replied, delivered) + PULL * USUALLY_REPLIED) / (delivered + PULL)
    return {"share": round(share, 4), "is_own": delivered >= ENOUGH, "delays": delays(seen), "pace": pace}


def delays(seen: Mapping[int, int]) -> list[float]:
    total, usual = sum(seen.values()), sum(USUAL_DELAYS)
    pulled = [seen.get(hour, 0) + ENOUGH * USUAL_DELAYS[hour] / usual for hour in range(HOURS)]
    return [round(each / (total + ENOUGH), 5) for each in pulled]


def by_hour(hours: Sequence[Mapping[str, Any]], outlook: Mapping[str, Any]) -> dict[datetime, float]:
    """Answers to expect in each hour, from the plan's hours; goes on for a day after the last message."""
    found: dict[datetime, float] = {}
    for row in hours:
        leave, hour = sum(row["by_number"].values()), datetime.fromisoformat(row["hour"])
        for delay, share in enumerate(outlook["delays"]):
            at = hour + timedelta(hours=delay)
            found[at] = found.get(at, 0.0) + leave * outlook["share"] * share
    return found
