"""Pages of rules: the list, a rule with its conditions, its past, and its switch."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.contacts.errors import TagError
from tradewind.contacts.models import Tag
from tradewind.contacts.privacy import masking
from tradewind.lib.text import storable
from tradewind.segments import queries, tree
from tradewind.segments.builder import figures, lines, trees
from tradewind.segments.builder.choices import Choices
from tradewind.segments.builder.rows import rows_of
from tradewind.segments.errors import TreeError
from tradewind.segments.models import TagRule
from tradewind.segments.rules import actions, engine, past
from tradewind.segments.rules.errors import RuleError
from tradewind.segments.rules.shown import all_of, ringed, shown
from tradewind.segments.views import edited, is_hidden, seed_of, tree_in
from tradewind.segments.written import written
from tradewind.workspaces.door import demand, find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

REFUSALS = (RuleError, TreeError, TagError)
LONGEST_PATH = 250


@right_required("contacts.view")
def index(request: MemberRequest) -> HttpResponse:
    """All rules with their sentences."""
    rules = all_of(request.member)
    page = {"rules": rules, "on": sum(rule.row.state == "on" for rule in rules), "crumbs": crumbs(is_inside=False)}
    return render(request, "segments/rules/list.html", page)


@right_required("tags.manage")
def new(request: MemberRequest) -> HttpResponse:
    """A rule to be put together; `tag` and `tree` in the address fill it in."""
    if request.method == "POST":
        return built(request, None)
    return drawn(request, None, trees.lines_of(tree_in(request.GET.get("tree", ""))))


@right_required("contacts.view")
def show(request: MemberRequest, rule: str) -> HttpResponse:
    """A rule with its conditions."""
    row = rule_of(request, rule)
    if request.method == "POST":
        return built(request, row)
    return drawn(request, row, trees.lines_of(written(row.tree, row.workspace_id)))


def built(request: MemberRequest, row: TagRule | None) -> HttpResponse:
    """What the form says: save it, or draw it anew."""
    found = edited(request)
    if request.POST.get("op") == "save":
        return save(request, row, found)
    return drawn(request, row, found, is_changed=True)


def save(request: MemberRequest, row: TagRule | None, found: list[lines.Line]) -> HttpResponse:
    demand(request, "tags.manage")
    wanted = trees.tree_of(found)
    if missing := next((line.missing for line in found if line.missing), ""):
        return drawn(request, row, found, is_changed=True, problem=missing)
    if len(found) == 1:
        return drawn(request, row, found, is_changed=True, problem=_("Say at least one condition."))
    try:
        if row is None:
            row = actions.create(
                workspace=request.workspace, member=request.member, tag=tag_in(request), tree=wanted
            )  # fmt: skip
        else:
            row = actions.change(row, tree=wanted, member=request.member)
    except REFUSALS as error:
        return drawn(request, row, found, is_changed=True, problem=str(error))
    messages.success(request, _("Saved."))
    return redirect("rules:show", public_id(row))


def tag_in(request: MemberRequest) -> str:
    """The tag's path, from the form or the address."""
    return storable(request.POST.get("tag", request.GET.get("tag", "")))[:LONGEST_PATH]


def drawn(
    request: MemberRequest, row: TagRule | None, found: list[lines.Line], *, is_changed: bool = False, problem: str = ""
) -> HttpResponse:
    """The page, or for htmx only what changes on it. Counts of a condition on numbers would tell them."""
    if masking.asks_for_numbers(trees.tree_of(found)):
        demand(request, masking.RIGHT)
    figured = figures.draw(found, request.member, seed=seed_of(request))
    page = {
        "rule": seen(request, row) if row else None,
        "tag": tag_in(request),
        "free": free_tags(request) if row is None else [],
        "drawn": figured,
        "top": rows_of(figured, Choices(request.member)),
        "tree": json.dumps(figured.tree, ensure_ascii=False),
        "changes": difference(row, figured.tree, is_changed) if row else None,
        "is_changed": is_changed,
        "problem": problem,
        "may": "tags.manage" in request.rights,
        "crumbs": crumbs(),
        "address": request.path,
    }
    is_part = page["is_part"] = bool(request.headers.get("HX-Request")) and is_changed
    template = "segments/rules/_builder.html" if is_part else "segments/rules/show.html"
    return render(request, template, page, status=422 if problem and not is_part else 200)


