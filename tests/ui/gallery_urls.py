"""The frame's own pages, and stand-ins at the addresses that the rooms bring."""

import time
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import include, path


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "404.html")  # any page will do; a failing status would stand in the console


def error(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, f"{code}.html", status=int(code[:3]))


def live(request: HttpRequest) -> StreamingHttpResponse:
    """Speaks three times a second, then hangs up: the browser must come back by itself."""

    def events() -> Iterator[str]:
        begin = int(request.headers.get("Last-Event-ID", request.GET.get("last_event_id", "0")))
        yield "retry: 300\n\n"
        for position in range(begin + 1, begin + 6):
            yield f"id: {position}\nevent: sample\ndata: {position}\n\n"
            time.sleep(0.3)

    return StreamingHttpResponse(events(), content_type="text/event-stream")


PULLED = {"count": 0}


def pulled(request: HttpRequest) -> HttpResponse:
    PULLED["count"] += 1
    return HttpResponse(f'<input id="kept" value="kept"><b>{PULLED["count"]}</b>')


def room(name: str, target: str) -> object:
    return path(f"{name}/", include(([path("", page, name=target)], name)))


urlpatterns = [
    path("", include("tradewind.ui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/login/", page, name="account_login"),
    path("accounts/logout/", page, name="account_logout"),
    path("error/<code>/", error),
    path("live", live),
    path("pulled/", pulled),
    room("contacts", "list"),
    room("campaigns", "list"),
    room("templates", "list"),
    room("numbers", "list"),
    room("health", "index"),
    room("settings", "index"),
]
