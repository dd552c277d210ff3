"""The tree of tags, and changes to many contacts at once."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.moments import Moment
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE, Conflict
from tradewind.api.segments import readable
from tradewind.contacts import queries
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import Batch, Contact, Tag
from tradewind.contacts.search import Wanted
from tradewind.contacts.tags import batches, removal, selections, tree
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.models import Member
from tradewind.workspaces.request import MemberRequest

router = Router()
many = Router()
READ, WRITE, BATCH = KeyAuth("contacts:read"), KeyAuth("tags:write"), KeyAuth("contacts:batch")

Path = Annotated[str, StringConstraints(min_length=1, max_length=250)]
Colour = Literal["series-1", "series-2", "series-3", "series-4", "series-5", "series-6", "series-7", "series-8"]


class TagOut(Schema):
    """A tag."""

    id: str
    name: str = Field(description="The whole path, such as Interest/Shoes")
    colour: str
    description: str
    lifetime_days: int | None = Field(description="So long after it was put on it leaves by itself; null: it stays")
    kept_by_rule: bool = Field(description="A rule decides who has it; nobody puts it on by hand")
    archived: bool = Field(description="Who has it keeps it, nobody gets it")
    people: int = Field(description="Who has it, or a tag below it; at most a minute old")
    created_at: datetime


class TagList(Schema):
    tags: list[TagOut]
    next: str


class TagFacts(Schema):
    """What is left out stays as it is."""

    colour: Colour | None = None
    description: Annotated[str, StringConstraints(max_length=200)] | None = None
    lifetime_days: int | None = Field(None, ge=1, le=3650)


class NewTag(TagFacts):
    name: Path = Field(description="The path; what is missing above it is made, too")


class TagChange(TagFacts):
    name: Path | None = Field(None, description="Another path: what is below goes along")
    archived: bool | None = None


class Merge(Schema):
    into: str = Field(max_length=40, description="The id of the tag that everybody gets instead")


class Gone(Schema):
    batch: str | None = Field(description="With many people the tag goes when this batch is done")


def shown(request: MemberRequest, tag: Tag) -> TagOut:
    return TagOut(
        id=public_id(tag),
        name=tag.name,
        colour=tag.colour,
        description=tag.description,
        lifetime_days=tag.lifetime_days,
        kept_by_rule=tag.rule_id is not None,
        archived=tag.archived_at is not None,
        people=queries.people_by_tag(request.workspace.pk).get(tag.pk, 0),
        created_at=tag.created_at,
    )


def tag_of(request: MemberRequest, id: str) -> Tag:
    return find(Tag.objects.visible_to(request.member), id)


@router.get("/", auth=READ, response={200: TagList, **NOT_THERE}, summary="List tags", operation_id="list_tags")
def list_tags(request: MemberRequest, asked: Query[Page]) -> TagList:
    some, following = cut(Tag.objects.visible_to(request.member), asked)
    return TagList(tags=[shown(request, tag) for tag in some], next=following)


@router.get("/{id}", auth=READ, response={200: TagOut, **NOT_THERE}, summary="One tag", operation_id="get_tag")
def get_tag(request: MemberRequest, id: str) -> TagOut:
    return shown(request, tag_of(request, id))


@router.post("/", auth=WRITE, response={201: TagOut, **CHANGES}, summary="Make a tag", operation_id="create_tag")
def create_tag(request: MemberRequest, said: NewTag) -> Status[TagOut]:
    facts = said.model_dump(exclude_none=True)
    made, is_new = tree.make(workspace=request.workspace, member=request.member, **facts)
    if not is_new:
        raise Conflict(f"There is a tag {made.name} already. Its id is {public_id(made)}.")
    return Status(201, shown(request, made))


@router.patch(
    "/{id}",
    auth=WRITE,
    response={200: TagOut, **CHANGES},
    summary="Rename, move, describe or archive a tag",
    operation_id="change_tag",
)
def change_tag(request: MemberRequest, id: str, said: TagChange) -> TagOut:
    tag = tag_of(request, id)
    if said.name is not None:
        tree.rename(tag, name=said.name, member=request.member)
    facts = said.model_dump(include={"colour", "description", "lifetime_days"}, exclude_unset=True)
    if facts.get("colour", "") is None:
        del facts["colour"]
    if facts:
        tree.change(tag, member=request.member, **{**facts, "description": facts.get("description") or tag.description})
    if said.archived is not None:
        (tree.archive if said.archived else tree.restore)(tag, member=request.member)
    return shown(request, tag_of(request, id))


@router.delete("/{id}", auth=WRITE, response={200: Gone, **CHANGES}, summary="Delete a tag", operation_id="delete_tag")
def delete_tag(request: MemberRequest, id: str) -> Gone:
    return gone(lambda tag: removal.delete(tag, member=request.member), tag_of(request, id))


@router.post(
    "/{id}/merge",
    auth=WRITE,
    response={200: Gone, **CHANGES},
    summary="Give everybody another tag instead",
    operation_id="merge_tag",
)
def merge_tag(request: MemberRequest, id: str, said: Merge) -> Gone:
    into = tag_of(request, said.into)
    return gone(lambda tag: removal.merge(tag, into=into, member=request.member), tag_of(request, id))


def gone(verb: Any, tag: Tag) -> Gone:
    try:
        batch = verb(tag)
    except removal.TagUsed as used:
        raise Conflict(str(used)) from None
    return Gone(batch=public_id(batch) if batch else None)


class Filter(Schema):
    """As the list of contacts is narrowed; empty = everybody."""

    text: str = Field("", max_length=100)
    tag: str = Field("", max_length=40, description="A tag's id; those below it count too")
    country: str = Field("", max_length=2)
    language: str = Field("", max_length=12)
    marketing: str = Field("", max_length=12)
    grade: str = Field("", max_length=1, description="A, B or C")


class BatchAsked(Schema):
    """What is to be done, and to whom: `contacts` by id, all that a filter shows, or all who fit a tree."""

    verb: Literal["add", "remove", "replace", "field", "owner"]
    contacts: list[Annotated[str, StringConstraints(max_length=40)]] = Field([], max_length=selections.MOST_TICKED)
    filter: Filter | None = None
    tree: dict[str, Any] | None = Field(None, description='A tree of conditions, such as {"segment": "…"}')
    tags: list[Path] = Field([], max_length=batches.MOST_TAGS, description="Paths: put on, taken off, or put instead")
    take: list[Path] = Field([], max_length=batches.MOST_TAGS, description="replace: who has one of these loses it")
    until: Moment | None = Field(None, description="When tags that are put on leave by themselves")
    reason: str = Field("", max_length=200)
    field: str = Field("", max_length=60)
    value: str | int | float | bool | None = Field(None, description="null takes the field away")
    owner: str | None = Field(None, max_length=40, description="A member's id; null = nobody")


class BatchOut(Schema):
    """An act on many, and how far it is."""

    id: str
    verb: str
    state: str = Field(description="waiting, running, paused, done, cancelled, failed, undoing or undone")
    problem: str
    total: int
    looked_at: int
    changed: int
    undone: int
    can_undo: bool
    created_at: datetime
    finished_at: datetime | None


class PreviewOut(Schema):
    """What would happen."""

    people: int
    changing: int
    alike: int = Field(description="So already, and left alone")


def told(batch: Batch) -> BatchOut:
    facts = {name: getattr(batch, name) for name in BatchOut.model_fields if name not in ("id", "can_undo")}
    return BatchOut(id=public_id(batch), can_undo=batches.can_undo(batch), **facts)


def act_of(request: MemberRequest, said: BatchAsked) -> dict[str, Any]:
    """The arguments of `batches.start` and `batches.preview`."""
    owner = find(Member.objects.active().visible_to(request.member), said.owner).pk if said.owner else None
    detail: dict[str, dict[str, Any]] = {
        "owner": {"owner": owner},
        "field": {"field": said.field, "value": said.value},
        "replace": {"take": ids_of(request, said.take), "put": ids_of(request, said.tags)},
    }
    kept = {"until": said.until.isoformat() if said.until else "", "reason": said.reason}
    tags = {**kept, **detail["replace"]} if said.verb == "replace" else {**kept, "tags": ids_of(request, said.tags)}
    return {
        "workspace": request.workspace,
        "verb": said.verb,
        "detail": detail[said.verb] if said.verb in ("owner", "field") else tags,
        "selection": selection_of(request, said),
    }


def ids_of(request: MemberRequest, names: list[str]) -> list[int]:
    return [tag.pk for tag in tree.named_all(request.workspace, names, request.member, may_make=False)]


def selection_of(request: MemberRequest, said: BatchAsked) -> dict[str, Any]:
    if sum((bool(said.contacts), said.filter is not None, said.tree is not None)) != 1:
        raise ContactError("Name the people: either contacts, or a filter, or a tree.")
    if said.tree is not None:
        readable(request, said.tree)
        return selections.of_tree(said.tree)
    if said.filter is None:
        return selections.of_ticked([find(Contact.objects.visible_to(request.member), id).pk for id in said.contacts])
    tag = tag_of(request, said.filter.tag).pk if said.filter.tag else None
    facts = said.filter.model_dump(exclude={"tag"})
    return selections.of_filter(Wanted(**facts, tag=tag, home=request.workspace.country))


@many.post(
    "/preview",
    auth=BATCH,
    response={200: PreviewOut, **CHANGES},
    summary="What a change to many would do",
    operation_id="preview_batch",
)
def preview_batch(request: MemberRequest, said: BatchAsked) -> PreviewOut:
    found = batches.preview(**act_of(request, said))
    return PreviewOut(people=found.people, changing=found.changing, alike=found.alike)


@many.post(
    "/", auth=BATCH, response={202: BatchOut, **CHANGES}, summary="Change many contacts", operation_id="create_batch"
)
def create_batch(request: MemberRequest, said: BatchAsked) -> Status[BatchOut]:
    return Status(202, told(batches.start(**act_of(request, said), member=request.member)))


@many.get("/{id}", auth=BATCH, response={200: BatchOut, **NOT_THERE}, summary="How far it is", operation_id="get_batch")
def get_batch(request: MemberRequest, id: str) -> BatchOut:
    return told(find(Batch.objects.visible_to(request.member), id))


@many.post(
    "/{id}/undo",
    auth=BATCH,
    response={200: BatchOut, **CHANGES},
    summary="Take back what it changed",
    operation_id="undo_batch",
)
def undo_batch(request: MemberRequest, id: str) -> BatchOut:
    return moved(request, id, batches.undo)


@many.post(
    "/{id}/cancel", auth=BATCH, response={200: BatchOut, **CHANGES}, summary="Stop it", operation_id="cancel_batch"
)
def cancel_batch(request: MemberRequest, id: str) -> BatchOut:
    return moved(request, id, batches.cancel)


def moved(request: MemberRequest, id: str, verb: Any) -> BatchOut:
    batch = find(Batch.objects.visible_to(request.member), id)
    verb(batch, member=request.member)
    batch.refresh_from_db()
    return told(batch)
