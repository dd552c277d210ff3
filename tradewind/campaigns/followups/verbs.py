"""The verbs of follow-ups, and the worker's step that makes those that are due."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.campaigns import actions, drafts, wording
from tradewind.campaigns import bindings as sources
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.followups import hours
from tradewind.campaigns.followups.models import FOLLOW_KINDS, FollowUp
from tradewind.campaigns.followups.season import hours_of
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock, logs
from tradewind.lib.loops import each_by_itself
from tradewind.lib.watchdog import alive
from tradewind.templates.models import Template
from tradewind.workspaces.models import Member

log = logs.get(__name__)
MOST = 5


def add(
    campaign: Campaign,
    *,
    member: Member | None,
    kind: str,
    after_hours: int,
    template: Template,
    bindings: Sequence[Any],
    keeps_season: bool = True,
) -> FollowUp:
    """Follow a campaign up. Raises CampaignError. May be added while it is sent, and until it is cancelled."""
    if kind not in FOLLOW_KINDS:
        raise CampaignError(_("Choose whom it is for."))
    hours.check(after_hours)
    with transaction.atomic():
        row = actions.locked(campaign, "draft", "planning", "planned", "running", "paused", "done", verb="follow_up")
        if row.follow_ups.exclude(state="off").count() >= MOST:
            raise CampaignError(_("At most %(most)s follow-ups; people would feel hunted.") % {"most": MOST})
        if template.workspace_id != row.workspace_id:
            raise CampaignError(_("That belongs to another workspace."))
        drafts.check_template(template, [sender.number for sender in row.senders.select_related("number")])
        found = FollowUp.objects.create(
            workspace_id=row.workspace_id,
            campaign=row,
            kind=kind,
            after_hours=after_hours,
            keeps_season=keeps_season,
            template=template,
            bindings=sources.clean(bindings, wording.parts_of(template), workspace_id=row.workspace_id),
            created_by=member,
            created_at=clock.now(),
        )
        actions.note(row, "followup.added", member)
    return found


def remove(follow_up: FollowUp, *, member: Member | None) -> None:
    """It never goes. What it has sent already stays sent."""
    with transaction.atomic():
        changed = FollowUp.objects.filter(pk=follow_up.pk, state="waiting").update(state="off", reason="by_member")
        if not changed:
            raise CampaignError(_("It has gone already, or was taken off."))
        actions.note(follow_up.campaign, "followup.removed", member)


def step() -> bool:
    """Make the follow-ups whose time has come; never asks to go on at once."""
    rows = FollowUp.objects.filter(state="waiting", campaign__state="done", campaign__finished_at__isnull=False)
    each_by_itself(list(rows.select_related("campaign__workspace").order_by("pk")), make_if_due)
    return False


def make_if_due(follow_up: FollowUp) -> None:
    ended_at = follow_up.campaign.finished_at
    if ended_at is not None and clock.now() >= ended_at + timedelta(hours=hours_of(follow_up)):
        alive()
        make(follow_up)


def make(follow_up: FollowUp) -> Campaign | None:
    """Its campaign: planned from what has become of the first one by now, and launched as soon as that is done.

    Under the rights of who launched the first: without them it does not go.
    """
    with transaction.atomic():
        row = FollowUp.objects.select_for_update(of=("self",)).select_related("campaign", "template").get(
            pk=follow_up.pk
        )  # fmt: skip
        if row.state != "waiting":
            return None
        launcher = row.campaign.launched_by
        if launcher is None or not may_launch(launcher):
            off(row, "launcher_gone")
            return None
        try:
            with transaction.atomic():
                child = child_of(row, launcher)
        except CampaignError as error:
            log.info("a follow-up could not be made", follow_up=row.pk)
            off(row, str(error))
            return None
        row.state, row.child = "made", child
        row.save(update_fields=["state", "child"])
    return child


def may_launch(member: Member) -> bool:
    """Whether this member is still here and may launch campaigns."""
    member.refresh_from_db()
    return member.removed_at is None and "campaigns.launch" in member.rights


def off(row: FollowUp, reason: str) -> None:
    row.state, row.reason = "off", reason[:200]
    row.save(update_fields=["state", "reason"])
    actions.note(row.campaign, "followup.off", None)


def child_of(row: FollowUp, launcher: Member) -> Campaign:
    parent = row.campaign
    name = _("%(name)s · follow-up") % {"name": parent.name[:100]}
    audience = {"kind": "outcome", "run": parent.run_id, "outcome": row.kind}
    child = actions.made_like(
        parent, member=launcher, name=name, template=row.template, audience=audience, bindings=row.bindings
    )
    return actions.count_again(child, launcher)
