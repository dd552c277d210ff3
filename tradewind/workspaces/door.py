"""The one door of every page: who is asking, may they, and is the thing theirs to see.

The middleware lets only members in, except to views marked `open_to_all`; the helpers here do the rest. A thing that
does not exist and a thing of another workspace look the same: 404.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tradewind.lib import publicid

View = Callable[..., Any]
V = TypeVar("V", bound=View)
M = TypeVar("M", bound=Model)


def open_to_all(view: V) -> V:
    """Marks a view that people who are not signed in may see."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def before_first_run(view: V) -> V:
    """Marks a view that must answer while there is no workspace yet (set-up, health for machines)."""
    view.before_first_run = True  # type: ignore[attr-defined]
    return view


def of_sign_in(view: V) -> V:
    """Marks a view that members use to make their sign-in safe: open to them before they have a second factor."""
    view.of_sign_in = True  # type: ignore[attr-defined]
    return view


def member_required(view: View) -> View:
    """Lets members of a workspace in, sends everybody else to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if getattr(request, "member", None) is None:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded


def right_required(*rights: str) -> Callable[[View], View]:
    """Lets members in who have all these rights, such as "campaigns.launch"; others get a page that says why not."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            demand(request, *rights)
            return view(request, *args, **kwargs)

        guarded.rights = (*getattr(view, "rights", ()), *rights)  # type: ignore[attr-defined]
        return member_required(guarded)

    return decorate


def proof_required(view: View) -> View:
    """For dangerous acts: asks once more who it is, unless they proved it in the last ten minutes.

    What was posted is kept meanwhile, and done afterwards.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        demand_proof(request)
        return view(request, *args, **kwargs)

    return guarded


def demand_proof(request: HttpRequest) -> None:
    """Raises `ReauthenticationRequired`, which allauth's middleware turns into its page, without a fresh proof."""
    # Not above: pages that nobody signs in to (the gallery of components) have this door and no allauth.
    from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required

    raise_if_reauthentication_required(request, app="allauth.account")


def allowed(request: HttpRequest, right: str) -> bool:
    """Whether the member (or the API key) behind this request has the right."""
    return right in getattr(request, "rights", frozenset())


def demand(request: HttpRequest, *rights: str) -> None:
    """Raises `PermissionDenied` naming the first right that is missing."""
    for right in rights:
        if not allowed(request, right):
            raise PermissionDenied(right)


def find(queryset: QuerySet[M], public_id: str, *, kind: str = "") -> M:
    """The row behind a public id, out of what the queryset lets be seen; else 404.

    `kind` is the kind of id; by default the model's name in lower case ("contact", "number", "campaign", …).
    """
    return _first(queryset.filter(pk=row_of(kind or kind_of(queryset.model), public_id)))


def kind_of(model: type[Model] | Model) -> str:
    """The kind of public id that a model's rows have."""
    return str(model._meta.model_name)


def public_id(row: Model) -> str:
    """The public id of a row, such as `find` takes."""
    return publicid.encode(kind_of(row), row.pk)


def row_of(kind: str, public_id: str) -> int:
    """The row number behind a public id; raises 404 for what is none."""
    try:
        return publicid.decode(kind, public_id)
    except ValueError:
        raise Http404 from None


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back again afterwards; partial requests are told to take the whole page there."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("account_login")})
    back = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{reverse('account_login')}{'?' + back if back else ''}")


def _first(queryset: QuerySet[M]) -> M:
    row = queryset.first()
    if row is None:
        raise Http404
    return row