def seen(request: MemberRequest, row: TagRule) -> Any:
    rings = ringed(list(TagRule.objects.visible_to(request.member).select_related("tag")), row.workspace_id)
    return shown(row, engine.holders(row.workspace_id, row.tag_id), row.pk in rings)


def free_tags(request: MemberRequest) -> list[str]:
    """Tags that have no rule yet."""
    rows = Tag.objects.visible_to(request.member).filter(rule=None, archived_at=None)
    return list(rows.order_by("name").values_list("name", flat=True)[:500])


def difference(row: TagRule, value: Any, is_changed: bool) -> dict[str, int] | None:
    """How many would get and lose the tag if the conditions that are shown decided; None when they do already."""
    if row.state == "on" and not is_changed:
        return None
    try:
        node = tree.read(value, workspace_id=row.workspace_id)
    except TreeError:
        return None
    fitting = queries.count(node, workspace_id=row.workspace_id).people
    both = engine.both(node, row.workspace_id, row.tag_id)
    return {"get": fitting - both, "lose": engine.holders(row.workspace_id, row.tag_id) - both}


@right_required("contacts.view")
@require_POST
def try_past(request: MemberRequest) -> HttpResponse:
    """How many would have fitted on earlier days, for the tree in the form."""
    page: dict[str, Any] = {}
    value, days = tree_in(request.POST.get("tree", "")), 90 if request.POST.get("days") == "90" else 30
    try:
        if is_hidden(request, value):
            raise TreeError(_("Phone numbers are masked for you, so nobody can be looked for by a part of one."))
        node = tree.read(value, workspace_id=request.workspace.pk)
        points = past.path_of(node, workspace_id=request.workspace.pk, days=days)
        page = {
            "past": past.tried(node, workspace_id=request.workspace.pk),
            "points": points,
            "values": [each.people for each in points],
            "days": days,
            "as_today": past.as_today(node),
        }
    except TreeError as error:
        page = {"problem": str(error)}
    return render(request, "segments/rules/_past.html", page)


@right_required("tags.manage")
@require_POST
def switch_on(request: MemberRequest, rule: str) -> HttpResponse:
    """From now on it decides."""
    return acted(request, rule, actions.switch_on, _("The rule is on."))


@right_required("tags.manage")
@require_POST
def switch_off(request: MemberRequest, rule: str) -> HttpResponse:
    """`keeps` says that people keep the tag."""
    keeps = bool(request.POST.get("keeps"))
    said = _("The rule is off; people keep the tag.") if keeps else _("The rule is off; its tags are being taken off.")
    return acted(request, rule, lambda row, member: actions.switch_off(row, member=member, keeps=keeps), said)


@right_required("tags.manage")
@require_POST
def delete(request: MemberRequest, rule: str) -> HttpResponse:
    """Forget a rule that is off."""
    return acted(request, rule, actions.delete, _("Deleted."), is_gone=True)


def acted(
    request: MemberRequest, rule: str, act: Callable[..., Any], said: str, *, is_gone: bool = False
) -> HttpResponse:
    row = rule_of(request, rule)
    try:
        act(row, member=request.member)
    except REFUSALS as error:
        messages.error(request, str(error))
        return redirect("rules:show", rule)
    messages.success(request, said)
    return redirect("rules:list") if is_gone or request.POST.get("to") == "list" else redirect("rules:show", rule)


def rule_of(request: MemberRequest, rule: str) -> TagRule:
    """The one door to a rule."""
    return find(TagRule.objects.visible_to(request.member).select_related("tag"), rule)


def crumbs(*, is_inside: bool = True) -> list[dict[str, str]]:
    found = [{"name": _("Contacts"), "url": reverse("contacts:list")}]
    found += [{"name": _("Tags"), "url": reverse("contacts:tags")}]
    return [*found, {"name": _("Rules"), "url": reverse("rules:list")}] if is_inside else found
