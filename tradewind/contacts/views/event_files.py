"""Files of events: sending one, saying what its columns are, checking, watching. How they move is as with people."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tradewind.contacts.errors import ContactError
from tradewind.contacts.facts.uploads.words import OFFERED, TARGETS
from tradewind.contacts.imports import seen, sniffing, verbs, words
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.models import Import
from tradewind.contacts.standing.words import EVENTS
from tradewind.contacts.views import imports
from tradewind.workspaces.door import right_required
from tradewind.workspaces.places import country_choices
from tradewind.workspaces.request import MemberRequest


@right_required("contacts.import")
def index(request: MemberRequest) -> HttpResponse:
    """The file to send, and the last ones. POST takes a file from a browser without scripts."""
    if request.method == "POST":
        return imports.take(request, "events")
    return render(request, "contacts/event_files.html", imports.index_of(request, "events"))


@require_GET
@right_required("contacts.import")
def show(request: MemberRequest, imported: str) -> HttpResponse:
    """Columns and check while it is a draft; later how far it is, and what came of it."""
    of = imports.one(request, imported)
    if of.kind != "events":
        return redirect("contacts:import", imported)
    page = {**imports.page_of(request, of, imported), "figures": figures(of)}
    if of.state == "draft":
        return render(request, "contacts/event_file_draft.html", {**page, **draft_of(of)})
    return render(request, "contacts/event_file.html", page)


def figures(of: Import) -> dict[str, Any]:
    """The sums of a check or a run, and the shares of its bar."""
    counts = of.preview if of.state in ("draft", "checking") else of.counts
    said = {name: int(counts.get(name, 0)) for name in ("recorded", "repeated", "rejected", "created")}
    parts = [
        {"name": _("New"), "count": said["recorded"], "shade": "1"},
        {"name": _("Told before"), "count": said["repeated"], "shade": "4"},
        {"name": _("Left out"), "count": said["rejected"], "shade": "bad"},
    ]
    return {**said, "parts": parts, "total": said["recorded"] + said["repeated"] + said["rejected"]}


def draft_of(of: Import) -> dict[str, Any]:
    columns = [] if of.shape.get("kind") == "json" else seen.columns(of)
    event = of.options.get("event", "")
    return {
        "columns": [(column, choices(column.column)) for column in columns],
        "used": sum(column.column.to != "skip" for column in columns),
        "doubt": next((each for each in columns if each.doubt and each.column.day_first is None), None),
        "countries": country_choices(get_language() or "en"),
        "encodings": sniffing.ENCODINGS,
        "offered": [(name, EVENTS[name][1], name == event) for name in OFFERED],
        "own_name": "" if event in OFFERED else event,
        "says_event": any(column.column.to == "event" for column in columns),
        "zone": of.workspace.timezone,
        "events": [preview_of(each) for each in of.preview.get("events", [])],
        "first_refused": [
            (each, words.reason_of(each["reason"], each["detail"])) for each in of.preview.get("rejects", [])
        ],
    }


def preview_of(event: dict[str, Any]) -> dict[str, Any]:
    """An event of the first rows, with words for its name and its time as a moment."""
    name = event["event"]
    at = datetime.fromisoformat(event["at"])
    return {**event, "name": EVENTS[name][1] if name in EVENTS else name, "when": at}


def choices(column: Column) -> list[tuple[str, str, bool]]:
    """What a column may become: (value, words, whether it does)."""
    now = imports.value_of(column)
    found = [(to, str(name)) for to, name in TARGETS.items() if to not in ("field", "skip")]
    key = column.key or column.head
    if key:
        found.append((f"field:{key}", _("Kept as: %(name)s") % {"name": key}))
    found.append(("skip", str(TARGETS["skip"])))
    return [(value, name, value == now) for value, name in found]


@require_POST
@right_required("contacts.import")
def columns(request: MemberRequest, imported: str) -> HttpResponse:
    """What the columns become and what each row is; then the whole file is checked, or recorded as it was checked."""
    of = imports.one(request, imported)
    if of.kind != "events":
        return redirect("contacts:import", imported)
    try:
        if said := imports.reread(request, of):
            verbs.reshape(of, **said)
        else:
            go_on(request, of)
    except ContactError as error:
        messages.error(request, str(error))
    return redirect("contacts:event_file", imported)


def go_on(request: MemberRequest, of: Import) -> None:
    """Nothing is recorded that was not looked at in just this way. Raises ContactError."""
    verbs.set_mapping(of, mapping=imports.mapping_of(request, of), options=options_of(request))
    if request.POST.get("then") == "start" and of.preview:
        verbs.start(of, member=request.member)
    else:
        verbs.check(of)


def options_of(request: MemberRequest) -> dict[str, Any]:
    return {
        "country": request.POST.get("country", "")[:60],
        "event": (request.POST.get("event_named") or request.POST.get("event", ""))[:80],
        "create_contacts": request.POST.get("create_contacts") == "on",
    }
