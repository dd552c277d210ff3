"""Asking for a second member's word on a launch, and giving it."""

from collections.abc import Callable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from tradewind import config
from tradewind.campaigns import actions
from tradewind.campaigns.approvals import rule
from tradewind.campaigns.approvals.models import APPROVED, REFUSED, WAITING, Approval
from tradewind.campaigns.errors import AlreadySo, CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.workspaces import mail, rights
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

LONGEST_WORD = 300


def launch_or_ask(campaign: Campaign, *, member: Member) -> Campaign:
    """Launches what one member may launch; asks for a second one's word where the workspace wants that."""
    return done_or_asked(actions.launch, campaign, member)


def resume_or_ask(campaign: Campaign, *, member: Member) -> Campaign:
    """Lets a paused campaign go on; with words that were changed, asks for a second member where the rule wants one."""
    return done_or_asked(actions.resume, campaign, member)


def done_or_asked(act: Callable[..., Campaign], campaign: Campaign, member: Member) -> Campaign:
    try:
        return act(campaign, member=member)
    except rule.NeedsApproval:
        ask(campaign, member=member)
        return Campaign.objects.get(pk=campaign.pk)


def ask(campaign: Campaign, *, member: Member) -> Approval:
    """A request to launch this plan, or to go on with new words. Raises AlreadySo when it waits already, CampaignError
    when it cannot launch."""
    with transaction.atomic():
        campaign = actions.locked(campaign, "planned", "paused", verb="launch", goals=("running", "done"))
        if campaign.state == "planned":
            actions.check_launch(campaign)
        if Approval.objects.filter(campaign=campaign, verdict=WAITING).exists():
            raise AlreadySo(_("This launch waits for a second member already."))
        approval = Approval.objects.create(
            workspace=campaign.workspace,
            campaign=campaign,
            requested_by=member,
            requested_at=clock.now(),
            recipients=rule.recipients_of(campaign),
            content=rule.content_of(campaign),
        )
        rule.tell(campaign, "campaign.approval_asked", member)
        transaction.on_commit(lambda: write_to_others(approval))
    return approval


def approve(campaign: Campaign, *, member: Member, word: str = "") -> Campaign:
    """The second member's yes: it leaves, or goes on, at once. Raises CampaignError where that is not theirs to say."""
    with transaction.atomic():
        was = decide(campaign, APPROVED, member, word)
        return (actions.launch if was == "planned" else actions.resume)(campaign, member=member)


def refuse(campaign: Campaign, *, member: Member, word: str) -> Campaign:
    """The second member's no, with a word why."""
    if not word.strip():
        raise CampaignError(_("Say in a word why not."))
    with transaction.atomic():
        decide(campaign, REFUSED, member, word)
    return campaign


def decide(campaign: Campaign, verdict: str, member: Member, word: str) -> str:
    """Note the word; returns how the campaign stands."""
    campaign = actions.locked(campaign, "planned", "paused", verb="launch", goals=("running", "done"))
    approval = Approval.objects.select_for_update().filter(campaign=campaign, verdict=WAITING).first()
    if approval is None:
        raise CampaignError(_("Nobody waits for a word on this launch any more."))
    if approval.requested_by_id == member.pk:
        raise CampaignError(_("You asked for it yourself: somebody else has to say yes or no."))
    word = safe_to_show(word, one_line=True)[:LONGEST_WORD]
    approval.verdict, approval.word = verdict, word
    approval.decided_by, approval.decided_at = member, clock.now()
    approval.save()
    rule.tell(campaign, f"campaign.{verdict}", member, word)
    return campaign.state


def write_to_others(approval: Approval) -> None:
    """A letter to each colleague who may decide."""
    campaign = approval.campaign
    page = "campaigns:live" if campaign.state == "paused" else "campaigns:plan"
    link = f"{config.load().base_url}{reverse(page, args=[public_id(campaign)])}"
    able = [role for role in rights.ROLES if "campaigns.launch" in rights.of(role)]
    others = Member.objects.active().filter(workspace_id=approval.workspace_id, role__in=able)
    for other in others.exclude(pk=approval.requested_by_id).select_related("user"):
        with override(other.user.locale):
            names = {"name": approval.requested_by, "campaign": campaign.name, "people": approval.recipients}
            text = ngettext(
                "%(name)s wants to launch “%(campaign)s” to %(people)s person. It waits for your word:",
                "%(name)s wants to launch “%(campaign)s” to %(people)s people. It waits for your word:",
                approval.recipients,
            )
            subject = _("A launch waits for your word: %(campaign)s") % names
            mail.send(other.user.email, subject=subject, text=f"{text % names}\n\n{link}\n")
