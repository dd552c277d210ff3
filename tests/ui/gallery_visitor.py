"""Who looks at the gallery: somebody who may open every place, as the frame asks for rights and knows no roles."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tradewind.ui.navigation import ENTRIES

EVERY_RIGHT = frozenset(entry.right for entry in ENTRIES if entry.right)


def as_owner(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: gives each request the rights that the rail asks for."""

    def answer_owner(request: HttpRequest) -> HttpResponse:
        request.rights = EVERY_RIGHT  # type: ignore[attr-defined]  # as the workspace's middleware does
        return answer(request)

    return answer_owner
