"""The verbs of a campaign: create, change, plan, launch, pause, resume, cancel.

Each is one transaction that locks the campaign, checks its state, changes it and leaves a journal entry and, where a
member did it, one in the audit trail. A verb that does not fit the state raises CampaignError with a sentence for the
user; one whose end is reached already raises AlreadySo.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tradewind.campaigns import audience as audiences
from tradewind.campaigns import bindings as sources
from tradewind.campaigns import brakes, drafts, feeder, forecasting, kept, wording, words
from tradewind.campaigns.approvals import rule as approval
from tradewind.campaigns.editing import gate
from tradewind.campaigns.errors import AlreadySo, BindingError, CampaignError
from tradewind.campaigns.models import Campaign, CampaignNumber, Trial, Variant
from tradewind.campaigns.trials.beginning import begin
from tradewind.campaigns.words import CANNOT, STANDINGS
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.messages import runs
from tradewind.messages.models import Content, Run
from tradewind.numbers.models import Number
from tradewind.templates.models import Template
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

__all__ = [
    "AlreadySo", "CampaignError", "cancel", "change", "create", "launch", "pause", "plan", "resume"
]  # fmt: skip

CANCELLABLE = ("draft", "planning", "planned", "running", "paused")
LONGEST_NAME = 120
STOP_FAILED_SHARE = 0.25
"""A campaign of which a quarter fails holds itself."""
STOP_OPTED_OUT_SHARE, STOP_BLOCKED_SHARE = 0.015, 0.02
"""… and one that drives so many away; two in a hundred blocks cost a number its green quality at Meta."""


def create(*, workspace: Workspace, member: Member | None, name: str) -> Campaign:
    """A new draft. Raises CampaignError when the name is empty."""
    name = safe_to_show(name, one_line=True)[:LONGEST_NAME]
    if not name:
        raise CampaignError(_("Give the campaign a name."))
    with transaction.atomic():
        campaign = Campaign.objects.create(workspace=workspace, name=name, created_by=member, created_at=clock.now())
        note(campaign, "campaign.created", member)
    return campaign


def change(
    campaign: Campaign,
    *,
    member: Member | None,
    template: Template | None = None,
    free: Mapping[str, Any] | None = None,
    audience: dict[str, Any],
    bindings: Sequence[Any],
    numbers: Sequence[Number],
    preset: str,
    pacing: dict[str, Any] | None = None,
    quiet_hours: bool = True,
    starts_at: datetime | None = None,
    timing: dict[str, Any] | None = None,
    name: str = "",
) -> Campaign:
    """Set what a draft says, to whom, from which numbers, how fast and when. A plan made before is void.

    It says a `template` or a `free` message (as wording.clean takes it), one of the two. `timing`: as in
    campaigns/timing/rules.py; left out, it goes at `starts_at` or at once.
    """
    with transaction.atomic():
        campaign = locked(campaign, "draft", "planned", verb="change")
        approval.void(campaign, member)
        campaign.audience, campaign.bindings = drafts.clean(
            campaign,
            said=said_of(campaign, template, free),
            audience=audience,
            bindings=bindings,
            numbers=numbers,
            preset=preset,
            pacing=pacing or {},
        )
        campaign.name = safe_to_show(name, one_line=True)[:LONGEST_NAME] or campaign.name
        campaign.preset, campaign.pacing = preset, pacing or {}
        campaign.quiet_hours = quiet_hours
        campaign.starts_at, campaign.timing = drafts.clean_timing(campaign, starts_at, timing)
        campaign.plan = campaign.waves = campaign.planned_at = None
        set_state(campaign, "draft", by=member)
        campaign.senders.all().delete()
        CampaignNumber.objects.bulk_create(
            CampaignNumber(workspace_id=campaign.workspace_id, campaign=campaign, number=number) for number in numbers
        )
        drafts.want_file(campaign)
        note(campaign, "campaign.changed", member)
    return campaign


def said_of(campaign: Campaign, template: Template | None, free: Mapping[str, Any] | None) -> wording.Said:
    """Put the one or the other into the campaign. Raises BindingError for both, for neither, and for a poor message."""
    if (template is None) == (free is None):
        raise BindingError(_("Choose a template, or write a free message."))
    campaign.template, campaign.free = template, wording.clean(free) if free is not None else None
    assert campaign.said is not None
    return campaign.said


def made_like(
    pattern: Campaign,
    *,
    member: Member,
    name: str,
    template: Template,
    audience: dict[str, Any],
    bindings: Sequence[Any],
    timing: dict[str, Any] | None = None,
) -> Campaign:
    """A draft that is sent the way the pattern is: from its numbers, at its pace, with its quiet hours."""
    return change(
        create(workspace=pattern.workspace, member=member, name=name),
        member=member,
        template=template,
        audience=audience,
        bindings=bindings,
        numbers=[sender.number for sender in pattern.senders.select_related("number").order_by("pk")],
        preset=pattern.preset,
        pacing=pattern.pacing,
        quiet_hours=pattern.quiet_hours,
        timing=timing,
    )


def plan(campaign: Campaign, *, member: Member | None) -> Campaign:
    """Ask for the flight plan; it is made in the background (jobs.make_plan)."""
    from tradewind.campaigns import jobs  # jobs import this module

    with transaction.atomic():
        campaign = locked(campaign, "draft", "planned", verb="plan", goals=("planning",))
        if campaign.said is None or not campaign.senders.exists():
            raise CampaignError(_("Choose a message, an audience and a number first."))
        is_tried = Trial.objects.filter(Q(has_canary=True) | Q(has_test=True), campaign=campaign)
        if campaign.free is not None and is_tried.exists():
            raise CampaignError(str(words.ONLY_TEMPLATES))
        approval.void(campaign, member)
        campaign.plan = campaign.waves = None
        campaign.plan_started_at = clock.now()
        campaign.looked_at = campaign.to_look_at = 0
        set_state(campaign, "planning", by=member)
        note(campaign, "campaign.planning", member)
        jobs.ask_for_plan(campaign.pk)
    return campaign


def launch(campaign: Campaign, *, member: Member | None) -> Campaign:
    """Start sending what was planned. The first messages are in the outbox when this returns.

    A live audience is counted again first: then the campaign is planning once more, and leaves by itself. Raises
    approvals.rule.NeedsApproval where a second member has to agree (approvals/verbs.py asks for that).
    """
    with transaction.atomic():
        campaign = locked(campaign, "planned", verb="launch", goals=("running", "paused", "done"))
        check_launch(campaign)
        approval.demand(campaign)
        if campaign.audience.get("live"):
            return count_again(campaign, member)
        return start(campaign, member=member)


def count_again(campaign: Campaign, member: Member | None) -> Campaign:
    """Plan it anew for the launch that was asked for: the planner starts it."""
    from tradewind.campaigns import jobs  # jobs import this module

    campaign.plan = campaign.waves = None
    campaign.plan_started_at = clock.now()
    campaign.looked_at = campaign.to_look_at = 0
    set_state(campaign, "planning", words.LAUNCHING, by=member)
    note(campaign, "campaign.planning", member)
    jobs.ask_for_plan(campaign.pk)
    return campaign


def start(campaign: Campaign, *, member: Member | None) -> Campaign:
    """Open the run of a planned campaign that was checked. Raises CampaignError when it cannot be launched."""
    with transaction.atomic():
        check_launch(campaign)
        approval.demand(campaign)
        drafts.want_file(campaign)
        campaign.run = open_run(campaign)
        begin(campaign, payload_of)
        campaign.launched_at, campaign.launched_by = clock.now(), member
        forecast_again(campaign)
        kept.keep(campaign, by=member, is_launched=True)
        set_state(campaign, "running", by=member)
        assert campaign.plan is not None
        audiences.note_use(campaign.audience, campaign.workspace_id)
        note(campaign, "campaign.launched", member, recipients=campaign.plan["recipients"])
        feeder.feed_first(campaign.pk)
    return campaign


def check_launch(campaign: Campaign) -> None:
    assert campaign.plan is not None and campaign.said is not None
    if not campaign.plan["recipients"]:
        raise CampaignError(_("Nobody would get it. Look at the reasons, then change the audience."))
    if campaign.plan.get("content") != drafts.fingerprint(campaign):
        raise CampaignError(_("Meta has changed the template since the plan was made. Check again, then launch."))
    drafts.check_time(campaign)
    numbers = [sender.number for sender in campaign.senders.select_related("number")]
    drafts.check_numbers(numbers)
    drafts.check_said(campaign, campaign.said, numbers)
    for variant in campaign.variants.select_related("template"):
        drafts.check_template(variant.template, numbers)


def forecast_again(campaign: Campaign) -> None:
    """What the plan said of time held for the moment at which it was made; other campaigns may have gone since."""
    assert campaign.plan is not None and campaign.launched_at is not None
    starts_at = max(campaign.launched_at, campaign.starts_at or campaign.launched_at)
    campaign.plan |= forecasting.forecast_of(campaign, starts_at)


def open_run(campaign: Campaign) -> Run:
    said, workspace, now = campaign.said, campaign.workspace, clock.now()
    assert said is not None
    is_marketing = said.category == "MARKETING"
    quiet_from, quiet_to = forecasting.quiet_of(campaign) or (None, None)
    return Run.objects.create(
        workspace=workspace,
        content=Content.objects.create(
            workspace=workspace, template=campaign.template, created_at=now, payload=payload_of(said, campaign)
        ),
        category=said.category.lower(),
        pacing=forecasting.pacing_of(campaign),
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        cap_72h=workspace.cap_72h if is_marketing else None,
        cap_month=workspace.cap_month if is_marketing else None,
        stop_failed_share=STOP_FAILED_SHARE,
        stop_opted_out_share=STOP_OPTED_OUT_SHARE if is_marketing else None,
        stop_blocked_share=STOP_BLOCKED_SHARE,
        created_at=now,
    )


def payload_of(said: wording.Said, campaign: Campaign | Variant) -> dict[str, Any]:
    """The message frozen as it is now, as the sender renders it."""
    return wording.payload_of(said) | sources.media_of(campaign.bindings, campaign.workspace_id)


def pause(campaign: Campaign, *, member: Member | None, reason: str = "") -> Campaign:
    """Hold everything that has not left; takes hold with the next intent, well within a second."""
    with transaction.atomic():
        campaign = locked(campaign, "running", verb="pause", goals=("paused",))
        assert campaign.run is not None
        if runs.pause(campaign.run, reason=reason or brakes.BY_MEMBER):
            set_state(campaign, "paused", reason, by=member)
        else:
            set_state(campaign, "paused", campaign.run.state_reason, by=None)  # a brake was quicker
        note(campaign, "campaign.paused", member)
    return campaign


def resume(campaign: Campaign, *, member: Member | None) -> Campaign:
    """Go on, whoever held it. A brake that held it takes hold again only when it has become worse.

    Raises approvals.rule.NeedsApproval where its words were changed and a second member has to agree (editing/).
    """
    with transaction.atomic():
        campaign = locked(campaign, "paused", "running", verb="resume")
        assert campaign.run is not None
        if campaign.state == "running" and campaign.run.state == "open":
            raise AlreadySo(refusal(campaign, "resume"))
        gate.check_ready(campaign)
        brakes.loosen(campaign.run)
        runs.resume(campaign.run)
        set_state(campaign, "running", by=member)
        note(campaign, "campaign.resumed", member)
    return campaign


def cancel(campaign: Campaign, *, member: Member | None) -> Campaign:
    """End it: what has left stays sent, what waits never goes.

    Two transactions: the first holds the run, so that nothing leaves while the second clears the outbox, which takes
    a few seconds for many numbers at full speed.
    """
    with transaction.atomic():
        campaign = locked(campaign, *CANCELLABLE, verb="cancel", goals=("cancelled",))
        if campaign.run is not None:
            runs.pause(campaign.run, reason="campaign cancelled")
    with transaction.atomic():
        campaign = locked(campaign, *CANCELLABLE, verb="cancel", goals=("cancelled",))
        # Behind a feeder at work: what it feeds is cancelled too, and the next one finds the run closed.
        list(campaign.senders.select_for_update().order_by("pk"))
        if campaign.run is not None:
            runs.close(campaign.run, reason="campaign cancelled")
        campaign.finished_at = clock.now()
        campaign.follow_ups.filter(state="waiting").update(state="off", reason="cancelled")
        set_state(campaign, "cancelled", by=member)
        note(campaign, "campaign.cancelled", member)
    return campaign


def locked(campaign: Campaign, *states: str, verb: str, goals: Sequence[str] = ()) -> Campaign:
    """The campaign's row, locked, in one of these states; else CampaignError, or AlreadySo where the verb leads."""
    row = (
        Campaign.objects.select_for_update(of=("self",))
        .select_related("workspace", "template", "run")
        .get(pk=campaign.pk)
    )
    if row.state in states:
        return row
    raise (AlreadySo if row.state in goals else CampaignError)(refusal(row, verb))


def refusal(campaign: Campaign, verb: str) -> str:
    return str(CANNOT[verb]) % {"standing": STANDINGS[campaign.state]}


def set_state(campaign: Campaign, state: str, reason: str = "", *, by: Member | None) -> None:
    campaign.state, campaign.state_reason = state, reason[:200]
    campaign.state_at, campaign.state_by = clock.now(), by
    campaign.save()


def note(campaign: Campaign, kind: str, member: Member | None, **data: Any) -> None:
    """The journal tells the screens; the audit trail remembers which member it was."""
    record(
        kind,
        workspace_id=campaign.workspace_id,
        run_id=campaign.run_id,
        member_id=member.pk if member else None,
        data={"campaign": campaign.pk, **data},
    )
    if member is not None:
        audit.note(member, kind, campaign, campaign.name)
