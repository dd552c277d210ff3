"""The high season: in its months a follow-up waits a day instead of three."""

from zoneinfo import ZoneInfo

from tradewind.campaigns.followups.models import FollowUp, Season
from tradewind.lib.zones import is_zone
from tradewind.workspaces.models import Workspace

MONTHS = [3, 9]
HOURS = 24
"""March and September, every 24 h instead of 72 (product.md B14); a workspace may choose its own."""


def season_of(workspace: Workspace) -> Season:
    """The workspace's own season, or the usual one."""
    return Season.objects.filter(workspace=workspace).first() or Season(
        workspace=workspace, months=MONTHS, follow_up_hours=HOURS
    )


def hours_of(follow_up: FollowUp) -> int:
    """How long after its campaign's end it goes, with the season of that day where it lives."""
    ended_at = follow_up.campaign.finished_at
    if not follow_up.keeps_season or ended_at is None:
        return follow_up.after_hours
    workspace = follow_up.campaign.workspace
    zone = ZoneInfo(workspace.timezone if is_zone(workspace.timezone) else "UTC")
    season = season_of(workspace)
    if ended_at.astimezone(zone).month not in season.months:
        return follow_up.after_hours
    return min(follow_up.after_hours, season.follow_up_hours)
