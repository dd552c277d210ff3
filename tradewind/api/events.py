"""Facts from outside: orders, carts, quotes, page views, clicks, any named event, in batches."""

from typing import Annotated, Any

from django.db import transaction
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from tradewind.api.access import KeyAuth
from tradewind.api.problems import REFUSALS
from tradewind.contacts import facts
from tradewind.journal.connections import hot_cursor
from tradewind.workspaces.request import MemberRequest

router = Router()
WRITE = KeyAuth("events:write")
MOST = 10_000
EXAMPLE = {
    "contact": "+4915128407716",
    "event": "order.placed",
    "at": "2026-03-02T12:00:00+01:00",
    "id": "order-10021",
    "amount": 120.5,
    "currency": "EUR",
    "product": "Tent, two persons",
}


class Told(Schema):
    """What happened. Each event stands for itself: one that is refused holds no other back."""

    events: Annotated[list[Any], Field(min_length=1, max_length=MOST)] = Field(
        description="Objects with contact (phone number or id), event (such as order.placed), at (time with zone), id "
        "(yours: the same again changes nothing), amount, currency, and whatever else is worth keeping",
        examples=[[EXAMPLE]],
    )
    create_contacts: bool = Field(
        False, description="Phone numbers that nobody has become contacts; takes the scope contacts:write too"
    )


class RejectionOut(Schema):
    """Why an event was not recorded."""

    index: int = Field(description="Its place in the list, from 0")
    field: str = Field(description="Where it is wrong; empty when the whole is")
    reason: str


class OutcomeOut(Schema):
    """What became of the events; the three counts make the whole."""

    recorded: int
    repeated: int = Field(description="Told before: nothing was changed")
    rejected: list[RejectionOut]
    created_contacts: int


@router.post(
    "/",
    auth=WRITE,
    response={200: OutcomeOut, **REFUSALS},
    summary="Tell what happened outside",
    operation_id="record_events",
)
def record_events(request: MemberRequest, said: Told) -> OutcomeOut:
    key = request.api_key
    if said.create_contacts and (key is None or "contacts:write" not in key.scopes):
        raise HttpError(403, "To create contacts this key needs the scope contacts:write too.")
    with transaction.atomic(), hot_cursor() as cursor:
        outcome = facts.record_events(cursor, request.workspace.pk, said.events, may_create=said.create_contacts)
    return OutcomeOut(
        recorded=outcome.recorded,
        repeated=outcome.repeated,
        rejected=[RejectionOut(index=each.index, field=each.field, reason=each.reason) for each in outcome.rejected],
        created_contacts=outcome.created,
    )
