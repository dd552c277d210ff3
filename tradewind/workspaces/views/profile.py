"""What is somebody's own: name, language, time zone, and in which of their workspaces they work."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.workspaces import actions, queries
from tradewind.workspaces.door import member_required, row_of
from tradewind.workspaces.forms import ProfileForm
from tradewind.workspaces.middleware import CHOSEN_WORKSPACE


@member_required
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language and zone; the other workspaces."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={name: getattr(user, name) for name in ProfileForm.base_fields})
    if request.method == "POST" and form.is_valid():
        actions.change_profile(user=user, **form.cleaned_data)
        with translation.override(user.locale):
            messages.success(request, _("Saved."))
        return redirect("workspaces:profile")
    return render(request, "workspaces/profile.html", {"form": form, "memberships": queries.memberships(user)})


@require_POST
@member_required
def choose_workspace(request: HttpRequest, workspace: str) -> HttpResponse:
    """From now on this browser works in another of the person's workspaces."""
    chosen = row_of("workspace", workspace)
    if chosen not in {member.workspace_id for member in queries.memberships(request.user)}:
        raise Http404
    request.session[CHOSEN_WORKSPACE] = chosen
    return redirect("/")
