"""What a template has done before: the measure for a canary, and the base from which a lift is reckoned."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from tradewind.campaigns.models import Campaign
from tradewind.lib import clock
from tradewind.numbers.models import Number
from tradewind.templates.models import Template

LOOKS_BACK = timedelta(days=90)
ENOUGH = 500
"""So many people of earlier runs make a past; with fewer the yardsticks count."""

TALLIES = """
SELECT tally.name, sum(tally.n)::bigint FROM tally
JOIN run ON run.id = tally.run_id JOIN content ON content.id = run.content_id
JOIN template ON template.id = content.template_id
WHERE run.workspace_id = %(workspace)s AND run.created_at > %(since)s AND run.id <> %(but)s
  AND template.name = %(name)s AND template.language = %(language)s
  AND tally.name IN ('accepted', 'delivered', 'read', 'replied', 'clicked', 'failed', 'opted_out', 'failed:130403')
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Past:
    """Shares from 0 to 1. `people` reached by earlier runs; 0 = these are yardsticks, not a past."""

    people: int
    failed: float
    opted_out: float
    blocked: float
    read: float
    reply: float
    click: float


# Usual figures of marketing on WhatsApp; where a template has a past of its own, that counts instead.
YARDSTICK = Past(people=0, failed=0.05, opted_out=0.004, blocked=0.003, read=0.6, reply=0.05, click=0.08)


def past_of(template: Template, *, but_run: int | None = None) -> Past:
    """How people took this template in the last 90 days, over all campaigns; else the yardsticks."""
    with connection.cursor() as cursor:
        cursor.execute(
            TALLIES,
            {"workspace": template.workspace_id, "since": clock.now() - LOOKS_BACK, "but": but_run or 0,
             "name": template.name, "language": template.language},
        )  # fmt: skip
        n = {name: int(count) for name, count in cursor.fetchall()}
    gone = n.get("accepted", 0) + n.get("failed", 0)
    reached = n.get("delivered", 0)
    if reached < ENOUGH:
        return YARDSTICK
    return Past(
        people=reached,
        failed=n.get("failed", 0) / gone,
        blocked=n.get("failed:130403", 0) / gone,
        opted_out=n.get("opted_out", 0) / reached,
        read=n.get("read", 0) / reached,
        reply=n.get("replied", 0) / reached,
        click=n.get("clicked", 0) / reached,
    )


def snapshot(campaign: Campaign) -> dict[str, Any]:
    """As it is before the first message leaves, kept with the trial (`Trial.past`)."""
    assert campaign.template is not None
    return {**asdict(past_of(campaign.template, but_run=campaign.run_id)), "quality": qualities(campaign)}


def qualities(campaign: Campaign) -> dict[str, str]:
    """Meta's colour of every template and number in play: {"template:17": "GREEN", …}; a pause counts as RED."""
    assert campaign.template_id is not None
    templates = [campaign.template_id, *campaign.variants.values_list("template_id", flat=True)]
    numbers = campaign.senders.values_list("number_id", flat=True)
    found = {
        f"template:{pk}": "RED" if status in ("PAUSED", "DISABLED") else quality
        for pk, status, quality in Template.objects.filter(pk__in=templates).values_list("pk", "status", "quality")
    }
    return found | {
        f"number:{pk}": quality for pk, quality in Number.objects.filter(pk__in=numbers).values_list("pk", "quality")
    }
