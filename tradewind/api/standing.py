"""Where people stand: scores, grades and life cycle with their reasons; the workspace's weights and thresholds."""

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from pydantic import Field

from tradewind.api.access import KeyAuth
from tradewind.api.problems import NOT_THERE, REFUSALS
from tradewind.contacts.models import Contact, Standing
from tradewind.contacts.standing import changing, shown
from tradewind.contacts.standing.settings import Settings
from tradewind.lib import clock
from tradewind.workspaces.door import find
from tradewind.workspaces.request import MemberRequest

of_contacts, router = Router(), Router()
READ, WRITE = KeyAuth("contacts:read"), KeyAuth("settings:write")


class WhyOut(Schema):
    reason: str
    points: float = Field(description="What it gave; 0 where a figure has no points")


class StandingOut(Schema):
    """Figures as of `reckoned_at`; an event changes them within seconds, time within the hour."""

    engagement: int = Field(description="0 to 100")
    intent: float
    heat: int = Field(description="3 within an hour of the last sign, 2 within a day, 1 within 7 days, else 0")
    grade: str = Field(description="A, B, C by orders a month; empty without orders")
    recency: int = Field(description="1 to 5; 0 without orders")
    frequency: int
    monetary: int
    matrix: str = Field(description="Amount and frequency: low, middle, high with rare, sometimes, often")
    stage: str = Field(
        description="new, growing, regular, at_risk, sleeping, history; empty before the first reckoning"
    )
    orders: int
    last_order_at: datetime | None
    spent: dict[str, float] = Field(description="By currency, over all time")
    growth: int | None = Field(description="The last 30 days against an average month of the year, in percent")
    is_potential_vip: bool
    zone_group: str
    dialect: str
    climate: str
    habit: str = Field(description="When they usually write, such as wed_evening")
    why: dict[str, list[WhyOut]]
    reckoned_at: datetime


@of_contacts.get(
    "/{id}/standing",
    auth=READ,
    response={200: StandingOut, **NOT_THERE},
    summary="Scores, grades and life cycle of a contact, with their reasons",
    operation_id="get_standing",
)
def get_standing(request: MemberRequest, id: str) -> dict[str, Any]:
    contact = find(Contact.objects.visible_to(request.member), id)
    row = Standing.objects.visible_to(request.member).filter(pk=contact.pk).first()
    return shown.as_json(row or Standing(contact=contact, reckoned_at=clock.now()))


@router.get(
    "/settings",
    auth=READ,
    response={200: Settings, **REFUSALS},
    summary="Weights and thresholds of scores, grades and life cycle",
    operation_id="get_standing_settings",
)
def get_settings(request: MemberRequest) -> Settings:
    return changing.of(request.workspace)


@router.put(
    "/settings",
    auth=WRITE,
    response={200: Settings, **REFUSALS},
    summary="Change weights and thresholds; what is left out becomes the usual",
    operation_id="change_standing_settings",
)
def change_settings(request: MemberRequest, said: Settings) -> Settings:
    changing.change(by=request.member, values=said.model_dump(mode="json", exclude_unset=True))
    return changing.of(request.workspace)
