"""Business numbers, to be read."""

from datetime import datetime

from ninja import Query, Router, Schema
from pydantic import Field

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import NOT_THERE
from tradewind.numbers.models import Number
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.request import MemberRequest

router = Router(auth=KeyAuth("numbers:read"))


class NumberOut(Schema):
    """A business number, as Meta last told of it."""

    id: str
    phone: str = Field(description="E.164")
    name: str
    country: str
    status: str = Field(description="Meta's word, such as CONNECTED")
    quality: str = Field(description="GREEN, YELLOW, RED or UNKNOWN")
    messages_per_second: int
    portfolio: str
    paused_until: datetime | None
    last_webhook_at: datetime | None


class NumberList(Schema):
    numbers: list[NumberOut]
    next: str


def shown(number: Number) -> NumberOut:
    return NumberOut(
        id=public_id(number),
        phone=number.phone,
        name=number.name,
        country=number.country,
        status=number.status,
        quality=number.quality,
        messages_per_second=number.throughput,
        portfolio=number.portfolio.name,
        paused_until=number.paused_until,
        last_webhook_at=number.last_webhook_at,
    )


@router.get("/", response={200: NumberList, **NOT_THERE}, summary="List numbers", operation_id="list_numbers")
def list_numbers(request: MemberRequest, page: Query[Page]) -> NumberList:
    rows = Number.objects.visible_to(request.member).filter(removed_at=None).select_related("portfolio")
    found, following = cut(rows, page)
    return NumberList(numbers=[shown(number) for number in found], next=following)


@router.get("/{id}", response={200: NumberOut, **NOT_THERE}, summary="One number", operation_id="get_number")
def get_number(request: MemberRequest, id: str) -> NumberOut:
    return shown(find(Number.objects.visible_to(request.member).select_related("portfolio"), id))
