"""How far campaigns are: for the pages, the API and the checks.

The figures come from the tallies and from what waits, read in one statement and so of one moment. At every moment
audience = excluded + unfed + erased + messages by state (promise P17); `truth` counts that from the rows themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from tradewind.campaigns import forecasting
from tradewind.campaigns.models import Campaign

# Tallies, people not fed yet, and messages in the outbox, for many campaigns at once. A message in doubt stands in the
# outbox too, and is counted by its tally.
FIGURES = """
SELECT run_id, number_id, name, sum(n)::bigint FROM tally WHERE run_id = ANY(%(runs)s) GROUP BY 1, 2, 3
UNION ALL
SELECT run_id, number_id, '+outbox', count(*) FROM outbox
WHERE run_id = ANY(%(runs)s) AND stage <> 'unknown' GROUP BY 1, 2
UNION ALL
SELECT campaign.run_id, place.number_id, '+unfed', place.total - place.fed
FROM campaign_number place JOIN campaign ON campaign.id = place.campaign_id
WHERE campaign.run_id = ANY(%(runs)s)
"""
TRUTH = """
SELECT 'recipient', excluded, count(*), 0::bigint FROM recipient WHERE campaign_id = %(campaign)s GROUP BY 2
UNION ALL
SELECT 'fed', '', sum(fed), sum(total) FROM campaign_number WHERE campaign_id = %(campaign)s
UNION ALL
SELECT 'message', state, count(*), 0 FROM message WHERE run_id = %(run)s GROUP BY 2
UNION ALL
SELECT 'failed', error_code::text, count(*), 0 FROM message WHERE run_id = %(run)s AND state = 'failed' GROUP BY 2
"""
SECOND_TRIES = """
SELECT count(*), min(due_at) FROM (
  SELECT second_try.due_at FROM second_try JOIN message ON message.id = second_try.message_id
  WHERE message.run_id = %(run)s AND message.state = 'failed' LIMIT %(most)s
) planned
"""
MOST_SECOND_TRIES = 1_000
LEFT = ("skipped", "expired", "cancelled")


@dataclass(slots=True)
class Figures:
    """Of a campaign or one of its numbers. `accepted`, `sent`, `delivered`, `read` are cumulative (delivered counts
    what was read); `failed`, `unknown`, `left_out` are how many stand there now; `waiting` has not left."""

    recipients: int = 0
    waiting: int = 0
    accepted: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    replied: int = 0
    clicked: int = 0
    failed: int = 0
    left_out: int = 0
    unknown: int = 0
    held: int = 0
    opted_out: int = 0

    @property
    def answered(self) -> int:
        """Through, one way or the other."""
        return max(0, self.recipients - self.waiting)

    @property
    def gone(self) -> int:
        """Went out to Meta, whatever came of it."""
        return max(0, self.answered - self.left_out)

    @property
    def on_the_way(self) -> int:
        """Taken by Meta, and nothing is known of it since."""
        return max(0, self.gone - self.delivered - self.failed - self.unknown)


@dataclass(slots=True)
class Progress(Figures):
    """How far a campaign is, with the reasons and the numbers."""

    audience: int = 0
    failed_by_code: dict[int, int] = field(default_factory=dict)
    skipped_by_reason: dict[str, int] = field(default_factory=dict)
    by_number: dict[int, Figures] = field(default_factory=dict)


def progress(campaign: Campaign) -> Progress:
    """From the tallies: milliseconds for a million recipients. `truth` counts the rows themselves."""
    return progress_of([campaign])[campaign.pk]


def progress_of(campaigns: Sequence[Campaign]) -> dict[int, Progress]:
    """The same for many, in one query; by the campaign's row."""
    by_run = {campaign.run_id: campaign for campaign in campaigns if campaign.run_id}
    rows: dict[int, list[tuple[int, str, int]]] = {}
    if by_run:
        with connection.cursor() as cursor:
            cursor.execute(FIGURES, {"runs": list(by_run)})
            for run_id, number_id, name, n in cursor.fetchall():
                rows.setdefault(run_id, []).append((number_id, name, int(n)))
    return {campaign.pk: figures_of(campaign, rows.get(campaign.run_id or 0, ())) for campaign in campaigns}


def figures_of(campaign: Campaign, rows: Iterable[tuple[int, str, int]]) -> Progress:
    result = Progress()
    plan = campaign.plan or {}
    result.audience, result.recipients = plan.get("audience", 0), plan.get("recipients", 0)
    for number, people in plan.get("by_number", {}).items():
        result.by_number[int(number)] = Figures(recipients=people)
    if campaign.run_id is None:
        result.waiting = result.recipients
        return result
    for number_id, name, n in rows:
        add(campaign, result, result.by_number.setdefault(number_id, Figures()), name, n)
    return result


def add(campaign: Campaign, whole: Progress, number: Figures, name: str, n: int) -> None:
    kind, _, detail = name.partition(":")
    if detail and kind == "failed":
        whole.failed_by_code[int(detail)] = whole.failed_by_code.get(int(detail), 0) + n
    elif detail:
        whole.skipped_by_reason[detail] = whole.skipped_by_reason.get(detail, 0) + n
    elif (place := place_of(campaign, kind)) is not None:
        for figures in (whole, number):
            setattr(figures, place, getattr(figures, place) + n)


def place_of(campaign: Campaign, kind: str) -> str | None:
    """Which figure a tally counts into. People of a cancelled campaign who were never fed are left out for good."""
    if kind == "+unfed":
        return "left_out" if campaign.state == "cancelled" else "waiting"
    if kind == "+outbox":
        return "waiting"
    if kind in LEFT:
        return "left_out"
    return kind if kind in Figures.__dataclass_fields__ else None


def truth(campaign: Campaign) -> dict[str, Any]:
    """Counted from the rows, at one moment: seconds on a million.

    `audience` = sum of `excluded` + `unfed` + `erased` (people erased since the plan) + sum of `states`.
    """
    recipients: dict[str, int] = {}
    states: dict[str, int] = {}
    failed: dict[str, int] = {}
    fed = 0
    with connection.cursor() as cursor:
        cursor.execute(TRUTH, {"campaign": campaign.pk, "run": campaign.run_id})
        for kind, name, n, _total in cursor.fetchall():
            if kind == "fed":
                fed = int(n or 0)
            else:
                {"recipient": recipients, "message": states, "failed": failed}[kind][name] = n
    planned = recipients.pop("", 0)
    return {
        "audience": planned + sum(recipients.values()),
        "excluded": recipients,
        "recipients": planned,
        "unfed": planned - fed,
        "erased": fed - sum(states.values()),
        "states": states,
        "failed": failed,
    }


def second_tries(campaign: Campaign) -> tuple[int, datetime | None]:
    """How many failed messages are tried once more (counted up to MOST_SECOND_TRIES), and when the first of them."""
    if campaign.run_id is None:
        return 0, None
    with connection.cursor() as cursor:
        cursor.execute(SECOND_TRIES, {"run": campaign.run_id, "most": MOST_SECOND_TRIES})
        count, first = cursor.fetchone()
    return count, first


def expected_end(campaign: Campaign, now: datetime, seen: Progress) -> datetime | None:
    """When it will end, by how far behind its plan it is; None when it does not run or nothing can be said."""
    return forecasting.expected_end(campaign, now, seen.answered)
