"""The list of campaigns."""

from typing import Any

from tradewind.campaigns import queries
from tradewind.campaigns.approvals import rule
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages.parts import row_of
from tradewind.lib import publicid
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

PAGE = 40
MOST_FOLLOWED = 10
"""So many running campaigns of a page are followed message by message; the others by their own news."""


def index(member: Member, before: str) -> dict[str, Any]:
    """The newest campaigns, each with how far it is."""
    # Audiences may be a megabyte of pasted numbers: they are not read here.
    rows = (
        Campaign.objects.visible_to(member)
        .select_related("template", "launched_by__user")
        .defer("audience", "bindings", "waves")
        .order_by("-id")
    )
    if (key := row_of("campaign", before)) is not None:
        rows = rows.filter(pk__lt=key)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    seen = queries.progress_of(shown)
    return {
        "lines": [{"campaign": row, "seen": seen[row.pk]} for row in shown],
        "older": f"?before={public_id(found[PAGE - 1])}" if len(found) > PAGE else "",
        "waiting_for_word": rule.waiting_for(member),
        "before": before if key is not None else "",
        "live_topic": " ".join(["campaigns", *running(shown)]),
    }


def running(rows: list[Campaign]) -> list[str]:
    """The live topics of those that are being sent."""
    runs = [row.run_id for row in rows if row.state == "running" and row.run_id]
    return [f"run:{publicid.encode('run', run)}" for run in runs[:MOST_FOLLOWED]]
