"""A workspace's own settings, its kill switch and its audit trail."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.workspaces import actions, audit, audit_search, queries
from tradewind.workspaces.door import allowed, demand_proof, member_required, right_required
from tradewind.workspaces.forms import SettingsForm, StopForm
from tradewind.workspaces.models import Workspace
from tradewind.workspaces.request import MemberRequest
from tradewind.workspaces.views.frame import settings_page


@member_required
def index(request: MemberRequest) -> HttpResponse:
    """Name, place, quiet hours, caps, and the kill switch; who may not see these comes to what is their own."""
    if not allowed(request, "settings.view"):
        return redirect("settings:profile")
    may_change = allowed(request, "settings.manage")
    form = SettingsForm(request.POST) if request.POST and may_change else SettingsForm.of(request.workspace)
    if request.method == "POST" and may_change and form.is_valid():
        if changes_guards(request.workspace, form.cleaned_data):
            demand_proof(request)
        if actions.change_settings(by=request.member, values=form.cleaned_data):
            messages.success(request, _("Saved. Campaigns that are planned from now on go by it."))
        return redirect("settings:index")
    return settings_page(
        request, "workspaces/settings.html", {"form": form, "may_change": may_change, "stop": StopForm()}
    )


def changes_guards(workspace: Workspace, said: dict[str, Any]) -> bool:
    """Whether what protects the workspace would be changed."""
    return any(said[name] != getattr(workspace, name) for name in actions.GUARDED_SETTINGS)


@require_POST
@right_required("sending.stop")
def stop_sending(request: MemberRequest) -> HttpResponse:
    """The kill switch, on."""
    form = StopForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.stop_sending(by=request.member, reason=reason)
    messages.success(request, _("All sending is stopped. What Meta already has still arrives."))
    return redirect("settings:index")


@require_POST
@right_required("sending.stop")
def resume_sending(request: MemberRequest) -> HttpResponse:
    """The kill switch, off."""
    actions.resume_sending(by=request.member)
    messages.success(request, _("Sending goes on where it stopped."))
    return redirect("settings:index")


@right_required("audit.view")
def audit_trail(request: MemberRequest) -> HttpResponse:
    """Who did what, newest first, page by page."""
    page = audit_search.page(request.member, request.GET)
    context = {"page": page, "abouts": audit_search.choices(), "people": queries.people(request.member)}
    return settings_page(request, "workspaces/audit.html", context)


@right_required("audit.view")
def audit_export(request: MemberRequest) -> StreamingHttpResponse:
    """The lines that the page's filters let through, all of them; the trail says who took them."""
    found = audit_search.lines(request.member, request.GET)
    audit.note(request, "workspace.trail_exported", summary=urlencode(audit_search.asked_of(request.GET)))
    answer = StreamingHttpResponse(audit_search.as_csv(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit-trail.csv"'
    return answer
