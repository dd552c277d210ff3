"""Tags that people's own words propose (C12): the proposals with their reasons, taken up under a name or refused."""

from datetime import datetime
from typing import Literal

from django.db.models import QuerySet
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE
from tradewind.api.tags import Path
from tradewind.contacts.models import TagSuggestion
from tradewind.contacts.suggestions import weekly
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.request import MemberRequest

router = Router()
# As on the page: only those who may make tags see what could become one.
MANAGE = KeyAuth("tags:write")


class SuggestionOut(Schema):
    """A word that many wrote within a week, or a question that was asked again and again."""

    id: str
    kind: Literal["word", "question"]
    language: str = Field(description="In which it was written; empty when that is not known")
    term: str = Field(description="As it was counted: small letters, no accents")
    sample: str = Field(description="As somebody wrote it")
    people: int = Field(description="How many wrote so")
    times: int = Field(description="How often it was written")
    reason: str = Field(description="Why it is proposed, in a sentence")
    name: str = Field(description="A short name to begin with; take it up under any other")
    seen_at: datetime = Field(description="The end of the week in which it was last counted")


class SuggestionList(Schema):
    suggestions: list[SuggestionOut]
    next: str


class TakeUp(Schema):
    name: Path | None = Field(None, description="The tag's path, which is made when it is missing; left out: `name`")


class TakenUp(Schema):
    """The tag that it became."""

    tag: str = Field(description="The tag's id")
    people: int = Field(description="Who wrote so in that week and has it now")


def shown(row: TagSuggestion) -> SuggestionOut:
    facts = {name: getattr(row, name) for name in ("kind", "language", "term", "sample", "people", "times", "seen_at")}
    return SuggestionOut(id=public_id(row), reason=reason_of(row), name=weekly.proposed_name(row), **facts)


def reason_of(row: TagSuggestion) -> str:
    people = "1 person" if row.people == 1 else f"{row.people} people"
    times = "once" if row.times == 1 else f"{row.times} times"
    if row.kind == "question":
        return f"Asked {times} by {people} within a week."
    return f"Written {times} by {people} within a week."


def waiting(request: MemberRequest) -> QuerySet[TagSuggestion]:
    return TagSuggestion.objects.visible_to(request.member).filter(state="open")


@router.get(
    "/",
    auth=MANAGE,
    response={200: SuggestionList, **NOT_THERE},
    summary="Tags that are proposed",
    operation_id="list_suggestions",
)
def list_suggestions(request: MemberRequest, asked: Query[Page]) -> SuggestionList:
    some, following = cut(waiting(request), asked)
    return SuggestionList(suggestions=[shown(row) for row in some], next=following)


@router.post(
    "/{id}/accept",
    auth=MANAGE,
    response={200: TakenUp, **CHANGES},
    summary="Make the tag and put it on those who wrote so",
    operation_id="accept_suggestion",
)
def accept(request: MemberRequest, id: str, said: TakeUp) -> TakenUp:
    row = find(waiting(request), id)
    name = said.name or weekly.proposed_name(row)
    people = weekly.accept(row, name=name, by=request.member, may_make=True)
    row.refresh_from_db()
    assert row.tag is not None  # accepted: it has its tag
    return TakenUp(tag=public_id(row.tag), people=people)


@router.post(
    "/{id}/refuse",
    auth=MANAGE,
    response={204: None, **CHANGES},
    summary="It is not proposed again",
    operation_id="refuse_suggestion",
)
def refuse(request: MemberRequest, id: str) -> Status[None]:
    weekly.refuse(find(waiting(request), id), by=request.member)
    return Status(204, None)
