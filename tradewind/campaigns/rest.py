"""What of a campaign has not gone can be changed while it is paused (product.md B13): how fast, and until when."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.campaigns import actions, crew, drafts
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock
from tradewind.workspaces.models import Member


def change(
    campaign: Campaign,
    *,
    member: Member | None,
    preset: str,
    pacing: dict[str, Any],
    ends_at: datetime | None,
    answer_minutes: int | None,
) -> Campaign:
    """Another pace and another end for who has not got it. Raises CampaignError; only while it is paused."""
    drafts.check_pacing(preset, pacing)
    if ends_at is not None and ends_at <= clock.now():
        raise CampaignError(_("This end lies in the past. To end it now, cancel it."))
    with transaction.atomic():
        row = actions.locked(campaign, "paused", verb="change_rest")
        row.preset, row.pacing, row.ends_at, row.answer_minutes = preset, pacing, ends_at, answer_minutes
        if answer_minutes is None and crew.is_slow(row):
            row.slowdowns[-1]["to"] = clock.time()
        row.save(update_fields=["preset", "pacing", "ends_at", "answer_minutes", "slowdowns"])
        crew.apply_pace(row)
        actions.note(row, "campaign.rest_changed", member)
    return row


def end_those_due() -> bool:
    """Campaigns whose end has come: what has not gone never goes; never asks to go on at once."""
    due = Campaign.objects.filter(state__in=("running", "paused"), ends_at__lte=clock.now())
    for campaign in due:
        try:
            actions.cancel(campaign, member=None)
        except CampaignError:
            continue  # somebody was quicker
    return False
