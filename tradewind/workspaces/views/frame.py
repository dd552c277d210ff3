"""The frame of the settings pages: their tabs, as far as the member may open them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.workspaces.door import allowed

# URL name, words, the right it takes ("" for everybody).
TABS: tuple[tuple[str, str | Promise, str], ...] = (
    ("settings:index", _("Workspace"), "settings.view"),
    ("settings:members", _("Members"), "members.view"),
    ("settings:keys", _("API keys"), "keys.manage"),
    ("contacts:scores", _("Scores"), "settings.view"),
    ("contacts:retention", _("Retention"), "settings.view"),
    ("settings:audit", _("Audit trail"), "audit.view"),
    ("settings:profile", _("You"), ""),
    ("settings:sign_in", _("Sign-in"), ""),
)


def settings_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Renders one of the settings pages within its tabs; never kept by a browser, because some show a secret once."""
    answer = render(request, template, {**context, "tabs": tabs(request)})
    answer["Cache-Control"] = "no-store"
    return answer


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"name": words, "url": reverse(name), "current": request.path == reverse(name)}
        for name, words, right in TABS
        if not right or allowed(request, right)
    ]
