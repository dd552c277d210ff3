"""The quarterly clean-up: the proposal, its people, and the acts, the last of them after a second look."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.contacts import jobs, queries, search
from tradewind.contacts.cleaning import acts, silence
from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import CleanAct, CleanUp, Contact
from tradewind.contacts.tags import tree
from tradewind.contacts.views.listing import crumbs
from tradewind.workspaces import walls
from tradewind.workspaces.door import demand, find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

LONGEST_TAG = 250


@right_required("contacts.batch")
def index(request: MemberRequest) -> HttpResponse:
    """The proposal that is open, with what was done; `part` is the progress alone."""
    proposal = silence.latest(request.workspace.pk)
    done = list(proposal.acts.select_related("tag", "member__user").order_by("-pk")) if proposal else []
    page = {
        "proposal": proposal,
        "id": public_id(proposal) if proposal else "",
        "acts": [(public_id(each), each) for each in done],
        "is_running": any(each.state == "running" for each in done),
        "tags": [tag.name for tag in queries.tags_of(request.member).filter(rule_id=None, archived_at=None)],
        "crumbs": crumbs(),
    }
    template = "contacts/_clean_acts.html" if request.GET.get("part") else "contacts/clean_up.html"
    return render(request, template, page)


@require_POST
@right_required("contacts.batch")
def look(request: MemberRequest) -> HttpResponse:
    """Count now, instead of waiting for the next quarter; many people are counted by the worker."""
    if queries.is_large(request.workspace.pk):
        jobs.ask_for_cleanup(request.workspace.pk)
        messages.success(request, _("The people are being looked at. With so many this takes some minutes."))
        return redirect("contacts:clean_up")
    with walls.outside():
        found = silence.propose(request.workspace)
    if found is None:
        messages.success(request, _("Nobody has been silent for six months."))
    return redirect("contacts:clean_up")


@right_required("contacts.batch")
def people(request: MemberRequest, cleanup: str) -> HttpResponse:
    """Who is meant, page by page."""
    proposal = find(CleanUp.objects.visible_to(request.member), cleanup)
    given = request.GET.get("after", "")
    after = int(given) if given.isdecimal() and len(given) < 19 else 0
    ids = silence.people_of(proposal, after=after, most=search.PAGE + 1)
    rows = Contact.objects.visible_to(request.member).filter(pk__in=ids[: search.PAGE]).order_by("pk")
    tags = {tag.pk: tag for tag in queries.tags_of(request.member)}
    page = {
        "proposal": proposal,
        "rows": queries.rows_of(rows.select_related("tag_row").prefetch_related("identities"), tags, request.member),
        "next": ids[search.PAGE - 1] if len(ids) > search.PAGE else None,
        "crumbs": [*crumbs(), {"name": _("Clean-up"), "url": reverse("contacts:clean_up")}],
    }
    return render(request, "contacts/clean_people.html", page)


@require_POST
@right_required("contacts.batch")
def act(request: MemberRequest, cleanup: str) -> HttpResponse:
    """tag, opt_out, close; erase shows what goes first, and is done when the number of people is typed in."""
    proposal = find(CleanUp.objects.visible_to(request.member).filter(closed_at=None), cleanup)
    wanted = request.POST.get("act", "")
    try:
        if wanted == "close":
            acts.close(proposal, member=request.member)
            return redirect("contacts:clean_up")
        if wanted == "erase":
            return erase(request, proposal)
        if wanted not in acts.DO:
            raise Http404
        acts.begin(proposal, act=wanted, member=request.member, **tag_for(request, wanted))
    except ContactError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Begun. You can stop it here."))
    return redirect("contacts:clean_up")


def tag_for(request: MemberRequest, wanted: str) -> dict[str, Any]:
    if wanted != "tag":
        return {}
    names = [request.POST.get("tag", "")[:LONGEST_TAG]]
    may_make = "tags.manage" in request.rights
    found = tree.named_all(request.workspace, names, request.member, may_make=may_make)
    if not found:
        raise ContactError(_("Say which tag."))
    return {"tag": found[0]}


def erase(request: MemberRequest, proposal: CleanUp) -> HttpResponse:
    demand(request, "contacts.erase")
    counted = silence.consequences(proposal)
    if request.POST.get("number", "").strip() == str(counted["people"]) and counted["people"]:
        acts.begin(proposal, act="erase", member=request.member)
        messages.success(request, _("They are being erased. You can stop it here; who is erased stays erased."))
        return redirect("contacts:clean_up")
    page = {
        "proposal": proposal,
        "id": public_id(proposal),
        "counted": counted,
        "is_wrong": "number" in request.POST,
        "crumbs": [*crumbs(), {"name": _("Clean-up"), "url": reverse("contacts:clean_up")}],
    }
    return render(request, "contacts/clean_erase.html", page, status=422 if page["is_wrong"] else 200)


@require_POST
@right_required("contacts.batch")
def stop(request: MemberRequest, cleanact: str) -> HttpResponse:
    """Go no further."""
    acts.stop(find(CleanAct.objects.visible_to(request.member), cleanact), member=request.member)
    return redirect("contacts:clean_up")
