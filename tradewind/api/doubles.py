"""People whom we have twice: pairs to decide on, merging two, and taking a merge back."""

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE, Conflict
from tradewind.contacts.doubles import merging
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import Contact, Double, Merge
from tradewind.lib import publicid
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.request import MemberRequest

doubles, merges = Router(), Router()
READ, WRITE = KeyAuth("contacts:read"), KeyAuth("contacts:batch")


class DoubleOut(Schema):
    """Two contacts that may be one person."""

    id: str
    contacts: list[str] = Field(description="The ids of both")
    reasons: list[str] = Field(
        description="linked (WhatsApp names both as one), phone (one number, two writings), email, username, name_city"
    )
    found_at: datetime


class DoubleList(Schema):
    doubles: list[DoubleOut]
    next: str


class NewMerge(Schema):
    keep: str = Field(max_length=40, description="The contact that stays: what both have, it has as it is here")
    other: str = Field(max_length=40, description="The contact that becomes part of it")


class MergeOut(Schema):
    """One contact of two. The other's id leads to who stays, wherever an event names it."""

    id: str
    contact: str = Field(description="Who stayed")
    gone: str = Field(description="The id of the one that went")
    at: datetime
    undone_at: datetime | None


class MergeList(Schema):
    merges: list[MergeOut]
    next: str


def shown(row: Double) -> DoubleOut:
    both = [publicid.encode("contact", pk) for pk in (row.one_id, row.other_id)]
    return DoubleOut(id=public_id(row), contacts=both, reasons=row.reasons, found_at=row.found_at)


def told(row: Merge) -> MergeOut:
    return MergeOut(
        id=public_id(row),
        contact=publicid.encode("contact", row.contact_id),
        gone=publicid.encode("contact", row.gone_id),
        at=row.at,
        undone_at=row.undone_at,
    )


@doubles.get(
    "/", auth=READ, response={200: DoubleList, **NOT_THERE}, summary="Pairs to decide on", operation_id="list_doubles"
)
def list_doubles(request: MemberRequest, asked: Query[Page]) -> DoubleList:
    some, following = cut(Double.objects.visible_to(request.member).filter(state="open"), asked)
    return DoubleList(doubles=[shown(row) for row in some], next=following)


@doubles.post(
    "/{id}/differ",
    auth=WRITE,
    response={204: None, **NOT_THERE},
    summary="They are two people; remembered",
    operation_id="tell_doubles_apart",
)
def differ(request: MemberRequest, id: str) -> Status[None]:
    merging.differ(find(Double.objects.visible_to(request.member), id), member=request.member)
    return Status(204, None)


@merges.get(
    "/", auth=READ, response={200: MergeList, **NOT_THERE}, summary="Merges that were done", operation_id="list_merges"
)
def list_merges(request: MemberRequest, asked: Query[Page]) -> MergeList:
    some, following = cut(Merge.objects.visible_to(request.member), asked)
    return MergeList(merges=[told(row) for row in some], next=following)


@merges.post(
    "/",
    auth=WRITE,
    response={201: MergeOut, **CHANGES},
    summary="Make one contact of two; can be undone for 30 days",
    operation_id="merge_contacts",
)
def merge(request: MemberRequest, said: NewMerge) -> Status[MergeOut]:
    people: Any = Contact.objects.visible_to(request.member)
    keep, other = find(people, said.keep), find(people, said.other)
    try:
        return Status(201, told(merging.merge(keep=keep, other=other, member=request.member)))
    except ContactError as error:
        raise Conflict(str(error)) from None


@merges.post(
    "/{id}/undo",
    auth=WRITE,
    response={200: MergeOut, **CHANGES},
    summary="Two contacts again, as they were",
    operation_id="undo_merge",
)
def undo(request: MemberRequest, id: str) -> MergeOut:
    row = find(Merge.objects.visible_to(request.member), id)
    try:
        merging.undo(row, member=request.member)
    except ContactError as error:
        raise Conflict(str(error)) from None
    return told(Merge.objects.get(pk=row.pk))
