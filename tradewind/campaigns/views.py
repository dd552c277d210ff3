"""Pages of campaigns: door → form → action → render."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tradewind.campaigns import actions, export_csv, suited
from tradewind.campaigns.approvals import rule, verbs
from tradewind.campaigns.errors import AlreadySo, CampaignError
from tradewind.campaigns.exclusions import reasons_of
from tradewind.campaigns.followups.shown import panel as follow_ups
from tradewind.campaigns.forms import ComposeForm, NewForm, sendable_templates
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages import composing, listing, live, logged, planned, reported
from tradewind.campaigns.reasons import REASONS
from tradewind.campaigns.trials.pages import panel as trial_panel
from tradewind.messages.media.views import with_files
from tradewind.workspaces import audit
from tradewind.workspaces.door import allowed, demand, find, public_id, right_required
from tradewind.workspaces.request import MemberRequest


def of(request: MemberRequest, campaign: str) -> Campaign:
    """The campaign behind a public id, if it is in the member's workspace; else 404."""
    rows = Campaign.objects.visible_to(request.member)
    related = rows.select_related("template", "run", "workspace", "launched_by__user", "state_by__user")
    return find(related.defer("audience", "waves"), campaign)


def is_piece(request: MemberRequest) -> bool:
    """Whether htmx asks for a piece of a page that is there already."""
    return "HX-Request" in request.headers


def to(name: str, campaign: Campaign) -> HttpResponse:
    return redirect(f"campaigns:{name}", campaign=public_id(campaign))


@right_required("campaigns.view")
@require_http_methods(["GET", "POST"])
def index(request: MemberRequest) -> HttpResponse:
    if request.method == "POST":
        return create(request)
    context = listing.index(request.member, request.GET.get("before", ""))
    name = "campaigns/_list.html" if is_piece(request) else "campaigns/index.html"
    return render(request, name, context | {"form": NewForm()})


@right_required("campaigns.edit")
def create(request: MemberRequest) -> HttpResponse:
    form = NewForm(request.POST)
    if form.is_valid():
        try:
            name = form.cleaned_data["name"]
            start = request.POST.get("template", "")
            template = find(sendable_templates(request.member), start) if start else None
            campaign = actions.create(workspace=request.workspace, member=request.member, name=name)
            if template is not None:
                suited.begin(campaign, template)
            return to("compose", campaign)
        except CampaignError as error:
            form.add_error("name", str(error))
    return render(request, "campaigns/index.html", listing.index(request.member, "") | {"form": form}, status=422)


@right_required("campaigns.view")
@require_GET
def show(request: MemberRequest, campaign: str) -> HttpResponse:
    """Leads to the page that fits how the campaign stands, and what the member may do with it."""
    row = of(request, campaign)
    if row.run_id is not None:
        return to("live", row)
    if row.state == "draft" and allowed(request, "campaigns.edit"):
        return to("compose", row)
    return to("plan", row)


