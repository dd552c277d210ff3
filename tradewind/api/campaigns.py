"""Campaigns: set up, plan, launch, hold, and how far they are."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.moments import Moment
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE
from tradewind.campaigns import actions, log, queries
from tradewind.campaigns.approvals import verbs as approvals
from tradewind.campaigns.errors import AlreadySo, CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock
from tradewind.messages.models import Message
from tradewind.numbers.models import Number
from tradewind.segments.names import Names
from tradewind.templates.models import Template
from tradewind.workspaces.door import find, public_id, row_of
from tradewind.workspaces.request import MemberRequest

router = Router()
READ, WRITE, LAUNCH = KeyAuth("campaigns:read"), KeyAuth("campaigns:write"), KeyAuth("campaigns:launch")
Word = Annotated[str, StringConstraints(max_length=40)]


class AudienceIn(Schema):
    """Who gets it."""

    kind: Literal["everybody", "tag", "segment", "pasted"]
    tag: Annotated[str, StringConstraints(max_length=250)] = Field("", description="kind tag: the tag's name")
    segment: Annotated[str, StringConstraints(max_length=120)] = Field(
        "", description="kind segment: the segment's id or name"
    )
    phones: list[Word] = Field([], max_length=100_000, description="kind pasted: phone numbers of contacts")
    without_segments: list[Annotated[str, StringConstraints(max_length=120)]] = Field(
        [], max_length=20, description="Segments whose people are left out, by id or name"
    )
    without_tags: list[Annotated[str, StringConstraints(max_length=250)]] = Field(
        [], max_length=20, description="Tags whose people are left out"
    )
    live: bool = Field(
        False, description="Count the audience again at the launch; else it is who fitted when the plan was made"
    )


class Binding(Schema):
    """What goes into one variable of the template."""

    key: Word = Field(description="One of the template's variables, such as body.1")
    field: Annotated[str, StringConstraints(max_length=80)] = Field(
        "", description="name, first_name, company, city, country, or fields.<your own>; empty for a fixed text"
    )
    fallback: Annotated[str, StringConstraints(max_length=1024)] = Field(
        "", description="Used where the field is empty; the text itself when there is no field"
    )


class TimingIn(Schema):
    """When each person gets it."""

    kind: Literal["now", "at", "local", "best_hour"] = Field(
        description="now: as it is launched; at: not before starts_at; local: at a time of day where each person is;"
        " best_hour: at the hour at which each person reads and answers"
    )
    date: Annotated[str, StringConstraints(max_length=10)] = Field(
        "", description="kind local: the day, such as 2026-11-24; left out, the day of the start where each person is"
    )
    time: Annotated[str, StringConstraints(max_length=8)] = Field("", description="kind local: such as 10:00")
    next_day: bool = Field(False, description="kind local: where that time has passed, the next day; else left out")
    no_holidays: bool = Field(False, description="Not on public holidays of each person's country")
    late_hours: int = Field(
        0, ge=0, le=72, description="Who is not reached so many hours after their time gets nothing; 0: however late"
        " (kinds local and best_hour: 4)"
    )  # fmt: skip


class NewCampaign(Schema):
    """A campaign, ready to be planned."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
    template: Word = Field(description="Id of an approved template")
    audience: AudienceIn
    numbers: list[Word] = Field(min_length=1, max_length=500, description="Ids of the numbers that send it")
    bindings: list[Binding] = Field([], max_length=100)
    preset: Literal["careful", "balanced", "fast"] = "balanced"
    quiet_hours: bool = True
    starts_at: Moment | None = Field(None, description="Not before this time; at once when left out")
    timing: TimingIn | None = Field(None, description="Left out: at starts_at, or at once")


class CampaignOut(Schema):
    """A campaign and how it stands."""

    id: str
    name: str
    state: str = Field(description="draft, planning, planned, running, paused, done or cancelled")
    state_reason: str
    template: str | None
    numbers: list[str]
    preset: str
    quiet_hours: bool
    timing: dict[str, Any] = Field(description="As it was set; empty: at starts_at, or at once")
    created_at: datetime
    planned_at: datetime | None
    starts_at: datetime | None
    launched_at: datetime | None
    finished_at: datetime | None
    approval: str = Field(
        description="Of a launch that needs a second member: empty (none is asked for), waiting, approved, refused, or"
        " void because the plan has changed since"
    )


class CampaignList(Schema):
    campaigns: list[CampaignOut]
    next: str


class Decision(Schema):
    """A second member's word on a launch."""

    verdict: Literal["approve", "refuse"]
    word: Annotated[str, StringConstraints(max_length=300)] = Field("", description="Why; a refusal needs it")


class PlanOut(Schema):
    """The flight plan: who gets it, who does not and why, and until when."""

    state: str = Field(description="planning while it is being made; ask again in a second")
    state_reason: str
    plan: dict[str, Any] | None = Field(description="audience, recipients, excluded by reason, seconds, …")


