"""The first run, the page after it, and how invited people come in."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tradewind.workspaces import actions, places, walls
from tradewind.workspaces.door import allowed, before_first_run, member_required, open_to_all
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
    return render(request, "workspaces/welcome.html", {"steps": list(steps(request))})


@dataclass(frozen=True)
class Step:
    """One of the first steps: what to do, why, and where. `target` is a URL name."""

    target: str
    right: str
    icon: str
    title: str | Promise
    words: str | Promise
    act: str | Promise

    @property
    def url(self) -> str:
        return reverse(self.target)


STEPS = (
    Step(
        "numbers:list",
        "numbers.manage",
        "smartphone",
        _lazy("Connect a number"),
        _lazy("Your Meta app's secret and a token; Tradewind finds accounts, numbers and templates by itself."),
        _lazy("Connect"),
    ),
    Step(
        "contacts:list",
        "contacts.edit",
        "users",
        _lazy("Bring your contacts"),
        _lazy("With their consent to marketing and its proof. Nobody without it gets a campaign."),
        _lazy("Contacts"),
    ),
    Step(
        "campaigns:list",
        "campaigns.edit",
        "send",
        _lazy("Plan a campaign"),
        _lazy(
            "The plan shows who gets it, who does not and why, when it ends and what it costs, before anything leaves."
        ),
        _lazy("Campaigns"),
    ),
    Step(
        "settings:members",
        "members.manage",
        "user-plus",
        _lazy("Invite colleagues"),
        _lazy("Each with a role: what they may see, send and change."),
        _lazy("Invite"),
    ),
)


def steps(request: HttpRequest) -> Iterator[Step]:
    """The first steps that this member may take and that this installation has pages for."""
    for step in STEPS:
        if allowed(request, step.right):
            try:
                reverse(step.target)
            except NoReverseMatch:
                continue
            yield step


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
    if request.user.is_authenticated:
        return render(request, "workspaces/join_other.html", {"invitation": invitation, "next": request.path})
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
    """The country guessed from the browser's languages, to be corrected by the person; the zone follows it."""
    return {"country": places.country_from(request.headers.get("Accept-Language", ""))}
