"""The chosen time in words, for the plan and the bar with the launch."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tradewind.campaigns.models import Campaign
from tradewind.campaigns.timing import rules


def in_words(campaign: Campaign) -> str:
    """Such as "24 Nov, 10:00 where each person is"; "" where it leaves as soon as it is launched."""
    chosen = rules.read(campaign.timing)
    if chosen.kind == "local" and chosen.wall is not None:
        at = f"{chosen.wall:%H:%M}"
        if chosen.day is None:
            return _("%(time)s where each person is") % {"time": at}
        return _("%(day)s, %(time)s where each person is") % {"day": date_format(chosen.day, "j M"), "time": at}
    if chosen.kind == "best_hour":
        return _("At the best hour of each person")
    return moment(campaign.starts_at) if campaign.starts_at else ""


def moment(at: datetime) -> str:
    """In the reader's own zone."""
    return date_format(timezone.localtime(at), "D j M, H:i")