class Report(Schema):
    """How far it is. Cumulative: delivered counts what was read, too."""

    state: str
    audience: int
    recipients: int
    waiting: int
    accepted: int
    sent: int
    delivered: int
    read: int
    replied: int
    clicked: int
    failed: int
    unknown: int = Field(description="Perhaps sent: not sent twice, proof is looked for")
    left_out: int = Field(description="Skipped, expired or cancelled after the plan")
    opted_out: int
    failed_by_code: dict[str, int]
    left_out_by_reason: dict[str, int]
    expected_end: datetime | None


class LogLine(Schema):
    """One message of the campaign."""

    message: str
    contact: str
    name: str
    number: str
    state: str
    reason: str
    error_code: int | None
    error: str
    accepted_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    replied_at: datetime | None
    clicked_at: datetime | None


class Log(Schema):
    """A page may be short, even empty, and yet go on: then `next` is not empty."""

    messages: list[LogLine]
    next: str


class AskedLog(Page):
    show: Literal[
        "all", "waiting", "sent", "delivered", "read", "replied", "clicked", "failed", "left_out", "unknown"
    ] = "all"


class Asked(Page):
    state: Annotated[str, StringConstraints(max_length=12)] = Field("", description="Only campaigns in this state")


def rows(request: MemberRequest) -> Any:
    return Campaign.objects.visible_to(request.member).prefetch_related("senders", "approvals")


def shown(campaign: Campaign) -> CampaignOut:
    return CampaignOut(
        id=public_id(campaign),
        name=campaign.name,
        state=campaign.state,
        state_reason=campaign.state_reason,
        template=public_id(Template(pk=campaign.template_id)) if campaign.template_id else None,
        numbers=[public_id(Number(pk=sender.number_id)) for sender in campaign.senders.all()],
        preset=campaign.preset,
        quiet_hours=campaign.quiet_hours,
        timing=campaign.timing,
        created_at=campaign.created_at,
        planned_at=campaign.planned_at,
        starts_at=campaign.starts_at,
        launched_at=campaign.launched_at,
        finished_at=campaign.finished_at,
        approval=approval_of(campaign),
    )


def approval_of(campaign: Campaign) -> str:
    verdicts = [approval.verdict or "waiting" for approval in campaign.approvals.all()]
    return verdicts[-1] if verdicts else ""


@router.get(
    "/", auth=READ, response={200: CampaignList, **NOT_THERE}, summary="List campaigns", operation_id="list_campaigns"
)
def list_campaigns(request: MemberRequest, asked: Query[Asked]) -> CampaignList:
    found = rows(request).filter(state=asked.state) if asked.state else rows(request)
    some, following = cut(found, asked)
    return CampaignList(campaigns=[shown(campaign) for campaign in some], next=following)


@router.post(
    "/", auth=WRITE, response={201: CampaignOut, **CHANGES}, summary="Set up a campaign", operation_id="create_campaign"
)
def create_campaign(request: MemberRequest, said: NewCampaign) -> Status[CampaignOut]:
    member = request.member
    template = find(Template.objects.visible_to(member).filter(removed_at=None), said.template)
    numbers = [find(Number.objects.visible_to(member).filter(removed_at=None), number) for number in said.numbers]
    with transaction.atomic():
        campaign = actions.create(workspace=request.workspace, member=member, name=said.name)
        campaign = actions.change(
            campaign,
            member=member,
            template=template,
            audience=audience_of(request, said.audience),
            bindings=[binding.model_dump() for binding in said.bindings],
            numbers=list({number.pk: number for number in numbers}.values()),
            preset=said.preset,
            quiet_hours=said.quiet_hours,
            starts_at=said.starts_at,
            timing=said.timing.model_dump() if said.timing else None,
        )
    return Status(201, shown(rows(request).get(pk=campaign.pk)))


def audience_of(request: MemberRequest, said: AudienceIn) -> dict[str, Any]:
    """The audience as campaigns keep it."""
    names = Names(request.workspace.pk)
    without = {
        "segments": [segment_named(names, name) for name in said.without_segments],
        "tags": [tag_named(names, name) for name in said.without_tags],
    }
    return {**kind_of(names, said), "without": without, "live": said.live}


def tag_named(names: Names, name: str) -> int:
    found = names.tag(name)
    if found is None:
        raise CampaignError(f"There is no tag called “{name}”.")
    return found.tag_id


def segment_named(names: Names, name: str) -> int:
    found = names.segment(name)
    if found is None:
        raise CampaignError(f"There is no segment “{name}”.")
    return int(found.pk)


def kind_of(names: Names, said: AudienceIn) -> dict[str, Any]:
    if said.kind == "tag":
        return {"kind": "tag", "tag": tag_named(names, said.tag)}
    if said.kind == "segment":
        return {"kind": "segment", "segment": segment_named(names, said.segment)}
    return {"kind": "pasted", "text": "\n".join(said.phones)} if said.kind == "pasted" else {"kind": said.kind}


@router.get(
    "/{id}", auth=READ, response={200: CampaignOut, **NOT_THERE}, summary="One campaign", operation_id="get_campaign"
)
def get_campaign(request: MemberRequest, id: str) -> CampaignOut:
    return shown(find(rows(request), id))


