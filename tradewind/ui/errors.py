"""The page of what broke: our fault (500), or a trouble that passes by itself (503)."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.defaults import server_error

from tradewind.workspaces.troubles import is_passing

AGAIN_SECONDS = 30


def broken(request: HttpRequest) -> HttpResponse:
    """Django calls it while the exception is still at hand."""
    if not is_passing(sys.exc_info()[1]):
        return server_error(request)
    # Without a database nobody knows the member and their language: then the browser's counts.
    language = getattr(request, "LANGUAGE_CODE", None) or translation.get_language_from_request(request)
    with translation.override(language):
        answer = render(request, "503.html", status=503)
    answer["Retry-After"] = str(AGAIN_SECONDS)
    return answer
