"""Segments: saved trees of conditions; counting any tree, and who is in it."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router, Schema
from ninja.errors import HttpError
from ninja.responses import Status
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE
from tradewind.contacts.models import Contact
from tradewind.contacts.privacy import masking
from tradewind.segments import actions, queries
from tradewind.segments.errors import TreeError
from tradewind.segments.models import Segment
from tradewind.segments.names import Names
from tradewind.segments.nodes import Node
from tradewind.segments.saved import node_of
from tradewind.segments.sentence import say
from tradewind.segments.tree import Reader, read
from tradewind.segments.why import Verdict, why
from tradewind.segments.written import refreshed
from tradewind.workspaces.door import find, public_id, row_of
from tradewind.workspaces.request import MemberRequest

router = Router()
READ, WRITE = KeyAuth("contacts:read"), KeyAuth("segments:write")
LONGEST_COUNT_MS = 10_000

Tree = Annotated[dict[str, Any], Field(description="Conditions: see docs/segments.md", max_length=20)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]


class SegmentOut(Schema):
    """A saved segment."""

    id: str
    name: str
    description: str
    tree: dict[str, Any]
    sentence: str = Field(description="The tree in words; empty when it cannot be used")
    problem: str = Field(description="Why it cannot be used now, such as a tag that was deleted; else empty")
    frozen_at: datetime | None = Field(description="It keeps the people of that moment; null: who fits now")
    people: int | None = Field(description="How many there were when they were counted last")
    counted_at: datetime | None
    created_at: datetime
    changed_at: datetime


class SegmentList(Schema):
    segments: list[SegmentOut]
    next: str


class NewSegment(Schema):
    name: Name
    tree: Tree
    description: Annotated[str, StringConstraints(max_length=300)] = ""
    frozen: bool = Field(False, description="Keep the people who fit now")


class SegmentChange(Schema):
    """What is left out stays as it is."""

    name: Name | None = None
    tree: Tree | None = None
    description: Annotated[str, StringConstraints(max_length=300)] | None = None
    frozen: bool | None = Field(None, description="true keeps the people who fit now, false lets it live again")


class Asked(Schema):
    tree: Tree


class Branch(Schema):
    """How many fit one branch of the tree by itself."""

    path: str = Field(description="Where it stands, such as all[0].tag")
    people: int
    about: bool = Field(description="Estimated, because counting took too long")


class CountOut(Schema):
    people: int
    about: bool = Field(description="Estimated, because counting took too long")
    ms: float
    sentence: str
    branches: list[Branch] = Field(description="Only when asked for")


class AskedCount(Schema):
    branches: bool = Field(False, description="Count each branch by itself, too")


class MemberOut(Schema):
    contact: str
    name: str


class MemberList(Schema):
    """A page of people, oldest contact first."""

    members: list[MemberOut]
    next: str


class VerdictOut(Schema):
    """Whether a branch fits a person, and the fact behind it."""

    path: str
    says: str
    fits: bool
    fact: str
    of: list["VerdictOut"]


def rows(request: MemberRequest) -> Any:
    return Segment.objects.visible_to(request.member).select_related("workspace")


def shown(segment: Segment, names: Names | None = None) -> SegmentOut:
    """A segment as programs see it; `names` are shared by those of one list."""
    names = names or Names(segment.workspace_id)
    sentence = problem = ""
    try:
        sentence = say(Reader(names).read(segment.tree))
    except TreeError as error:
        problem = error.placed
    return SegmentOut(
        id=public_id(segment),
        name=segment.name,
        description=segment.description,
        tree=refreshed(segment.tree, names),
        sentence=sentence,
        problem=problem,
        frozen_at=segment.frozen_at,
        people=segment.people,
        counted_at=segment.counted_at,
        created_at=segment.created_at,
        changed_at=segment.changed_at,
    )


@router.get(
    "/", auth=READ, response={200: SegmentList, **NOT_THERE}, summary="List segments", operation_id="list_segments"
)
def list_segments(request: MemberRequest, asked: Query[Page]) -> SegmentList:
    some, following = cut(rows(request), asked)
    names = Names(request.workspace.pk)
    return SegmentList(segments=[shown(segment, names) for segment in some], next=following)


@router.post(
    "/", auth=WRITE, response={201: SegmentOut, **CHANGES}, summary="Save a segment", operation_id="create_segment"
)
def create_segment(request: MemberRequest, said: NewSegment) -> Status[SegmentOut]:
    readable(request, said.tree)
    segment = actions.create(
        workspace=request.workspace,
        member=request.member,
        name=said.name,
        tree=said.tree,
        description=said.description,
        is_frozen=said.frozen,
    )
    return Status(201, shown(segment))


@router.post(
    "/count", auth=READ, response={200: CountOut, **NOT_THERE}, summary="Count a tree", operation_id="count_tree"
)
def count_tree(request: MemberRequest, said: Asked, asked: Query[AskedCount]) -> CountOut:
    return counted(readable(request, said.tree), request, asked.branches)


@router.get(
    "/{id}", auth=READ, response={200: SegmentOut, **NOT_THERE}, summary="One segment", operation_id="get_segment"
)
def get_segment(request: MemberRequest, id: str) -> SegmentOut:
    return shown(find(rows(request), id))


@router.patch(
    "/{id}",
    auth=WRITE,
    response={200: SegmentOut, **CHANGES},
    summary="Change a segment",
    operation_id="change_segment",
)
def change_segment(request: MemberRequest, id: str, said: SegmentChange) -> SegmentOut:
    segment = find(rows(request), id)
    if said.tree is not None:
        readable(request, said.tree)
    given = {key: value for key, value in said.model_dump(exclude={"frozen"}).items() if value is not None}
    if said.frozen is False:
        segment = actions.thaw(segment, member=request.member)
    if given:
        segment = actions.change(segment, member=request.member, **given)
    if said.frozen:
        segment = actions.freeze(segment, member=request.member)
    return shown(rows(request).get(pk=segment.pk))


@router.delete(
    "/{id}", auth=WRITE, response={204: None, **CHANGES}, summary="Delete a segment", operation_id="delete_segment"
)
def delete_segment(request: MemberRequest, id: str) -> Status[None]:
    actions.delete(find(rows(request), id), member=request.member)
    return Status(204, None)


@router.get(
    "/{id}/count",
    auth=READ,
    response={200: CountOut, **NOT_THERE},
    summary="How many are in it",
    operation_id="count_segment",
)
def count_segment(request: MemberRequest, id: str, asked: Query[AskedCount]) -> CountOut:
    segment = find(rows(request), id)
    found = counted(node_of(segment), request, asked.branches)
    if not found.about:
        actions.counted(segment, found.people)
    return found


@router.get(
    "/{id}/members",
    auth=READ,
    response={200: MemberList, **NOT_THERE},
    summary="Who is in it",
    operation_id="list_segment_members",
)
def list_members(request: MemberRequest, id: str, asked: Query[Page]) -> MemberList:
    node = node_of(find(rows(request), id))
    after = row_of("contact", asked.after) if asked.after else 0
    ids = queries.page(node, workspace_id=request.workspace.pk, after=after, limit=asked.limit + 1)
    people = Contact.objects.visible_to(request.member).in_bulk(ids[: asked.limit])
    return MemberList(
        members=[MemberOut(contact=public_id(people[pk]), name=people[pk].name) for pk in ids if pk in people],
        next=public_id(Contact(pk=ids[asked.limit - 1])) if len(ids) > asked.limit else "",
    )


@router.get(
    "/{id}/why/{contact}",
    auth=READ,
    response={200: VerdictOut, **NOT_THERE},
    summary="Why a person is in it, or not",
    operation_id="why_in_segment",
)
def why_in_segment(request: MemberRequest, id: str, contact: str) -> VerdictOut:
    segment = find(rows(request), id)
    person = find(Contact.objects.visible_to(request.member).select_related("tag_row"), contact)
    return verdict(why(node_of(segment), person))


def readable(request: MemberRequest, tree: dict[str, Any]) -> Node:
    """The tree, unless it asks for what the key's maker may not see: counts would tell numbers digit by digit."""
    if masking.asks_for_numbers(tree) and not masking.sees_whole(request.member):
        raise HttpError(403, "Phone numbers are masked for this key, so nobody can be looked for by a part of one.")
    return read(tree, workspace_id=request.workspace.pk)


def counted(node: Node, request: MemberRequest, with_branches: bool) -> CountOut:
    pk = request.workspace.pk
    found = queries.count(node, workspace_id=pk, limit_ms=LONGEST_COUNT_MS)
    each = queries.counts_by_branch(node, workspace_id=pk) if with_branches else {}
    return CountOut(
        people=found.people,
        about=found.is_about,
        ms=round(found.ms, 1),
        sentence=say(node),
        branches=[Branch(path=path, people=n.people, about=n.is_about) for path, n in each.items()],
    )


def verdict(of: Verdict) -> VerdictOut:
    return VerdictOut(path=of.path, says=of.says, fits=of.fits, fact=of.fact, of=[verdict(each) for each in of.of])
