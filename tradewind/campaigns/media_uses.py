"""Which files campaigns need: drafts, what was sent, other texts that are compared, and follow-ups."""

from tradewind.campaigns.bindings import media_link, row_of_file
from tradewind.campaigns.followups.models import FollowUp
from tradewind.campaigns.models import Campaign, Variant


def named() -> set[int]:
    """Row numbers of the files on top of any of their messages, in all workspaces."""
    links = {
        media_link(bindings)
        for model in (Campaign, Variant, FollowUp)
        for bindings in model._default_manager.exclude(bindings=[]).values_list("bindings", flat=True).iterator()
    }
    return {row for link in links if (row := row_of_file(link)) is not None}
