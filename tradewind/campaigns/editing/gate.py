"""What stands between new words and going on: put in for everybody, and approved where that is the rule."""

from django.utils.translation import gettext as _

from tradewind.campaigns.approvals import rule
from tradewind.campaigns.editing import renewing, versions
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign


def check_ready(campaign: Campaign) -> None:
    """Raises CampaignError, NeedsApproval where a second member has to agree first. Words never changed need nothing.

    What was in flight and came back since takes the new words on the way.
    """
    if not versions.is_changed(campaign):
        return
    if versions.is_getting_ready(campaign):
        raise CampaignError(_("The new words are still being put in. It takes a moment."))
    rule.demand(campaign)
    renewing.take_back(campaign)
