"""Which files campaigns need: drafts, what was sent, other texts that are compared, and follow-ups."""

from tradewind.campaigns.bindings import links_in, row_of_file
from tradewind.campaigns.followups.models import FollowUp
from tradewind.campaigns.models import Campaign, Variant


def named() -> set[int]:
    """Row numbers of the files on top of any of their messages or on its cards, in all workspaces."""
    links = {
        link
        for model in (Campaign, Variant, FollowUp)
        for bindings in model._default_manager.exclude(bindings=[]).values_list("bindings", flat=True).iterator()
        for link in links_in(bindings)
    }
    return {row for link in links if (row := row_of_file(link)) is not None}
