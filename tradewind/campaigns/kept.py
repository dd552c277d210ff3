"""Plans as they were made: kept with each check and with the launch, and never changed afterwards."""

from tradewind.campaigns.models import Campaign, FlightPlan
from tradewind.lib import clock
from tradewind.workspaces.models import Member


def keep(campaign: Campaign, *, by: Member | None, is_launched: bool = False) -> FlightPlan:
    """The campaign's plan as it is now; the caller holds the campaign's row."""
    assert campaign.plan is not None
    newest = campaign.plans.order_by("-version").values_list("version", flat=True).first()
    return FlightPlan.objects.create(
        workspace_id=campaign.workspace_id,
        campaign=campaign,
        version=(newest or 0) + 1,
        made_at=clock.now(),
        made_by=by,
        is_launched=is_launched,
        plan=campaign.plan,
    )


def launched(campaign: Campaign) -> FlightPlan | None:
    """The plan with which it left; None while it has not."""
    return campaign.plans.filter(is_launched=True).order_by("-version").first()
