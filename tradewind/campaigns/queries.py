"""Reads for the pages, the API and the checks of a campaign."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tradewind.campaigns.models import Campaign, Recipient
from tradewind.messages.models import Message

# Groups of the live log's filter, by what a person looks for.
LOG_FILTERS: dict[str, tuple[str, ...]] = {
    "all": (),
    "waiting": ("queued",),
    "sent": ("accepted", "held", "sent"),
    "delivered": ("delivered",),
    "read": ("read", "played"),
    "failed": ("failed",),
    "left_out": ("skipped", "expired", "cancelled"),
    "unknown": ("unknown",),
}


@dataclass(slots=True)
class Progress:
    """How far a campaign is. Cumulative: delivered counts read ones too. `waiting` = planned and not yet answered."""

    audience: int = 0
    recipients: int = 0
    accepted: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    replied: int = 0
    failed: int = 0
    left_out: int = 0
    unknown: int = 0
    opted_out: int = 0
    waiting: int = 0
    failed_by_code: dict[int, int] = field(default_factory=dict)
    skipped_by_reason: dict[str, int] = field(default_factory=dict)
    by_number: dict[int, dict[str, int]] = field(default_factory=dict)

    @property
    def done(self) -> int:
        return self.recipients - self.waiting

    def share(self, count: int, of: int | None = None) -> float:
        base = self.delivered if of is None else of
        return count / base if base else 0.0


def progress(campaign: Campaign) -> Progress:
    """From the tallies: milliseconds for a million recipients. `truth` counts the rows themselves."""
    result = Progress()
    if campaign.plan:
        result.audience, result.recipients = campaign.plan["audience"], campaign.plan["recipients"]
    for number_id, name, n in tallies(campaign):
        add(result, number_id, name, n)
    result.waiting = max(0, result.recipients - result.accepted - result.failed - result.left_out - result.unknown)
    return result


def tallies(campaign: Campaign) -> list[tuple[int, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number_id, name, sum(n)::bigint FROM tally WHERE run_id = %s GROUP BY 1, 2", [campaign.run_id]
        )
        return list(cursor.fetchall())


def add(result: Progress, number_id: int, name: str, n: int) -> None:
    kind, _, detail = name.partition(":")
    result.by_number.setdefault(number_id, {})
    if detail and kind == "failed":
        result.failed_by_code[int(detail)] = result.failed_by_code.get(int(detail), 0) + n
    elif detail:
        result.skipped_by_reason[detail] = result.skipped_by_reason.get(detail, 0) + n
    else:
        count(result, number_id, kind, n)


def count(result: Progress, number_id: int, kind: str, n: int) -> None:
    per_number = result.by_number[number_id]
    per_number[kind] = per_number.get(kind, 0) + n
    name = "left_out" if kind in ("skipped", "expired", "cancelled") else kind
    if hasattr(result, name) and isinstance(getattr(result, name), int):
        setattr(result, name, getattr(result, name) + n)


def truth(campaign: Campaign) -> dict[str, Any]:
    """Counted from the rows: audience, excluded by reason, messages by state, not yet fed. Seconds on a million."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT excluded, count(*) FROM recipient WHERE campaign_id = %s GROUP BY 1", [campaign.pk])
        recipients = dict(cursor.fetchall())
        cursor.execute("SELECT state, count(*) FROM message WHERE run_id = %s GROUP BY 1", [campaign.run_id])
        states = dict(cursor.fetchall())
        cursor.execute(
            "SELECT error_code, count(*) FROM message WHERE run_id = %s AND state = 'failed' GROUP BY 1",
            [campaign.run_id],
        )
        failed = {str(code): n for code, n in cursor.fetchall()}
    planned = recipients.pop("", 0)
    return {
        "audience": planned + sum(recipients.values()),
        "excluded": recipients,
        "recipients": planned,
        "unfed": planned - sum(states.values()),
        "states": states,
        "failed": failed,
    }


def log(
    campaign: Campaign, *, show: str = "all", before: int | None = None, since: int | None = None, limit: int = 50
) -> list[Message]:
    """The newest messages of a campaign, by keyset (`before`/`since` are message ids), with their people."""
    rows = Message.objects.filter(run_id=campaign.run_id) if campaign.run_id else Message.objects.none()
    if states := LOG_FILTERS.get(show):
        rows = rows.filter(state__in=states)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if since is not None:
        rows = rows.filter(pk__gt=since)
    return list(rows.select_related("contact", "number").order_by("-pk")[:limit])


def left_out(campaign: Campaign, *, reason: str, after: int = 0, limit: int = 50) -> list[Recipient]:
    """People whom the plan leaves out for one reason, by keyset."""
    return list(Recipient.objects.filter(campaign=campaign, excluded=reason, pk__gt=after).order_by("pk")[:limit])


def expected_end(campaign: Campaign, now: datetime, seen: Progress) -> datetime | None:
    """When it will end at the pace so far; before there is a pace, what the plan said."""
    if campaign.state != "running" or campaign.launched_at is None or campaign.plan is None:
        return None
    elapsed = (now - campaign.launched_at).total_seconds()
    planned = float(campaign.plan.get("seconds", 0))
    share = seen.share(seen.done, seen.recipients)
    if share < 0.05:
        return campaign.launched_at + timedelta(seconds=planned)
    return campaign.launched_at + timedelta(seconds=max(elapsed / share, elapsed))
