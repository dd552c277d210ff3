"""How long a follow-up may wait."""

from django.utils.translation import gettext as _

from tradewind.campaigns.errors import CampaignError

LONGEST_HOURS = 30 * 24


def check(hours: int) -> None:
    """Raises CampaignError unless it lies between an hour and 30 days."""
    if not 1 <= hours <= LONGEST_HOURS:
        raise CampaignError(_("A follow-up goes between an hour and 30 days later."))