@router.post(
    "/{id}/plan",
    auth=WRITE,
    response={202: CampaignOut, **CHANGES},
    summary="Ask for the flight plan; nothing is sent",
    operation_id="plan_campaign",
)
def plan_campaign(request: MemberRequest, id: str) -> Status[CampaignOut]:
    return Status(202, verb(request, id, actions.plan))


@router.get(
    "/{id}/plan", auth=READ, response={200: PlanOut, **NOT_THERE}, summary="The flight plan", operation_id="get_plan"
)
def get_plan(request: MemberRequest, id: str) -> PlanOut:
    campaign = find(rows(request), id)
    return PlanOut(state=campaign.state, state_reason=campaign.state_reason, plan=campaign.plan)


@router.post(
    "/{id}/launch",
    auth=LAUNCH,
    response={200: CampaignOut, **CHANGES},
    summary="Launch",
    operation_id="launch_campaign",
)
def launch_campaign(request: MemberRequest, id: str) -> CampaignOut:
    """Where the workspace wants a second member for so many people, this asks for one: then `approval` is waiting."""
    return verb(request, id, approvals.launch_or_ask)


@router.post(
    "/{id}/approval",
    auth=LAUNCH,
    response={200: CampaignOut, **CHANGES},
    summary="Approve or refuse a launch",
    operation_id="decide_launch",
)
def decide_launch(request: MemberRequest, id: str, said: Decision) -> CampaignOut:
    """The word of a second member: not of the one who asked. An approved launch leaves at once."""
    campaign = find(rows(request), id)
    if said.verdict == "approve":
        approvals.approve(campaign, member=request.member, word=said.word)
    else:
        approvals.refuse(campaign, member=request.member, word=said.word)
    return shown(rows(request).get(pk=campaign.pk))


@router.post(
    "/{id}/pause",
    auth=LAUNCH,
    response={200: CampaignOut, **CHANGES},
    summary="Hold what has not left",
    operation_id="pause_campaign",
)
def pause_campaign(request: MemberRequest, id: str) -> CampaignOut:
    return verb(request, id, actions.pause)


@router.post(
    "/{id}/resume", auth=LAUNCH, response={200: CampaignOut, **CHANGES}, summary="Go on", operation_id="resume_campaign"
)
def resume_campaign(request: MemberRequest, id: str) -> CampaignOut:
    return verb(request, id, actions.resume)


@router.post(
    "/{id}/cancel",
    auth=LAUNCH,
    response={200: CampaignOut, **CHANGES},
    summary="End it; what waits never goes",
    operation_id="cancel_campaign",
)
def cancel_campaign(request: MemberRequest, id: str) -> CampaignOut:
    return verb(request, id, actions.cancel)


def verb(request: MemberRequest, id: str, act: Callable[..., Campaign]) -> CampaignOut:
    """The same verb again changes nothing and answers the same: programs repeat what they do not know the end of."""
    campaign = find(rows(request), id)
    with suppress(AlreadySo):
        act(campaign, member=request.member)
    return shown(rows(request).get(pk=campaign.pk))


@router.get(
    "/{id}/report", auth=READ, response={200: Report, **NOT_THERE}, summary="How far it is", operation_id="get_report"
)
def get_report(request: MemberRequest, id: str) -> Report:
    campaign = find(rows(request), id)
    seen = queries.progress(campaign)
    return Report(
        state=campaign.state,
        **{name: getattr(seen, name) for name in COUNTS},
        failed_by_code={str(code): n for code, n in seen.failed_by_code.items()},
        left_out_by_reason=seen.skipped_by_reason,
        expected_end=queries.expected_end(campaign, clock.now(), seen),
    )


COUNTS = (
    "audience", "recipients", "waiting", "accepted", "sent", "delivered", "read", "replied", "clicked", "failed",
    "unknown", "left_out", "opted_out",
)  # fmt: skip


@router.get(
    "/{id}/log", auth=READ, response={200: Log, **NOT_THERE}, summary="Message by message", operation_id="get_log"
)
def get_log(request: MemberRequest, id: str, asked: Query[AskedLog]) -> Log:
    campaign = find(rows(request), id)
    before = row_of("message", asked.after) if asked.after else None
    found = log.page(campaign, show=asked.show, before=before, limit=asked.limit)
    following = public_id(Message(pk=found.older)) if found.older is not None else ""
    return Log(messages=[line(message) for message in found.rows], next=following)


def line(message: Any) -> LogLine:
    return LogLine(
        message=public_id(message),
        contact=public_id(message.contact),
        name=message.contact.name,
        number=public_id(message.number),
        state=message.state,
        reason=message.reason,
        error_code=message.error_code,
        error=message.error_detail,
        accepted_at=message.accepted_at,
        delivered_at=message.delivered_at,
        read_at=message.read_at,
        replied_at=message.replied_at,
        clicked_at=message.clicked_at,
    )
