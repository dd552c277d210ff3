"""Which campaigns count on a tag: those that have not launched, or have not left in full."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.campaigns.models import Campaign
from tradewind.contacts.tags.uses import Use
from tradewind.workspaces.door import public_id

OVER = ("done", "cancelled")


def find(workspace_id: int, tags: list[int]) -> list[Use]:
    """The campaigns that go to one of these tags and are not over."""
    rows = Campaign.objects.filter(workspace_id=workspace_id, audience__kind="tag", audience__tag__in=tags)
    return [
        Use(_("campaign"), campaign.name, reverse("campaigns:show", args=[public_id(campaign)]))
        for campaign in rows.exclude(state__in=OVER).order_by("-pk")
    ]
