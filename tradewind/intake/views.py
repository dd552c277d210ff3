"""The pages of dead letters: the list, one of them, trying again."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tradewind.intake import actions, queries, words
from tradewind.workspaces.door import find, public_id, right_required, row_of
from tradewind.workspaces.request import MemberRequest


@require_GET
@right_required("deadletters.view")
def index(request: MemberRequest) -> HttpResponse:
    """Events that failed for good, newest first; with ?healed=1 those that were healed."""
    is_healed = request.GET.get("healed") == "1"
    before = request.GET.get("before", "")
    rows, has_more = queries.page_of(
        request.member, healed=is_healed, before=row_of("deadletter", before) if before else None
    )
    page = {
        "rows": [(row, words.kind_of(row), words.state_of(row)) for row in rows],
        "waiting": queries.waiting(request.member),
        "unrouted": queries.unrouted(request.member),
        "tabs": tabs(request, is_healed),
        "is_healed": is_healed,
        "older": address(healed=is_healed, before=public_id(rows[-1])) if has_more else "",
        "part_url": address(healed=is_healed, before=before, part="1"),
        "live_topic": "deadletters",
    }
    return render(request, "intake/_dead_letters.html" if request.GET.get("part") else "intake/dead_letters.html", page)


def tabs(request: MemberRequest, is_healed: bool) -> list[dict[str, Any]]:
    waiting = queries.waiting(request.member)
    return [
        {"name": _("Waiting"), "url": address(), "current": not is_healed, "count": waiting},
        {"name": _("Healed"), "url": address(healed=True), "current": is_healed},
    ]


def address(*, healed: bool = False, before: str = "", part: str = "") -> str:
    """The list's address with what is set of these."""
    given = {"healed": "1" if healed else "", "before": before, "part": part}
    query = "&".join(f"{name}={value}" for name, value in given.items() if value)
    return f"{reverse('intake:dead_letters')}{'?' + query if query else ''}"


@require_GET
@right_required("deadletters.view")
def show(request: MemberRequest, letter: str) -> HttpResponse:
    """One dead letter: its error, and the form of its event."""
    found = find(queries.dead_letters(request.member), letter)
    page = {
        "crumbs": [{"name": _("Dead letters"), "url": reverse("intake:dead_letters")}],
        "letter": found,
        "kind": words.kind_of(found),
        "state": words.state_of(found),
        "event": json.dumps(found.event, indent=2, ensure_ascii=False),
        "live_topic": "deadletters",
    }
    return render(request, "intake/_dead_letter.html" if request.GET.get("part") else "intake/dead_letter.html", page)


@require_POST
@right_required("deadletters.replay")
def replay(request: MemberRequest, letter: str) -> HttpResponse:
    """Ask for one to be tried again."""
    found = find(queries.dead_letters(request.member), letter)
    if actions.ask_replay(found, member=request.member):
        messages.success(request, _("It is being tried again."))
    else:
        messages.info(request, _("Nothing to do: it is being tried again already, or it is healed."))
    return redirect("intake:dead_letter", letter)


@require_POST
@right_required("deadletters.replay")
def replay_all(request: MemberRequest) -> HttpResponse:
    """Ask for all that wait to be tried again."""
    asked = actions.ask_replay_all(member=request.member)
    said = ngettext("One event is being tried again.", "%(n)s events are being tried again.", asked) % {"n": asked}
    messages.success(request, said if asked else _("Nothing waits to be tried again."))
    return redirect("intake:dead_letters")
