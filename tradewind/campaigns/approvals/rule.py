"""When a launch needs a second member, and whether it has their word. Knows nothing of launching itself."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tradewind.campaigns.approvals.models import APPROVED, VOID, WAITING, Approval
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member

# A live audience is counted again at the launch; so many more people than were approved are no other launch.
LIVE_MARGIN = 0.05


class NeedsApproval(CampaignError):
    """A second member has to approve this launch first."""


@dataclass(frozen=True)
class Standing:
    """How a plan stands for one member: whether a second one is needed, and what was asked and said so far."""

    is_needed: bool
    last: Approval | None
    may_decide: bool

    @property
    def is_waiting(self) -> bool:
        return self.last is not None and self.last.verdict == WAITING


def standing(campaign: Campaign, member: Member) -> Standing:
    """For the plan and the live page."""
    if not is_at_rest(campaign):
        return Standing(is_needed=False, last=None, may_decide=False)
    rows = Approval.objects.filter(campaign=campaign).select_related("requested_by__user", "decided_by__user")
    last = rows.order_by("-id").first()
    is_open = last is not None and last.verdict == WAITING and last.requested_by_id != member.pk
    return Standing(needs_second(campaign) and not has_word(campaign, last), last, is_open)


def is_at_rest(campaign: Campaign) -> bool:
    """Whether a word may be asked for: it is planned, or it is paused and has got other words (editing/)."""
    return campaign.state == "planned" or (campaign.state == "paused" and campaign.revisions.exists())


def waiting_for(member: Member) -> list[Approval]:
    """The launches on which this member may decide: they wait, and somebody else asked."""
    rows = Approval.objects.visible_to(member).filter(verdict=WAITING, campaign__state__in=("planned", "paused"))
    return list(rows.exclude(requested_by=member).select_related("campaign", "requested_by__user").order_by("id"))


def needs_second(campaign: Campaign) -> bool:
    """Whether the plan reaches more people than one member may launch to alone."""
    over = campaign.workspace.four_eyes_over
    return over is not None and recipients_of(campaign) > over


def demand(campaign: Campaign) -> None:
    """Raises NeedsApproval when the launch of this plan needs a second member and has no word of one."""
    if needs_second(campaign):
        last = Approval.objects.filter(campaign=campaign).order_by("-id").first()
        if not has_word(campaign, last):
            raise NeedsApproval(_("A second member has to approve this launch."))


def has_word(campaign: Campaign, last: Approval | None) -> bool:
    """Whether the last request was approved, for this content and for these people."""
    if last is None or last.verdict != APPROVED or last.content != content_of(campaign):
        return False
    most = last.recipients * (1 + LIVE_MARGIN) if campaign.audience.get("live") else last.recipients
    return recipients_of(campaign) <= most


def void(campaign: Campaign, by: Member | None) -> None:
    """The plan changes: what was asked or approved before holds no more."""
    held = Approval.objects.filter(campaign=campaign, verdict__in=(WAITING, APPROVED))
    if held.update(verdict=VOID, decided_at=clock.now(), decided_by=by):
        tell(campaign, "campaign.approval_void", by)


def tell(campaign: Campaign, kind: str, by: Member | None, summary: str = "") -> None:
    """The journal tells the screens; the audit trail remembers who it was."""
    member = by.pk if by else None
    record(kind, workspace_id=campaign.workspace_id, member_id=member, data={"campaign": campaign.pk})
    if by is not None:
        audit.note(by, kind, campaign, f"{campaign.name}: {summary}" if summary else campaign.name)


def recipients_of(campaign: Campaign) -> int:
    """Whom a word is for: all of the plan, or whoever gets the words that were changed since."""
    plan: dict[str, Any] = campaign.plan or {}
    changed = campaign.revisions.order_by("-version").first() if campaign.run_id else None
    return changed.people if changed is not None else int(plan.get("recipients", 0))


def content_of(campaign: Campaign) -> str:
    """What the plan's fingerprint says of the message; a launch of anything else is refused anyway."""
    return str((campaign.plan or {}).get("content", ""))[:64]
