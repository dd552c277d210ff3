"""Weights and thresholds of scores, grades and life cycle."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tradewind.contacts.standing import changing
from tradewind.contacts.standing.forms import ScoresForm
from tradewind.workspaces.door import allowed, right_required
from tradewind.workspaces.request import MemberRequest
from tradewind.workspaces.views.frame import settings_page


@right_required("settings.view")
def settings(request: MemberRequest) -> HttpResponse:
    """The page; a change reaches everybody within the hour. `usual` takes all of them back."""
    may_change = allowed(request, "settings.manage")
    if request.method == "POST" and may_change and "usual" in request.POST:
        changing.change(by=request.member, values={})
        messages.success(request, _("Everything is as it usually is. Scores follow within the hour."))
        return redirect("contacts:scores")
    form = ScoresForm(request.POST) if request.method == "POST" and may_change else None
    if form is not None and form.is_valid():
        if changing.change(by=request.member, values=form.settings()):
            messages.success(request, _("Saved. Scores, grades and stages follow within the hour."))
        return redirect("contacts:scores")
    form = form or ScoresForm.of(changing.of(request.workspace))
    return settings_page(
        request, "contacts/scores.html", {"form": form, "groups": form.groups(), "may_change": may_change}
    )
