"""Which files campaigns use: drafts, what was sent, other texts that are compared, earlier words, and follow-ups."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast

from tradewind.campaigns.bindings import OWN_FILE, rows_of_files
from tradewind.campaigns.followups.models import FollowUp
from tradewind.campaigns.models import Campaign, Revision, Variant
from tradewind.messages.media.uses import Use

OVER = ("done", "cancelled")
# The other texts that are compared: their people may come weeks after the first.
CONTENTS = """
SELECT variant.content_id FROM variant JOIN campaign ON campaign.id = variant.campaign_id
JOIN run ON run.id = campaign.run_id WHERE run.state <> 'closed' AND variant.content_id IS NOT NULL
"""


def named() -> set[int]:
    """Row numbers of the files on any of their messages, in all workspaces."""
    found: set[int] = set()
    for model in (Campaign, Variant, Revision, FollowUp):
        for bindings in with_files(model._default_manager.all()).values_list("bindings", flat=True).iterator():
            found |= rows_of_files(bindings)
    return found


def with_files(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Those whose bindings name a file of ours: few, in whose text its mark stands."""
    return rows.annotate(bound=Cast("bindings", TextField())).filter(bound__contains=f'"{OWN_FILE}')


def find(workspace_id: int) -> list[Use]:
    """Every use of a workspace's files by campaigns, the youngest first; each campaign once for each file."""
    found = {
        (row, campaign.pk): Use(row, campaign, campaign.name, needs_it)
        for campaign, bindings, needs_it in sorted(bound(workspace_id), key=lambda each: each[2])
        for row in rows_of_files(bindings)
    }
    return [use for _key, use in sorted(found.items(), key=lambda item: -item[0][1])]


def bound(workspace_id: int) -> Iterator[tuple[Campaign, list[dict[str, str]], bool]]:
    """Campaigns with the bindings of each of their texts, and whether these may still be sent."""
    own = with_files(mine(Campaign, workspace_id)).select_related("run")
    for campaign in own.only("name", "state", "bindings", "run__state"):
        yield campaign, campaign.bindings, may_send(campaign)
    for model in (Variant, Revision):
        for text in with_campaign(model, workspace_id):
            yield text.campaign, text.bindings, may_send(text.campaign)
    for follow_up in with_campaign(FollowUp, workspace_id):
        yield follow_up.campaign, follow_up.bindings, follow_up.state == "waiting"


def may_send(campaign: Campaign) -> bool:
    """One that is done keeps its run open for a while: what failed is tried again a day later."""
    return campaign.state not in OVER or (campaign.run is not None and campaign.run.state != "closed")


def with_campaign(model: type[Model], workspace_id: int) -> "QuerySet[Any]":
    """Each with its campaign, of which only little is read: plan and waves are wide."""
    rows = with_files(mine(model, workspace_id)).select_related("campaign__run")
    return rows.defer("campaign__plan", "campaign__waves", "campaign__audience", "campaign__bindings")


def mine(model: type[Model], workspace_id: int) -> "QuerySet[Any]":
    return model._default_manager.filter(workspace_id=workspace_id)
