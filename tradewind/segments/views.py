"""Pages of segments: the list, the builder, and why somebody is in one or not."""

import json
import random
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.contacts import search
from tradewind.contacts.models import Contact
from tradewind.contacts.privacy import masking
from tradewind.lib.text import storable
from tradewind.segments import actions, queries, sentence, tree
from tradewind.segments.builder import figures, lines, trees
from tradewind.segments.builder.choices import Choices
from tradewind.segments.builder.rows import rows_of
from tradewind.segments.errors import SegmentError, TreeError
from tradewind.segments.models import Segment
from tradewind.segments.why import why
from tradewind.segments.written import written
from tradewind.workspaces.door import demand, find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

FOUND = 6
LONGEST_TREE = 200_000


@right_required("contacts.view")
def index(request: MemberRequest) -> HttpResponse:
    """All saved segments with their sentences."""
    rows = Segment.objects.visible_to(request.member).order_by("name")
    return render(request, "segments/list.html", {"segments": [shown(row) for row in rows], "crumbs": crumbs()})


def shown(segment: Segment) -> dict[str, Any]:
    """A segment in the list; one that cannot be read any more says why."""
    try:
        says, problem = sentence.say(tree.read(segment.tree, workspace_id=segment.workspace_id)), ""
    except TreeError as error:
        says, problem = "", str(error)
    return {"row": segment, "id": public_id(segment), "says": says, "problem": problem}


@right_required("contacts.view")
def new(request: MemberRequest) -> HttpResponse:
    """An empty tree, or the one in the address (`tree`), to be put together."""
    if request.method == "POST":
        return built(request, None)
    return builder(request, None, trees.lines_of(tree_in(request.GET.get("tree", ""))))


@right_required("contacts.view")
def show(request: MemberRequest, segment: str) -> HttpResponse:
    """A saved segment in the builder."""
    row = segment_of(request, segment)
    if request.method == "POST":
        return built(request, row)
    return builder(request, row, trees.lines_of(written(row.tree, row.workspace_id)))


def built(request: MemberRequest, row: Segment | None) -> HttpResponse:
    """What a form says: save it, or draw it anew with one line more or less."""
    found = edited(request)
    if request.POST.get("op") == "save":
        return save(request, row, found)
    return builder(request, row, found, is_changed=True)


def edited(request: MemberRequest) -> list[lines.Line]:
    """The lines of a form after the act for which it was sent: one more, one less, a value less."""
    found = lines.read({key: storable(", ".join(sent(request, key))) for key in request.POST})
    op, _colon, detail = request.POST.get("op", "").partition(":")
    if op == "add":
        group, _colon, kind = detail.partition(":")
        found = lines.add(found, int(group) if group.isdecimal() else 0, kind)
    if op == "drop" and detail.isdecimal():
        found = lines.drop(found, int(detail))
    if op == "unpick":
        place, _colon, value = detail.partition(":")
        found = lines.unpick(found, int(place) if place.isdecimal() else 0, value)
    return found


def sent(request: MemberRequest, key: str) -> list[str]:
    """What a form sent under one name: several values where a list is picked."""
    return [value for value in map(str, request.POST.getlist(key)) if value]


def save(request: MemberRequest, row: Segment | None, found: list[lines.Line]) -> HttpResponse:
    demand(request, "segments.edit")
    drawn, kept = trees.tree_of(found), request.POST
    if missing := next((line.missing for line in found if line.missing), ""):
        return builder(request, row, found, is_changed=True, problem=missing)
    name, description = kept.get("name", ""), kept.get("description", "")
    member = request.member
    try:
        if row is None:
            row = actions.create(
                workspace=request.workspace, member=member, tree=drawn, name=name, description=description
            )
        else:
            changed = None if row.frozen_at else drawn
            actions.change(row, member=member, tree=changed, name=name, description=description)
    except (SegmentError, TreeError) as error:
        return builder(request, row, found, is_changed=True, problem=str(error))
    messages.success(request, _("Saved."))
    return redirect("segments:show", public_id(row))


def builder(
    request: MemberRequest, row: Segment | None, found: list[lines.Line], *, is_changed: bool = False, problem: str = ""
) -> HttpResponse:
    """The page, or for htmx only what changes on it. Counts of a condition on numbers would tell them."""
    if masking.asks_for_numbers(trees.tree_of(found)):
        demand(request, masking.RIGHT)
    drawn = figures.draw(found, request.member, inside=row, seed=seed_of(request))
    if row is not None and not is_changed:
        actions.counted(row, drawn.people.people)
    opened = opened_with(request, drawn.people.people)
    context = {
        "segment": row,
        "segment_id": public_id(row) if row else "",
        "name": request.POST.get("name", row.name if row else ""),
        "description": request.POST.get("description", row.description if row else ""),
        "drawn": drawn,
        "top": rows_of(drawn, Choices(request.member)),
        "tree": json.dumps(drawn.tree, ensure_ascii=False),
        "people_url": people_url(row, drawn, is_changed),
        "opened": opened,
        "moved": drawn.people.people - opened,
        "is_changed": is_changed,
        "problem": problem,
        "crumbs": crumbs(_("Segments"), reverse("segments:list")),
        "address": request.path,
    }
    is_part = context["is_part"] = bool(request.headers.get("HX-Request")) and is_changed
    template = "segments/_builder.html" if is_part else "segments/builder.html"
    return render(request, template, context, status=422 if problem and not is_part else 200)