@right_required("campaigns.edit")
@require_http_methods(["GET", "POST"])
def compose(request: MemberRequest, campaign: str) -> HttpResponse:
    row = of(request, campaign)
    if row.state not in ("draft", "planned"):
        return to("show", row)
    data = with_files(request) if request.method == "POST" else None
    form = ComposeForm(data, member=request.member, campaign=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.plan(actions.change(row, member=request.member, **form.changes()), member=request.member)
            return to("plan", row)
        except AlreadySo:
            return to("plan", row)
        except CampaignError as error:
            form.add_error(None, str(error))
    context = composing.compose(row, form, data, request.member)
    return render(request, "campaigns/compose.html", context, status=422 if form.errors else 200)


@right_required("campaigns.view")
@require_http_methods(["GET", "POST"])
def plan(request: MemberRequest, campaign: str) -> HttpResponse:
    row = of(request, campaign)
    if request.method == "POST":
        return act(request, row, actions.plan, "plan", right="campaigns.edit")
    see = request.GET.get("see", "")
    see_nth = int(see) if see.isascii() and see.isdigit() and len(see) < 4 else 0
    context = planned.plan(row, may_see_people=allowed(request, "contacts.view"), see=see_nth)
    context["approval"] = rule.standing(row, request.member)
    if see and is_piece(request):
        return render(request, "campaigns/_as_they_see_it.html", context)
    context |= {"trial_panel": trial_panel(row), "follow_ups": follow_ups(row)}
    if row.state == "planning" and is_piece(request):
        return render(request, "campaigns/_planning.html", context)
    response = render(request, "campaigns/plan.html", context)
    if is_piece(request):
        response["HX-Refresh"] = "true"
    return response


@right_required("campaigns.view", "contacts.view")
@require_GET
def left_out(request: MemberRequest, campaign: str, reason: str) -> HttpResponse:
    row = of(request, campaign)
    found = {each.word: each for each in (*reasons_of(row.plan), *REASONS)}.get(reason)
    if found is None:
        return to("plan", row)
    context = planned.left_out(row, found, request.GET.get("after", ""), request.member)
    return render(request, "campaigns/left_out.html", context)


@right_required("campaigns.launch")
@require_POST
def launch(request: MemberRequest, campaign: str) -> HttpResponse:
    """Launches, or asks for a second member's word where the workspace wants one."""
    return act(request, of(request, campaign), verbs.launch_or_ask, "show", otherwise="plan")


@right_required("campaigns.launch")
@require_POST
def pause(request: MemberRequest, campaign: str) -> HttpResponse:
    return act(request, of(request, campaign), actions.pause, "live", otherwise="show")


@right_required("campaigns.launch")
@require_POST
def resume(request: MemberRequest, campaign: str) -> HttpResponse:
    return act(request, of(request, campaign), verbs.resume_or_ask, "live", otherwise="show")


@right_required("campaigns.launch")
@require_POST
def cancel(request: MemberRequest, campaign: str) -> HttpResponse:
    return act(request, of(request, campaign), actions.cancel, "show")


def act(
    request: MemberRequest,
    campaign: Campaign,
    verb: Callable[..., Any],
    page: str,
    *,
    otherwise: str = "",
    right: str = "campaigns.launch",
) -> HttpResponse:
    """Do the verb and go to its page; what cannot be done is said where the member was. A second click is no error."""
    demand(request, right)
    try:
        verb(campaign, member=request.member)
    except AlreadySo:
        return to(page, campaign)
    except CampaignError as error:
        messages.error(request, str(error))
        return to(otherwise or page, campaign)
    return to(page, campaign)


@right_required("campaigns.view")
@require_GET
def live_page(request: MemberRequest, campaign: str) -> HttpResponse:
    row = of(request, campaign)
    if row.run_id is None:
        return to("show", row)
    people = logged.log_head(row, request.GET, may_see_people=allowed(request, "contacts.view"))
    context = live.live(row) | people | {"follow_ups": follow_ups(row), "approval": rule.standing(row, request.member)}
    return render(request, "campaigns/live.html", context)


@right_required("campaigns.view")
@require_GET
def progress(request: MemberRequest, campaign: str) -> HttpResponse:
    """The piece of the live page that fetches itself."""
    row = of(request, campaign)
    if row.run_id is None:
        return to("show", row)
    context = live.live(row) | {"approval": rule.standing(row, request.member)}
    return render(request, "campaigns/_progress.html", context)


@right_required("campaigns.view", "contacts.view")
@require_GET
def log(request: MemberRequest, campaign: str) -> HttpResponse:
    """The log by itself: a page of it, or the newest again."""
    context = logged.log_page(of(request, campaign), request.GET, may_see_people=True)
    return render(request, "campaigns/_log.html", context)


@right_required("campaigns.view", "contacts.export")
@require_GET
def export(request: MemberRequest, campaign: str) -> StreamingHttpResponse:
    row = of(request, campaign)
    rows = export_csv.of_log(row, logged.shown_filter(request.GET, "all"), get_language() or "en")
    return download(request, row, rows, f"campaign-{public_id(row)}.csv")


@right_required("campaigns.view", "contacts.export")
@require_GET
def export_left_out(request: MemberRequest, campaign: str) -> StreamingHttpResponse:
    row = of(request, campaign)
    rows = export_csv.of_left_out(row, get_language() or "en")
    return download(request, row, rows, f"campaign-{public_id(row)}-left-out.csv")


@right_required("campaigns.view")
@require_GET
def report(request: MemberRequest, campaign: str) -> HttpResponse:
    """What was planned beside what happened."""
    row = of(request, campaign)
    return to("show", row) if row.run_id is None else render(request, "campaigns/report.html", reported.report(row))


@right_required("campaigns.view", "contacts.export")
@require_GET
def export_report(request: MemberRequest, campaign: str) -> HttpResponse | StreamingHttpResponse:
    """Person by person: when it was to leave, when it left, what came of it and what it cost."""
    row = of(request, campaign)
    if row.run_id is None:
        return to("show", row)
    rows = export_csv.of_report(row, get_language() or "en")
    return download(request, row, rows, f"campaign-{public_id(row)}-report.csv")


def download(request: MemberRequest, campaign: Campaign, rows: Iterator[str], name: str) -> StreamingHttpResponse:
    """People leave the house: the audit trail says who took them."""
    audit.note(request, "campaign.exported", campaign, campaign.name)
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
