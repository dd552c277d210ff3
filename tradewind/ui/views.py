"""Pages of the frame itself: the way in, and the gallery of components."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from tradewind.ui import gallery as samples
from tradewind.ui import navigation
from tradewind.workspaces.door import before_first_run

# Where a member begins: the first of these that exists.
BEGINNINGS = ("campaigns:list", "contacts:list", "numbers:list")


def home(request: HttpRequest) -> HttpResponse:
    """The console's address leads to the first page of work. Strangers never come here: WorkspaceMiddleware."""
    targets = [url for name in BEGINNINGS for url in navigation.address(name)]
    return HttpResponseRedirect(targets[0] if targets else reverse("ui:gallery"))


@before_first_run
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in all its tones, for those who build pages; never in production."""
    if not samples.is_open():
        raise Http404
    return render(request, "ui/gallery.html", samples.content())
