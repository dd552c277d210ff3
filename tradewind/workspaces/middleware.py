"""Who is asking, in which workspace and language; and the walls round the database connection while they ask.

Everything is looked up at each request, so a right that is taken is gone at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from tradewind.lib.zones import usable
from tradewind.workspaces import audit, devices, keys, walls
from tradewind.workspaces.door import to_sign_in
from tradewind.workspaces.models import Member, Workspace

Handler = Callable[[HttpRequest], HttpResponseBase]
CHOSEN_WORKSPACE = "workspace"  # session key: the workspace last chosen by somebody who is in several
LANGUAGE_CODES = frozenset(code for code, _ in settings.LANGUAGES)
NUL = "%00"  # no text of ours has it, and PostgreSQL cannot keep it
# Told to machines without a sign-in, also while the database is away: nothing is looked up, no walls are needed.
FOR_MACHINES = frozenset({"/health", "/health/live", "/metrics"})
# Sign-in's own pages check by themselves who is asking.
ALWAYS_OPEN = "allauth."


class LanguageMiddleware:
    """The member's language and time zone; without a member the cookie's or the browser's language."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        with translation.override(language), timezone.override(zone_of(request)):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if getattr(request, "member", None) is None:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class WorkspaceMiddleware:
    """Sets `request.member`, `request.workspace` and `request.rights`, and binds the connection for the request.

    Without a member the connection is bound to no workspace at all. Runs before LanguageMiddleware.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if holds_nul(request) and not is_for_programs(request):
            return HttpResponseBadRequest("The address holds a NUL character.\n", "text/plain")
        if request.path in FOR_MACHINES:
            stand(request, None)
            return self.get_response(request)
        if is_for_programs(request):
            stand_by_key(request)
        else:
            stand(request, *standing_of(request))
            if request.user.is_authenticated:
                devices.note(request)
        with walls_of(request), audit.during(request):
            response = self.get_response(request)
        if response.streaming and not isinstance(response, FileResponse):
            response.streaming_content = within(walls_of(request), response.streaming_content)  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Nobody comes further without a membership, whatever a view forgot; before the first run all go to set-up.

        Where the workspace demands two factors, nobody without a second one comes further than to where they get it.
        """
        if is_for_programs(request):
            return None  # the API answers by itself, in JSON
        if request.member is not None:  # type: ignore[attr-defined]
            return to_second_factor(request, view)
        if getattr(view, "before_first_run", False):
            return None
        if is_first_run():
            return HttpResponseRedirect(reverse("workspaces:setup"))
        if getattr(view, "open_to_all", False) or view.__module__.startswith(ALWAYS_OPEN):
            return None
        return to_sign_in(request)


def to_second_factor(request: HttpRequest, view: Any) -> HttpResponseBase | None:
    """To where a member sets a second factor up, if the workspace demands it and they have none; else None."""
    if not lacks_second_factor(request.member) or is_of_sign_in(view):  # type: ignore[attr-defined]
        return None
    if request.headers.get("HX-Request"):
        return HttpResponse(status=403, headers={"HX-Redirect": reverse("settings:sign_in")})
    return HttpResponseRedirect(reverse("settings:sign_in"))


def lacks_second_factor(member: Member) -> bool:
    """Whether the workspace demands two factors of this member, who has one only."""
    return member.workspace.second_factor_demanded and not member.user.has_second_factor


def is_of_sign_in(view: Any) -> bool:
    return getattr(view, "of_sign_in", False) or view.__module__.startswith(ALWAYS_OPEN)


def holds_nul(request: HttpRequest) -> bool:
    return NUL in request.META.get("QUERY_STRING", "") or "\x00" in request.path


def is_for_programs(request: HttpRequest) -> bool:
    """Programs come with a key, never with a session: so no other site can use somebody's cookie there."""
    return request.path.startswith("/api/")


def stand(request: HttpRequest, member: Member | None, workspaces: Sequence[Workspace] = ()) -> None:
    """Gives the request its member, workspace and rights (none without a member), and all the person's workspaces."""
    request.member = member  # type: ignore[attr-defined]
    request.workspace = member.workspace if member else None  # type: ignore[attr-defined]
    request.workspaces = workspaces  # type: ignore[attr-defined]
    request.rights = member.rights if member else frozenset()  # type: ignore[attr-defined]
    request.api_key = None  # type: ignore[attr-defined]


def stand_by_key(request: HttpRequest) -> None:
    """The same for a program: it acts for the member who made its key, within the key's scopes."""
    key = keys.key_of(request)
    stand(request, key.member if key else None)
    if key is not None:
        request.api_key, request.rights = key, keys.rights_of(key)  # type: ignore[attr-defined]


def standing_of(request: HttpRequest) -> tuple[Member | None, list[Workspace]]:
    """The membership that somebody signed in acts under (the one last chosen, else the oldest), and all workspaces."""
    if not request.user.is_authenticated:
        return None, []
    found = request.user.memberships
    chosen = request.session.get(CHOSEN_WORKSPACE) if len(found) > 1 else None
    acting = next((member for member in found if member.workspace_id == chosen), found[0] if found else None)
    return acting, [member.workspace for member in found]


def walls_of(request: HttpRequest) -> AbstractContextManager[None]:
    member: Member | None = request.member  # type: ignore[attr-defined]
    return walls.inside(member.workspace_id) if member else walls.nowhere()


def within(standing: AbstractContextManager[None], content: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a streamed answer, made inside the walls like the rest of the request."""
    with standing:
        yield from content


def is_first_run() -> bool:
    """Whether nobody has set this installation up yet."""
    with walls.outside():
        return not Workspace.objects.exists()


def language_of(request: HttpRequest) -> str:
    member = getattr(request, "member", None)
    if is_for_programs(request):
        return settings.LANGUAGE_CODE  # a program reads codes and shows sentences to who knows whom
    if member is not None and member.user.locale in LANGUAGE_CODES:
        return str(member.user.locale)
    return translation.get_language_from_request(request)


def zone_of(request: HttpRequest) -> ZoneInfo:
    member = getattr(request, "member", None)
    name = (member.user.timezone or member.workspace.timezone) if member else settings.TIME_ZONE
    return ZoneInfo(usable(name))