def people_url(row: Segment | None, drawn: figures.Drawn, is_changed: bool) -> str:
    """The people to act upon: those of the saved segment as it stands, or of the tree that is being edited."""
    tree: Any = {"segment": public_id(row)} if row is not None and not is_changed else drawn.tree
    return f"{reverse('segments:people')}?{urlencode({'tree': json.dumps(tree, ensure_ascii=False)})}"


def opened_with(request: MemberRequest, people: int) -> int:
    """How many people there were when the page was opened."""
    given = request.POST.get("opened", "")
    return int(given) if given.isdecimal() and len(given) < 12 else people


def seed_of(request: MemberRequest) -> int:
    """The chance by which the sample is drawn: another one when others are asked for."""
    if request.POST.get("op") == "others":
        return random.randrange(1, 10**6)
    given = request.POST.get("seed", "")
    return int(given) if given.isdecimal() and len(given) < 8 else 0


@right_required("contacts.view")
@require_POST
def ask_why(request: MemberRequest) -> HttpResponse:
    """Who is meant (`q`), or the verdict on one person (`contact`), for the tree in the form."""
    value = tree_in(request.POST.get("tree", ""))
    context: dict[str, Any] = {
        "q": storable(request.POST.get("q", "")).strip()[:100],
        "tree": request.POST.get("tree", ""),
    }
    if is_hidden(request, value):
        context["problem"] = _("Phone numbers are masked for you, so nobody can be looked for by a part of one.")
    elif chosen := request.POST.get("contact", ""):
        person = find(Contact.objects.visible_to(request.member), chosen)
        try:
            context |= {
                "person": person,
                "verdict": why(tree.read(value, workspace_id=request.member.workspace_id), person),
            }
        except TreeError as error:
            context["problem"] = str(error)
    elif context["q"]:
        wanted = search.Wanted(
            text=context["q"],
            home=request.workspace.country,
            is_whole_only=not masking.sees_whole(request.member),
        )
        context["found"] = [(public_id(each), each) for each in search.page(wanted).contacts[:FOUND]]
    return render(request, "segments/_why.html", context)


@right_required("contacts.view")
def people(request: MemberRequest) -> HttpResponse:
    """The people who fit a tree, page by page: where every count leads."""
    value, after = request.GET.get("tree", ""), request.GET.get("after", "")
    try:
        if is_hidden(request, tree_in(value)):
            raise TreeError(_("Phone numbers are masked for you, so nobody can be looked for by a part of one."))
        node = tree.read(tree_in(value), workspace_id=request.member.workspace_id)
    except TreeError as error:
        return render(request, "segments/people.html", {"problem": str(error), "crumbs": crumbs()}, status=422)
    below = int(after) if after.isdecimal() and len(after) < 19 else 0
    ids = queries.page(node, workspace_id=request.member.workspace_id, after=below, limit=search.PAGE + 1)
    rows = Contact.objects.visible_to(request.member).filter(pk__in=ids[: search.PAGE]).order_by("pk")
    shown = list(rows.prefetch_related("identities"))
    for person in shown:
        masking.mask_identities(person.identities.all(), request.member)
    context = {
        "says": sentence.say(node),
        "rows": [(public_id(each), each) for each in shown],
        "count": queries.count(node, workspace_id=request.member.workspace_id, limit_ms=1_500),
        "tree": value,
        "next": ids[search.PAGE - 1] if len(ids) > search.PAGE else None,
        "crumbs": crumbs(_("Segments"), reverse("segments:list")),
    }
    return render(request, "segments/people.html", context)


@right_required("segments.edit")
@require_POST
def act(request: MemberRequest, segment: str, verb: str) -> HttpResponse:
    """freeze, thaw, delete."""
    row = segment_of(request, segment)
    if verb not in ACTS:
        raise Http404
    try:
        ACTS[verb](row, member=request.member)
    except (SegmentError, TreeError) as error:
        messages.error(request, str(error))
        return redirect("segments:show", segment)
    messages.success(request, {"freeze": _("Frozen."), "thaw": _("It lives again."), "delete": _("Deleted.")}[verb])
    return redirect("segments:list") if verb == "delete" else redirect("segments:show", segment)


ACTS: dict[str, Any] = {"freeze": actions.freeze, "thaw": actions.thaw, "delete": actions.delete}


def segment_of(request: MemberRequest, segment: str) -> Segment:
    """The one door to a segment."""
    return find(Segment.objects.visible_to(request.member), segment)


def is_hidden(request: MemberRequest, value: Any) -> bool:
    """Whether the tree asks for what this member may not see."""
    return not masking.sees_whole(request.member) and masking.asks_for_numbers(value)


def tree_in(text: str) -> Any:
    """A tree in an address or a form; an empty one for what is none."""
    try:
        return json.loads(text) if text and len(text) <= LONGEST_TREE else {"all": []}
    except (ValueError, RecursionError):
        return {"all": []}


def crumbs(name: str = "", url: str = "") -> list[dict[str, str]]:
    found = [{"name": _("Contacts"), "url": reverse("contacts:list")}]
    return [*found, {"name": name, "url": url}] if name else found
