"""What came of each text so far, counted from the messages themselves: while a test runs, they are its sample only."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tradewind.campaigns import queries
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.trials.intervals import Count
from tradewind.campaigns.trials.watch import Sight

BY_TEXT = """
SELECT content_id, count(*), count(delivered_at),
       count(*) FILTER (WHERE delivered_at IS NOT NULL AND read_at IS NOT NULL),
       count(*) FILTER (WHERE delivered_at IS NOT NULL AND replied_at IS NOT NULL),
       count(*) FILTER (WHERE delivered_at IS NOT NULL AND clicked_at IS NOT NULL)
FROM message WHERE run_id = %s AND state <> 'queued' GROUP BY 1
"""
# When the last of a run left, and how many have still to leave; who is in doubt has left.
LEFT = """
SELECT (SELECT max(accepted_at) FROM message WHERE run_id = %(run)s),
       (SELECT count(*) FROM outbox WHERE run_id = %(run)s AND stage <> 'unknown'),
       (SELECT coalesce(sum(fed), 0) FROM campaign_number WHERE campaign_id = %(campaign)s)
"""


@dataclass(frozen=True, slots=True)
class Text:
    """Of one text: messages that left, and how many people got, read, answered and tapped."""

    sent: int = 0
    delivered: int = 0
    read: int = 0
    reply: int = 0
    click: int = 0

    def did(self, measure: str) -> Count:
        return Count(getattr(self, measure), self.delivered)


@dataclass(frozen=True, slots=True)
class Left:
    """`last_at`: when Meta took the last one; `waiting` are in the outbox; `fed` have come so far at all."""

    last_at: datetime | None
    waiting: int
    fed: int


def texts_of(campaign: Campaign) -> list[Text]:
    """In the order of the letters, A first."""
    assert campaign.run is not None
    contents = [campaign.run.content_id, *campaign.variants.order_by("place").values_list("content_id", flat=True)]
    with connection.cursor() as cursor:
        cursor.execute(BY_TEXT, [campaign.run_id])
        rows = {content: Text(*counts) for content, *counts in cursor.fetchall()}
    return [rows.get(content, Text()) for content in contents]


def left(campaign: Campaign) -> Left:
    with connection.cursor() as cursor:
        cursor.execute(LEFT, {"run": campaign.run_id, "campaign": campaign.pk})
        last_at, waiting, fed = cursor.fetchone()
    return Left(last_at, int(waiting), int(fed))


def sight_of(campaign: Campaign) -> Sight:
    """What is seen of the whole run, which while the canary goes is the canary alone."""
    seen = queries.progress(campaign)
    return Sight(
        sent=max(0, seen.gone - seen.unknown),
        delivered=seen.delivered,
        failed=seen.failed,
        opted_out=seen.opted_out,
        blocked=seen.failed_by_code.get(130403, 0),
        read=seen.read,
    )
