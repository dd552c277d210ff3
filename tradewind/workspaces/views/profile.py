"""What is somebody's own: name, language, time zone, and in which of their workspaces they work."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.workspaces import actions
from tradewind.workspaces.door import before_first_run, member_required, row_of
from tradewind.workspaces.forms import ProfileForm
from tradewind.workspaces.middleware import CHOSEN_WORKSPACE, LANGUAGE_CODES
from tradewind.workspaces.request import MemberRequest
from tradewind.workspaces.views.frame import settings_page

A_YEAR = 365 * 24 * 3600


@member_required
def profile(request: MemberRequest) -> HttpResponse:
    """Name, language and zone; the password; going."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={name: getattr(user, name) for name in ProfileForm.base_fields})
    if request.method == "POST" and form.is_valid():
        actions.change_profile(user=user, **form.cleaned_data)
        with translation.override(user.locale):
            messages.success(request, _("Saved."))
        return redirect("settings:profile")
    return settings_page(request, "workspaces/profile.html", {"form": form})


@require_POST
@before_first_run
def choose_language(request: MemberRequest) -> HttpResponse:
    """Another language for a member from now on, for somebody else in this browser; then back to the page."""
    code, back = request.POST.get("language", ""), request.POST.get("next", "/")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        back = "/"
    answer = HttpResponseRedirect(back)
    if code in LANGUAGE_CODES:
        if request.member is not None:
            user = request.user
            actions.change_profile(user=user, name=user.name, locale=code, timezone=user.timezone)
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, max_age=A_YEAR, secure=settings.SECURE, httponly=True, samesite="Lax"
        )
    return answer


@require_POST
@member_required
def switch(request: MemberRequest) -> HttpResponse:
    """From now on this browser works in another of the person's workspaces."""
    chosen = row_of("workspace", request.POST.get("workspace", ""))
    if chosen not in {workspace.pk for workspace in request.workspaces}:
        raise Http404
    request.session[CHOSEN_WORKSPACE] = chosen
    return redirect("/")
