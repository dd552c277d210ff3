"""A workspace's own settings, its kill switch, its API keys and its audit trail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.workspaces import actions, audit, keys, queries
from tradewind.workspaces.door import allowed, find, right_required
from tradewind.workspaces.forms import KeyForm, SettingsForm, StopForm
from tradewind.workspaces.models import ApiKey


@right_required("audit.view")
def general(request: HttpRequest) -> HttpResponse:
    """Name, place, quiet hours, caps, and the kill switch."""
    may_change = allowed(request, "settings.manage")
    form = SettingsForm(request.POST) if request.POST and may_change else SettingsForm.of(request.workspace)
    if request.method == "POST" and may_change and form.is_valid():
        if actions.change_settings(by=request.member, values=form.cleaned_data):
            messages.success(request, _("Saved. Campaigns that are planned from now on go by it."))
        return redirect("workspaces:settings")
    return render(request, "workspaces/settings.html", {"form": form, "may_change": may_change, "stop": StopForm()})


@require_POST
@right_required("sending.stop")
def stop_sending(request: HttpRequest) -> HttpResponse:
    """The kill switch, on."""
    form = StopForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.stop_sending(by=request.member, reason=reason)
    messages.success(request, _("All sending is stopped. What Meta already has still arrives."))
    return redirect("workspaces:settings")


@require_POST
@right_required("sending.stop")
def resume_sending(request: HttpRequest) -> HttpResponse:
    """The kill switch, off."""
    actions.resume_sending(by=request.member)
    messages.success(request, _("Sending goes on where it stopped."))
    return redirect("workspaces:settings")


@right_required("keys.manage")
def api_keys(request: HttpRequest) -> HttpResponse:
    """The keys, and a form for a new one; a new key is shown on the answer to that form and never again."""
    form, token = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        _key, token = keys.create(
            by=request.member, name=said["name"], scopes=said["scopes"], expires_at=form.expires_at()
        )
        form = KeyForm()
    found = queries.api_keys(request.member)
    answer = render(request, "workspaces/keys.html", {"form": form, "token": token, "keys": found})
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@right_required("keys.manage")
def revoke_key(request: HttpRequest, key: str) -> HttpResponse:
    """A key stops working at once."""
    keys.revoke(key=find(ApiKey.objects.visible_to(request.member), key), by=request.member)
    messages.success(request, _("The key is revoked. Programs that use it are refused from now on."))
    return redirect("workspaces:keys")


@right_required("audit.view")
def audit_trail(request: HttpRequest) -> HttpResponseBase:
    """Who did what, newest first, page by page."""
    page = queries.audit_page(
        request.member,
        before=request.GET.get("before", ""),
        by=request.GET.get("by", ""),
        about=request.GET.get("about", ""),
    )
    template = "workspaces/audit_rows.html" if request.htmx and request.GET.get("before") else "workspaces/audit.html"
    return render(request, template, {"page": page, "abouts": audit.ABOUT, "people": queries.people(request.member)})
