"""The high season: in its months a follow-up waits a day instead of three."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.followups import hours
from tradewind.campaigns.followups.models import FollowUp, Season
from tradewind.lib.zones import usable
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

MONTHS = [3, 9]
HOURS = 24
"""March and September, every 24 h instead of 72 (product.md B14); a workspace may choose its own."""


def season_of(workspace: Workspace) -> Season:
    """The workspace's own season, or the usual one."""
    return Season.objects.filter(workspace=workspace).first() or Season(
        workspace=workspace, months=MONTHS, follow_up_hours=HOURS
    )


def change(workspace: Workspace, *, member: Member, months: Iterable[int], follow_up_hours: int) -> Season:
    """Choose the months (1 to 12, none: no season) and how soon follow-ups come in them. Raises CampaignError.

    It holds at once for follow-ups that wait.
    """
    chosen = sorted(set(months))
    if not all(1 <= month <= 12 for month in chosen):
        raise CampaignError(_("Choose months of the year."))
    hours.check(follow_up_hours)
    with transaction.atomic():
        row, _made = Season.objects.update_or_create(
            workspace=workspace, defaults={"months": chosen, "follow_up_hours": follow_up_hours}
        )
        audit.note(member, "season.changed", None, str(row), {"months": chosen, "hours": follow_up_hours})
    return row


def hours_of(follow_up: FollowUp) -> int:
    """How long after its campaign's end it goes, with the season of that day where it lives."""
    ended_at = follow_up.campaign.finished_at
    if not follow_up.keeps_season or ended_at is None:
        return follow_up.after_hours
    workspace = follow_up.campaign.workspace
    season = season_of(workspace)
    if ended_at.astimezone(ZoneInfo(usable(workspace.timezone))).month not in season.months:
        return follow_up.after_hours
    return min(follow_up.after_hours, season.follow_up_hours)
