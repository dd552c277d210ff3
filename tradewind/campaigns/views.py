"""Pages of campaigns: door → form → action → render."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tradewind.campaigns import actions, export_csv, pages
from tradewind.campaigns.actions import CampaignError
from tradewind.campaigns.forms import ComposeForm, NewForm, sendable_templates, template_id, variable_fields
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.reasons import BY_WORD
from tradewind.workspaces import audit
from tradewind.workspaces.door import allowed, demand, find, public_id, right_required

PLAN_STATES = ("planning", "planned")
LIVE_STATES = ("running", "paused", "done", "cancelled")


def of(request: HttpRequest, campaign: str) -> Campaign:
    """The campaign behind a public id, if it is in the member's workspace; else 404."""
    rows = Campaign.objects.visible_to(request.member).select_related("template", "run", "workspace")
    return find(rows, campaign)


def to(name: str, campaign: Campaign) -> HttpResponse:
    return redirect(f"campaigns:{name}", campaign=public_id(campaign))


@right_required("campaigns.view")
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return create(request)
    before = request.GET.get("before", "")
    return render(request, "campaigns/index.html", pages.index(request.member, before) | {"form": NewForm()})


@right_required("campaigns.edit")
def create(request: HttpRequest) -> HttpResponse:
    form = NewForm(request.POST)
    if not form.is_valid():
        context = pages.index(request.member, "") | {"form": form}
        return render(request, "campaigns/index.html", context, status=422)
    campaign = actions.create(workspace=request.workspace, member=request.member, name=form.cleaned_data["name"])
    audit.note(request, "campaign.created", campaign, campaign.name)
    return to("compose", campaign)


@right_required("campaigns.view")
@require_GET
def show(request: HttpRequest, campaign: str) -> HttpResponse:
    """Leads to the page that fits how the campaign stands."""
    row = of(request, campaign)
    if row.state in LIVE_STATES:
        return to("live", row)
    return to("plan" if row.state in PLAN_STATES else "compose", row)


@right_required("campaigns.edit")
@require_http_methods(["GET", "POST"])
def compose(request: HttpRequest, campaign: str) -> HttpResponse:
    row = of(request, campaign)
    if row.state in LIVE_STATES:
        return to("live", row)
    form = ComposeForm(request.POST or None, member=request.member, campaign=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.plan(actions.change(row, member=request.member, **form.changes()), member=request.member)
        except CampaignError as error:
            form.add_error(None, str(error))
        else:
            audit.note(request, "campaign.planned", row, row.name)
            return to("plan", row)
    context = pages.compose(row, form, request.POST or None)
    return render(request, "campaigns/compose.html", context, status=422 if form.errors else 200)


@right_required("campaigns.edit")
@require_GET
def variables(request: HttpRequest, campaign: str) -> HttpResponse:
    """The fields of a template's variables and how it looks, fetched when another template is chosen."""
    row = of(request, campaign)
    chosen = sendable_templates(request.member).filter(pk=template_id(request.GET.get("template", ""))).first()
    context = {"campaign": row, "variables": variable_fields(chosen, row), "sample": pages.sample(chosen)}
    return render(request, "campaigns/_variables.html", context)


@right_required("campaigns.view")
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, campaign: str) -> HttpResponse:
    row = of(request, campaign)
    if request.method == "POST":
        return act(request, row, actions.plan, "campaign.planned", "plan", right="campaigns.edit")
    if row.state == "draft":
        return to("compose", row)
    template = "campaigns/_planning.html" if request.htmx and row.state == "planning" else "campaigns/plan.html"  # type: ignore[attr-defined]
    response = render(request, template, pages.plan(row, may_see_people=allowed(request, "contacts.view")))
    if request.htmx and row.state != "planning":  # type: ignore[attr-defined]
        response["HX-Refresh"] = "true"
    return response


@right_required("campaigns.view", "contacts.view")
@require_GET
def left_out(request: HttpRequest, campaign: str, reason: str) -> HttpResponse:
    row = of(request, campaign)
    if reason not in BY_WORD:
        return to("plan", row)
    return render(
        request, "campaigns/left_out.html", pages.left_out(row, BY_WORD[reason], request.GET.get("after", ""))
    )


@right_required("campaigns.launch")
@require_POST
def launch(request: HttpRequest, campaign: str) -> HttpResponse:
    return act(request, of(request, campaign), actions.launch, "campaign.launched", "live", otherwise="plan")


@right_required("campaigns.launch")
@require_POST
def pause(request: HttpRequest, campaign: str) -> HttpResponse:
    return act(request, of(request, campaign), actions.pause, "campaign.paused", "live")


@right_required("campaigns.launch")
@require_POST
def resume(request: HttpRequest, campaign: str) -> HttpResponse:
    return act(request, of(request, campaign), actions.resume, "campaign.resumed", "live")


@right_required("campaigns.launch")
@require_POST
def cancel(request: HttpRequest, campaign: str) -> HttpResponse:
    return act(request, of(request, campaign), actions.cancel, "campaign.cancelled", "show")


def act(
    request: HttpRequest,
    campaign: Campaign,
    verb: Callable[..., Any],
    noted_as: str,
    page: str,
    *,
    otherwise: str = "",
    right: str = "campaigns.launch",
) -> HttpResponse:
    """Do the verb, note it, go to its page; what cannot be done is said where the member was."""
    demand(request, right)
    try:
        verb(campaign, member=request.member)
    except CampaignError as error:
        messages.error(request, str(error))
        return to(otherwise or page, campaign)
    audit.note(request, noted_as, campaign, campaign.name)
    return to(page, campaign)


@right_required("campaigns.view")
@require_GET
def live(request: HttpRequest, campaign: str) -> HttpResponse:
    row = of(request, campaign)
    if row.state not in LIVE_STATES:
        return to("show", row)
    context = pages.live(row) | pages.log(row, request.GET, may_see_people=allowed(request, "contacts.view"))
    return render(request, "campaigns/live.html", context)


@right_required("campaigns.view")
@require_GET
def progress(request: HttpRequest, campaign: str) -> HttpResponse:
    return render(request, "campaigns/_progress.html", pages.live(of(request, campaign)))


@right_required("campaigns.view", "contacts.view")
@require_GET
def log(request: HttpRequest, campaign: str) -> HttpResponse:
    row = of(request, campaign)
    return render(request, "campaigns/_log.html", pages.log(row, request.GET, may_see_people=True))


@right_required("contacts.export")
@require_GET
def export(request: HttpRequest, campaign: str) -> StreamingHttpResponse:
    row = of(request, campaign)
    audit.note(request, "campaign.exported", row, row.name)
    show = request.GET.get("show", "all")
    response = StreamingHttpResponse(export_csv.lines(row, show), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="campaign-{public_id(row)}.csv"'
    return response
