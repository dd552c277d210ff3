"""Pieces of the compose page that fetch themselves, the test to oneself, and the domains of links."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tradewind.campaigns.composer import links, own_test
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.forms import ComposeForm, sendable_templates, template_id
from tradewind.campaigns.models import Campaign, LinkDomain
from tradewind.campaigns.pages import composing
from tradewind.campaigns.pages.parts import crumbs
from tradewind.lib.text import storable
from tradewind.messages.models import Message
from tradewind.numbers.models import Number
from tradewind.workspaces.door import allowed, demand, find, right_required
from tradewind.workspaces.request import MemberRequest

OVER = ("delivered", "read", "played", "failed", "skipped", "expired", "cancelled")
MOST_LOOKS = 90


def draft_of(request: MemberRequest, campaign: str) -> Campaign:
    rows = Campaign.objects.visible_to(request.member).select_related("template", "workspace")
    return find(rows.defer("waves"), campaign)


@right_required("campaigns.edit")
@require_http_methods(["GET", "POST"])
def variables(request: MemberRequest, campaign: str) -> HttpResponse:
    """The fields of a message's variables, fetched when another template is chosen or a free message is written on."""
    row = draft_of(request, campaign)
    if request.method == "POST":
        form = ComposeForm(request.POST, member=request.member, campaign=row)
        said = composing.chosen_message(row, form, request.POST)
        context = composing.of_message(row, said, request.POST) | {"campaign": row}
        return render(request, "campaigns/_variables.html", context)
    chosen = sendable_templates(request.member).filter(pk=template_id(request.GET.get("template", ""))).first()
    context = composing.of_message(row, chosen, None) | {"campaign": row}
    return render(request, "campaigns/_variables.html", context)


@right_required("campaigns.edit")
@require_POST
def preview(request: MemberRequest, campaign: str) -> HttpResponse:
    """The phone with the next person of the audience, and the advice, for what the form says now."""
    row = draft_of(request, campaign)
    context = previewed(request, row) | {"campaign": row} | composing.of_test(row, request.member)
    return render(request, "campaigns/_preview.html", context)


def previewed(request: MemberRequest, row: Campaign) -> dict[str, Any]:
    form = ComposeForm(request.POST, member=request.member, campaign=row)
    said, bound, audience = composing.posted(row, form, request.POST)
    asked = request.POST.get("place", "0")
    place = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    return composing.of_preview(row, request.member, said, bound, audience, place)


@right_required("campaigns.edit", "messages.send")
@require_POST
def test(request: MemberRequest, campaign: str) -> HttpResponse:
    """Send what the form says now to one phone, with the values of the person who is shown."""
    row = draft_of(request, campaign)
    try:
        message = send_test(request, row)
    except CampaignError as error:
        page = {"problem": str(error), "once": secrets.token_urlsafe(9), "campaign": row, "looks": 0}
        return render(request, "campaigns/_test.html", page)
    return test_page(request, row, message, 0)


def send_test(request: MemberRequest, row: Campaign) -> Message:
    data = request.POST
    form = ComposeForm(data, member=request.member, campaign=row)
    said, bound, audience = composing.posted(row, form, data)
    if said is None:
        raise CampaignError(_("Choose a template first."))
    people, _why = composing.people_of(row, said, bound, audience)
    asked = data.get("place", "0")
    place = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    values = people[place].values if place < len(people) else composing.fixed_values(bound)
    return own_test.send(
        row,
        member=request.member,
        said=said,
        bindings=bound,
        values={**composing.stand_ins(said, bound), **values},
        number=find(Number.objects.visible_to(request.member).present(), data.get("test-number", "")),
        phone=data.get("test-phone", ""),
        has_agreed=bool(data.get("test-agreed")),
        once=data.get("test-once", "")[:60] or secrets.token_urlsafe(9),
    )


@right_required("campaigns.edit", "messages.view")
@require_GET
def test_state(request: MemberRequest, campaign: str, message: str) -> HttpResponse:
    """How far a test got; it asks again by itself until that is settled."""
    row = draft_of(request, campaign)
    sent = Message.objects.filter(workspace=request.workspace, direction="out")
    looks = request.GET.get("looks", "0")
    return test_page(request, row, find(sent, message), int(looks) if looks.isdecimal() and len(looks) < 4 else 0)


def test_page(request: HttpRequest, row: Campaign, message: Message, looks: int) -> HttpResponse:
    is_open = message.state not in OVER and looks < MOST_LOOKS
    page = {
        "campaign": row,
        "message": message,
        "is_open": is_open or (message.state == "delivered" and looks < MOST_LOOKS),
        "looks": looks + 1,
        "once": secrets.token_urlsafe(9),
    }
    return render(request, "campaigns/_test.html", page)


@right_required("campaigns.view")
@require_http_methods(["GET", "POST"])
def domains(request: MemberRequest) -> HttpResponse:
    """The domains of links: one's own, and those that are meant."""
    if request.method == "POST":
        demand(request, "campaigns.edit")
        try:
            if gone := storable(request.POST.get("remove", "")):
                links.disallow(workspace=request.workspace, member=request.member, domain=gone)
            else:
                links.allow(workspace=request.workspace, member=request.member, address=request.POST.get("domain", ""))
        except CampaignError as error:
            messages.error(request, str(error))
        return redirect("campaigns:domains")
    rows = LinkDomain.objects.filter(workspace=request.workspace).select_related("added_by__user").order_by("domain")
    page = {"rows": rows, "may_change": allowed(request, "campaigns.edit"), "crumbs": crumbs()}
    return render(request, "campaigns/domains.html", page)
