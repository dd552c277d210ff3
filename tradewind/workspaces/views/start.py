"""The first run, the page after it, and how invited people come in."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tradewind.workspaces import actions, places, walls
from tradewind.workspaces.door import before_first_run, member_required, open_to_all
from tradewind.workspaces.forms import JoinForm, SetUpForm, tell
from tradewind.workspaces.middleware import is_first_run
from tradewind.workspaces.models import Invitation, User
from tradewind.workspaces.signin import sign_in


@before_first_run
@never_cache
@sensitive_post_parameters("password")
def setup(request: HttpRequest) -> HttpResponse:
    """Asks once for the business and its owner; later it leads to the console."""
    if not is_first_run():
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = SetUpForm(request.POST or None, initial=proposed_place(request))
    if request.method == "POST" and form.is_valid():
        try:
            member = actions.set_up(**form.cleaned_data, locale=translation.get_language() or "en")
        except actions.AlreadySetUp:
            return redirect("account_login")
        sign_in(request, member.user)
        return redirect("workspaces:welcome")
    return render(request, "workspaces/setup.html", {"form": form})


@member_required
def welcome(request: HttpRequest) -> HttpResponse:
    """What to do first: a number, people, a template, a campaign, colleagues."""
    return render(request, "workspaces/welcome.html")


@open_to_all
@never_cache
@sensitive_post_parameters("password")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invited person makes their sign-in, or comes in with the one they have."""
    invitation = actions.invitation_of(token)
    if invitation is None:
        return render(request, "workspaces/join_closed.html", status=410)
    if request.user.is_authenticated and request.user.email == invitation.email:
        return join_as(request, invitation, request.user)
    if has_sign_in(invitation.email):
        return render(request, "workspaces/join_sign_in.html", {"invitation": invitation, "next": request.path})
    form = JoinForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            member = actions.accept_invitation(
                invitation=invitation, name=said["owner_name"], password=said["password"]
            )
        except (ValidationError, IntegrityError):
            tell(form, ValidationError(_("This invitation was used already. Sign in instead.")))
        else:
            sign_in(request, member.user)
            return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "workspaces/join.html", {"form": form, "invitation": invitation})


def join_as(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    """Somebody who is signed in already joins with one click."""
    if request.method != "POST":
        return render(request, "workspaces/join_as.html", {"invitation": invitation})
    try:
        member = actions.accept_invitation(invitation=invitation, user=user)
    except ValidationError:
        raise Http404 from None
    request.session["workspace"] = member.workspace_id
    return redirect(settings.LOGIN_REDIRECT_URL)


def has_sign_in(email: str) -> bool:
    with walls.outside():
        return User.objects.filter(email=email).exists()


def proposed_place(request: HttpRequest) -> dict[str, str]:
    """Country and zone guessed from the browser's languages, to be corrected by the person."""
    country = places.country_from(request.headers.get("Accept-Language", ""))
    return {"country": country, "timezone": places.zone_of_country(country)}
