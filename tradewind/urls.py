"""All pages: each room brings its own."""

from importlib.util import find_spec

from django.urls import include, path
from django.urls.resolvers import URLResolver

ROOMS = (
    "workspaces",
    "numbers",
    "contacts",
    "segments",
    "templates",
    "messages",
    "campaigns",
    "intake",
    "api",
    "health",
    "ui",
)

handler500 = "tradewind.ui.errors.broken"


def pages_of(room: str) -> list[URLResolver]:
    name = f"tradewind.{room}.urls"
    return [path("", include(name))] if find_spec(name) else []


urlpatterns: list[URLResolver] = []
for room in ROOMS:
    urlpatterns += pages_of(room)
