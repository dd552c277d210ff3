"""The health page, and what machines ask."""

import hmac
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tradewind import __version__
from tradewind.health import metrics, vitals
from tradewind.messages.actions import end_safe_mode as let_go_on
from tradewind.workspaces.door import before_first_run, right_required
from tradewind.workspaces.request import MemberRequest

# A proxy in front adds these: then the address that we see says nothing about who asks.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_HOST")
LOOPBACK = ("127.0.0.1", "::1")


@never_cache
@right_required("health.view")
def index(request: MemberRequest) -> HttpResponse:
    """Everything that a person looks at first when something seems wrong."""
    loops = vitals.vitals()
    silent = [loop for loop in loops if loop.is_silent]
    shows_all = "all" in request.GET
    context: dict[str, Any] = {
        "loops": loops,
        "silent": silent,
        "shown": loops if shows_all else silent,
        "shows_all": shows_all,
        "intake": vitals.intake(),
        "queue": vitals.queue(request.member),
        "numbers": vitals.numbers(request.member),
        "dead_letters": vitals.dead_letters(request.member),
        "safe_mode": vitals.safe_mode(),
        "ground": vitals.ground(),
        "gaps": vitals.gaps(request.member),
        "gaps_url": next(address("messages:reconciliation"), ""),
        "dead_letters_url": next(address("intake:dead_letters"), ""),
        "version": __version__,
        "live_topic": "health",
    }
    template = "health/_vitals.html" if request.headers.get("HX-Request") else "health/index.html"
    return render(request, template, context)


@require_POST
@right_required("health.act")
def end_safe_mode(request: MemberRequest) -> HttpResponse:
    """A person has looked and says: go on."""
    if let_go_on(member=request.member):
        messages.success(request, _("The sender goes on."))
    return redirect("health:index")


@never_cache
@require_safe
@before_first_run
def live(request: HttpRequest) -> JsonResponse:
    """Whether this process answers; asks nobody else."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
@before_first_run
def ready(request: HttpRequest) -> JsonResponse:
    """Whether work can be done here: 200 when the database answers, else 503. Names what limps."""
    try:
        problems = limping()
    except DatabaseError:
        connection.close()
        return JsonResponse({"status": "down", "problems": ["database"]}, status=503)
    return JsonResponse({"status": "limping" if problems else "ready", "problems": problems})


def address(name: str) -> Iterator[str]:
    """The address of a page, where its room offers it."""
    with suppress(NoReverseMatch):
        yield reverse(name)


def limping() -> list[str]:
    problems = [f"silent:{loop.name}" for loop in vitals.vitals() if loop.is_silent]
    if vitals.intake().is_late:
        problems.append("webhooks:late")
    if vitals.safe_mode():
        problems.append("safe_mode")
    return problems


@never_cache
@require_safe
@before_first_run
def figures(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for this machine itself, and for whoever has the token of TRADEWIND_METRICS_TOKEN."""
    if not (has_token(request) or is_local(request)):
        return HttpResponse("Not for you: send the metrics token as a bearer token.\n", "text/plain", status=403)
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)


def is_local(request: HttpRequest) -> bool:
    """Asked from this machine, not through a proxy on it."""
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not any(name in request.META for name in FORWARDED)


def has_token(request: HttpRequest) -> bool:
    token = settings.CONFIG.metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
