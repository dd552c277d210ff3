"""Rules that keep tags true: list, make, change, switch on and off, and try any tree on the past."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE
from tradewind.api.segments import readable
from tradewind.contacts import queries as contact_queries
from tradewind.segments.models import TagRule
from tradewind.segments.rules import actions, past
from tradewind.segments.rules.shown import Shown, ringed
from tradewind.segments.rules.shown import shown as drawn
from tradewind.workspaces.door import find
from tradewind.workspaces.request import MemberRequest

router = Router()
READ, WRITE = KeyAuth("contacts:read"), KeyAuth("tags:write")

Tree = Annotated[dict[str, Any], Field(description="Conditions: see docs/segments.md", max_length=20)]


class RuleOut(Schema):
    """A rule: whoever fits its tree has its tag, nobody else, while it is on."""

    id: str
    tag: str = Field(description="The tag's path")
    tree: dict[str, Any]
    sentence: str = Field(description="The tree in words; empty when it cannot be read")
    problem: str = Field(description="Why it stands still, such as a tag that was deleted; else empty")
    state: str = Field(description="draft, on or off")
    leaving: bool = Field(description="It was switched off and its tags are still being taken off")
    people: int = Field(description="Who has the tag; at most a minute old")
    checked_at: datetime | None = Field(description="When everybody was last looked at")
    created_at: datetime
    changed_at: datetime


class RuleList(Schema):
    rules: list[RuleOut]
    next: str


class NewRule(Schema):
    tag: Annotated[str, StringConstraints(min_length=1, max_length=250)] = Field(
        description="The tag's path; what is missing of it is made"
    )
    tree: Tree
    on: bool = Field(False, description="Switch it on at once; else it is a draft")


class RuleChange(Schema):
    tree: Tree


class SwitchOff(Schema):
    keep: bool = Field(False, description="People keep the tag, and it can be set by hand again")


class Asked(Schema):
    tree: Tree
    days: int = Field(30, ge=1, le=365, description="How far back")


class PointOut(Schema):
    """How many would have fitted at that moment."""

    at: datetime
    people: int


class PastOut(Schema):
    points: list[PointOut] = Field(description="Oldest first; every few days when the tree takes long to count")
    as_today: list[str] = Field(description="Conditions whose past nobody keeps, in words: taken as they are now")


def rows(request: MemberRequest) -> Any:
    return TagRule.objects.visible_to(request.member).select_related("tag")


def shown(request: MemberRequest, found: list[TagRule]) -> list[RuleOut]:
    pk = request.workspace.pk
    people, rings = contact_queries.people_by_tag(pk), ringed(list(rows(request)), pk)
    return [told(drawn(row, people.get(row.tag_id, 0), row.pk in rings)) for row in found]


def told(each: Shown) -> RuleOut:
    row = each.row
    return RuleOut(
        id=each.id,
        tag=row.tag.name,
        tree=row.tree,
        sentence=each.says,
        problem=each.problem,
        state=row.state,
        leaving=row.is_leaving,
        people=each.people,
        checked_at=row.checked_at,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def again(request: MemberRequest, rule: TagRule) -> RuleOut:
    return shown(request, [rows(request).get(pk=rule.pk)])[0]


@router.get("/", auth=READ, response={200: RuleList, **NOT_THERE}, summary="List rules", operation_id="list_rules")
def list_rules(request: MemberRequest, asked: Query[Page]) -> RuleList:
    some, following = cut(rows(request), asked)
    return RuleList(rules=shown(request, some), next=following)


@router.post(
    "/", auth=WRITE, response={201: RuleOut, **CHANGES}, summary="Make a rule for a tag", operation_id="create_rule"
)
def create_rule(request: MemberRequest, said: NewRule) -> Status[RuleOut]:
    rule = actions.create(workspace=request.workspace, member=request.member, tag=said.tag, tree=said.tree)
    if said.on:
        actions.switch_on(rule, member=request.member)
    return Status(201, again(request, rule))


@router.post(
    "/past",
    auth=READ,
    response={200: PastOut, **NOT_THERE},
    summary="Try a tree on the past: how many would have fitted",
    operation_id="try_past",
)
def try_past(request: MemberRequest, said: Asked) -> PastOut:
    node = readable(request, said.tree)
    points = past.path_of(node, workspace_id=request.workspace.pk, days=said.days)
    return PastOut(points=[PointOut(at=each.at, people=each.people) for each in points], as_today=past.as_today(node))


@router.get("/{id}", auth=READ, response={200: RuleOut, **NOT_THERE}, summary="One rule", operation_id="get_rule")
def get_rule(request: MemberRequest, id: str) -> RuleOut:
    return again(request, find(rows(request), id))


@router.patch(
    "/{id}",
    auth=WRITE,
    response={200: RuleOut, **CHANGES},
    summary="Change a rule's tree; while it is on, everybody is looked at anew",
    operation_id="change_rule",
)
def change_rule(request: MemberRequest, id: str, said: RuleChange) -> RuleOut:
    rule = find(rows(request), id)
    return again(request, actions.change(rule, tree=said.tree, member=request.member))


@router.post(
    "/{id}/on",
    auth=WRITE,
    response={200: RuleOut, **CHANGES},
    summary="Switch a rule on: from now on it alone decides who has the tag",
    operation_id="switch_rule_on",
)
def switch_on(request: MemberRequest, id: str) -> RuleOut:
    return again(request, actions.switch_on(find(rows(request), id), member=request.member))


@router.post(
    "/{id}/off",
    auth=WRITE,
    response={200: RuleOut, **CHANGES},
    summary="Switch a rule off: its tags go, or stay",
    operation_id="switch_rule_off",
)
def switch_off(request: MemberRequest, id: str, said: SwitchOff) -> RuleOut:
    return again(request, actions.switch_off(find(rows(request), id), member=request.member, keeps=said.keep))


@router.delete(
    "/{id}",
    auth=WRITE,
    response={204: None, **CHANGES},
    summary="Forget a rule that is off; its tag stays",
    operation_id="delete_rule",
)
def delete_rule(request: MemberRequest, id: str) -> Status[None]:
    actions.delete(find(rows(request), id), member=request.member)
    return Status(204, None)
