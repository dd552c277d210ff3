"""Follow-ups in words, for the pages and the API of their campaign."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from tradewind.campaigns.followups.season import hours_of
from tradewind.campaigns.models import Campaign

KINDS = [
    ("unread", gettext_lazy("Who got it and has not read it")),
    ("unreplied", gettext_lazy("Who got it and has not answered")),
    ("read_silent", gettext_lazy("Who read it and has not answered")),
]
REASONS = {
    "by_member": gettext_lazy("Taken off by a member."),
    "cancelled": gettext_lazy("The campaign was cancelled."),
    "launcher_gone": gettext_lazy("Who launched the campaign may not launch any more."),
}


def panel(campaign: Campaign) -> list[dict[str, Any]]:
    """The follow-ups of a campaign in words, for its page."""
    rows = campaign.follow_ups.select_related("template", "child", "campaign__workspace").order_by("pk")
    return [
        {
            "row": row,
            "words": dict(KINDS)[row.kind],
            "hours": hours_of(row),
            "at": campaign.finished_at + timedelta(hours=hours_of(row)) if campaign.finished_at else None,
            "why": REASONS.get(row.reason, row.reason),
        }
        for row in rows
    ]
