"""Gaps between our figures and Meta's: each a case with both figures, until it is closed or the figures agree."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE, Conflict
from tradewind.messages.reconciliation import cases, pages
from tradewind.messages.reconciliation.models import GapCase
from tradewind.workspaces.door import allowed, find, public_id
from tradewind.workspaces.request import MemberRequest

router = Router(auth=KeyAuth("health:read"))
RESOLVE = KeyAuth("messages:resolve")


class GapOut(Schema):
    """A number's day on which one figure was more than two messages and half a percent apart."""

    id: str
    day: date = Field(description="In UTC")
    number: str
    figure: Literal["sent", "delivered", "priced"] = Field(description="priced: messages that are charged")
    ours: int
    metas: int
    gap: int = Field(description="Meta's less ours")
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None = Field(description="Who closed it; null when the figures came to agree by themselves")
    word: str = Field(description="What it was, in the words of whoever closed it")


class GapList(Schema):
    cases: list[GapOut]
    next: str


class GapWithCauses(GapOut):
    causes: list[str] = Field(description="What may explain it, the likeliest first")
    cost: str | None = Field(description="What Meta charged for the number's day, in the account's currency")
    silent: list[str] = Field(
        description="Messages of which the news never came, at most 50; empty for keys that may not read messages"
    )


class AskedGaps(Page):
    state: Literal["", "open", "closed"] = ""


class ClosingIn(Schema):
    """What it was, in a word; it stands in the audit trail."""

    word: Annotated[str, StringConstraints(min_length=1, max_length=cases.LONGEST_WORD)]


def facts(case: GapCase) -> dict[str, Any]:
    return {
        "id": public_id(case),
        "day": case.reckoning.day,
        "number": public_id(case.reckoning.number),
        "figure": case.figure,
        "ours": case.ours,
        "metas": case.metas,
        "gap": case.metas - case.ours,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "closed_by": str(case.closed_by) if case.closed_by else None,
        "word": case.word,
    }


@router.get(
    "/cases", response={200: GapList, **NOT_THERE}, summary="List gaps between our figures and Meta's",
    operation_id="list_gap_cases",
)  # fmt: skip
def list_cases(request: MemberRequest, asked: Query[AskedGaps]) -> GapList:
    rows = pages.cases(request.member)
    if asked.state:
        rows = rows.filter(closed_at__isnull=asked.state == "open")
    found, following = cut(rows, asked)
    return GapList(cases=[GapOut(**facts(case)) for case in found], next=following)


@router.get(
    "/cases/{id}", response={200: GapWithCauses, **NOT_THERE}, summary="One gap: its figures and what may explain it",
    operation_id="get_gap_case",
)  # fmt: skip
def get_case(request: MemberRequest, id: str) -> GapWithCauses:
    case = find(pages.cases(request.member), id)
    may_see_people = allowed(request, "contacts.view") and allowed(request, "messages.view")
    page = pages.case(case, may_see_people=may_see_people)
    cost = case.reckoning.cost
    return GapWithCauses(
        **facts(case),
        causes=page["causes"],
        cost=None if cost is None else str(cost),
        silent=[public_id(message) for message in page["silent"]],
    )


@router.post(
    "/cases/{id}/closure", auth=RESOLVE, response={200: GapOut, **CHANGES}, summary="Close a gap with a word",
    operation_id="close_gap_case",
)  # fmt: skip
def close_case(request: MemberRequest, id: str, said: ClosingIn) -> GapOut:
    """A case that is closed already stays as it was."""
    case = find(pages.cases(request.member), id)
    try:
        cases.close(case, member=request.member, word=said.word)
    except cases.CaseError as problem:
        raise Conflict(str(problem)) from problem
    return GapOut(**facts(find(pages.cases(request.member), id)))
