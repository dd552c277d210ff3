"""Campaigns: set up, plan, launch, hold. How far they are: campaign_reports.py."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import transaction
from ninja import Query, Router
from ninja.responses import Status

from tradewind.api.access import KeyAuth
from tradewind.api.campaign_audiences import audience_of
from tradewind.api.campaign_shapes import (
    Asked,
    CampaignList,
    CampaignOut,
    Decision,
    FreeIn,
    NewCampaign,
    PlanOut,
    Words,
    shown,
)
from tradewind.api.paging import cut
from tradewind.api.problems import CHANGES, NOT_THERE
from tradewind.campaigns import actions
from tradewind.campaigns.approvals import verbs as approvals
from tradewind.campaigns.editing import verbs as editing
from tradewind.campaigns.errors import AlreadySo
from tradewind.campaigns.models import Campaign
from tradewind.numbers.models import Number
from tradewind.templates.models import Template
from tradewind.workspaces.door import find
from tradewind.workspaces.request import MemberRequest

router = Router()
READ, WRITE, LAUNCH = KeyAuth("campaigns:read"), KeyAuth("campaigns:write"), KeyAuth("campaigns:launch")


def rows(request: MemberRequest) -> Any:
    return Campaign.objects.visible_to(request.member).prefetch_related("senders", "approvals")


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
    numbers = [find(Number.objects.visible_to(member).filter(removed_at=None), number) for number in said.numbers]
    with transaction.atomic():
        campaign = actions.create(workspace=request.workspace, member=member, name=said.name)
        campaign = actions.change(
            campaign,
            member=member,
            **said_by(request, said.template, said.free),
            audience=audience_of(request, said.audience),
            bindings=[binding.model_dump() for binding in said.bindings],
            numbers=list({number.pk: number for number in numbers}.values()),
            preset=said.preset,
            quiet_hours=said.quiet_hours,
            starts_at=said.starts_at,
            timing=said.timing.model_dump() if said.timing else None,
        )
    return Status(201, as_it_stands(request, campaign))


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
    return as_it_stands(request, campaign)


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
    """With words that were changed: where the rule wants a second member, this asks; then `approval` is waiting."""
    return verb(request, id, approvals.resume_or_ask)


@router.put(
    "/{id}/text",
    auth=LAUNCH,
    response={200: CampaignOut, **CHANGES},
    summary="Change the text for whoever has not got it",
    operation_id="change_text",
)
def change_text(request: MemberRequest, id: str, said: Words) -> CampaignOut:
    """Only while it is paused. A template of the same category, or a free message where it says one."""
    campaign = find(rows(request), id)
    bindings = [binding.model_dump() for binding in said.bindings]
    editing.change(campaign, member=request.member, **said_by(request, said.template, said.free), bindings=bindings)
    return as_it_stands(request, campaign)


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
    return as_it_stands(request, campaign)


def as_it_stands(request: MemberRequest, campaign: Campaign) -> CampaignOut:
    """Read anew: a verb leaves more behind than the row in hand knows."""
    return shown(rows(request).get(pk=campaign.pk))


def said_by(request: MemberRequest, template: str, free: FreeIn | None) -> dict[str, Any]:
    """`template` and `free` as the verbs take them."""
    rows = Template.objects.visible_to(request.member).filter(removed_at=None)
    return {"template": find(rows, template) if template else None, "free": free.as_given() if free else None}
