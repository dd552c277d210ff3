"""Importing people: sending a file, saying what its columns are, checking, watching, undoing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tradewind.contacts import queries
from tradewind.contacts.errors import ContactError
from tradewind.contacts.imports import rejects as rejected
from tradewind.contacts.imports import seen, sniffing, verbs, words
from tradewind.contacts.imports.sources import PIECE_BYTES
from tradewind.contacts.models import ContactField, Import
from tradewind.contacts.views.listing import crumbs
from tradewind.lib import clock
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.places import country_choices
from tradewind.workspaces.request import MemberRequest

SHOWN = 50
INDEX = {"people": "contacts:imports", "events": "contacts:event_files"}
AT_WORK = ("checking", "waiting", "running", "undoing")
VERBS = {
    "start": verbs.start,
    "pause": verbs.pause,
    "resume": verbs.resume,
    "cancel": verbs.cancel,
    "undo": verbs.undo,
    "anyway": verbs.go_on_anyway,
}


@right_required("contacts.import")
def index(request: MemberRequest) -> HttpResponse:
    """The file to send, and the last imports. POST takes a file from a browser without scripts."""
    if request.method == "POST":
        return take(request, "people")
    return render(request, "contacts/imports.html", index_of(request, "people"))


def index_of(request: MemberRequest, kind: str) -> dict[str, Any]:
    """What the page of one kind of files shows; the other kind is beside it."""
    found = Import.objects.visible_to(request.member).filter(kind=kind).exclude(state="uploading")
    some = found.select_related("member__user").order_by("-pk")[:SHOWN]
    names = {"people": _("People"), "events": _("Events")}
    return {
        "rows": [(each, public_id(each), words.STATES[each.state]) for each in some],
        "kinds": [{"name": name, "url": reverse(INDEX[each]), "current": each == kind} for each, name in names.items()],
        "crumbs": crumbs(),
        "piece": PIECE_BYTES,
    }


def take(request: MemberRequest, kind: str) -> HttpResponse:
    """The whole file at once, from a browser without scripts."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect(INDEX[kind])
    of = verbs.begin(workspace=request.workspace, member=request.member, file_name=file.name or "", kind=kind)
    try:
        for place, body in enumerate(file.chunks(PIECE_BYTES)):
            verbs.add_piece(of, place=place, body=body)
        verbs.complete(of)
    except ContactError as error:
        of.delete()
        messages.error(request, str(error))
        return redirect(INDEX[kind])
    return redirect("contacts:import", public_id(of))


@require_POST
@right_required("contacts.import")
def begin(request: MemberRequest) -> JsonResponse:
    """A file is coming in pieces: where to send them. ?kind=events: it holds events."""
    kind = "events" if request.GET.get("kind") == "events" else "people"
    name = request.POST.get("name", "")
    of = verbs.begin(workspace=request.workspace, member=request.member, file_name=name, kind=kind)
    return JsonResponse({"piece": reverse("contacts:import_piece", args=[public_id(of)])})


@require_POST
@right_required("contacts.import")
def piece(request: MemberRequest, imported: str) -> JsonResponse:
    """One piece (?place=0 …), or with ?last=1 the end: the file is looked at, and the page to go on is told."""
    of = one(request, imported)
    try:
        if request.GET.get("last"):
            verbs.complete(of)
            return JsonResponse({"next": reverse("contacts:import", args=[imported])})
        place = request.GET.get("place", "")
        verbs.add_piece(of, place=int(place) if place.isdecimal() and len(place) < 7 else 0, body=request.body)
    except ContactError as error:
        return JsonResponse({"problem": str(error)}, status=422)
    return JsonResponse({})


def one(request: MemberRequest, imported: str) -> Import:
    return find(Import.objects.visible_to(request.member).select_related("workspace", "member__user"), imported)


@require_GET
@right_required("contacts.import")
def show(request: MemberRequest, imported: str) -> HttpResponse:
    """Columns and check while it is a draft; later how far it is, and what came of it."""
    of = one(request, imported)
    if of.kind == "events":
        return redirect("contacts:event_file", imported)
    page = page_of(request, of, imported)
    if of.state == "draft":
        return render(request, "contacts/import_draft.html", {**page, **draft_of(request, of)})
    return render(request, "contacts/import.html", page)


def page_of(request: MemberRequest, of: Import, imported: str) -> dict[str, Any]:
    counts = of.counts if of.state not in ("draft", "checking") else of.preview
    refused = [] if of.state == "draft" else list(of.rejects.order_by("row")[:6])
    return {
        "of": of,
        "id": imported,
        "crumbs": [*crumbs(), {"name": _("Import"), "url": reverse(INDEX[of.kind])}],
        "steps": steps(of, imported),
        "state": words.STATES[of.state],
        "is_at_work": of.state in AT_WORK,
        "live_topic": "imports" if of.state in AT_WORK else "",
        "may_undo": verbs.may_undo(of),
        "may_make_tags": "tags.manage" in request.rights,
        "undo_days": max(0, verbs.UNDO_DAYS - (clock.now() - of.finished_at).days) if of.finished_at else 0,
        "figures": figures(counts, of.rows_total or 0),
        "reasons": reasons(of.preview.get("reasons", {}) if of.state in ("draft", "checking") else of.reasons),
        "refused": [(each, words.reason_of(each.reason, each.detail)) for each in refused],
    }


def steps(of: Import, imported: str) -> list[dict[str, Any]]:
    is_checked = of.state == "asking" or (of.state == "draft" and bool(of.preview))
    here = "check" if is_checked else "columns" if of.state == "draft" else "done"
    url = reverse("contacts:import", args=[imported])
    names = (
        ("file", _("File"), reverse(INDEX[of.kind])),
        ("columns", _("Columns"), url),
        ("check", _("Check"), url),
        ("done", _("Done"), url),
    )
    return [{"name": name, "url": address, "current": key == here} for key, name, address in names]


def figures(counts: dict[str, Any], rows: int) -> dict[str, Any]:
    """The sums of a check or a run, and the shares of its bar."""
    said = {name: int(counts.get(name, 0)) for name in ("new", "updated", "same", "doubles", "rejected")}
    total = max(sum(said.values()), rows if said["rejected"] else 0)
    parts = [
        {"name": _("New"), "count": said["new"], "shade": "1"},
        {"name": _("Updated"), "count": said["updated"], "shade": "2"},
        {"name": _("As they were"), "count": said["same"], "shade": "4"},
        {"name": _("Double rows merged"), "count": said["doubles"], "shade": "faint"},
        {"name": _("Left out"), "count": said["rejected"], "shade": "bad"},
    ]
    share = 100 * said["rejected"] / total if total else 0.0
    # The yardstick goes from 0 to 20 %: 10 % is its middle.
    return {
        **said,
        "total": total,
        "people": said["new"] + said["updated"] + said["same"],
        "parts": parts,
        "share": share,
        "at": min(100.0, share * 5),
        "is_over": share > 10,
    }


def reasons(found: dict[str, int]) -> list[tuple[int, words.Reason]]:
    return [(count, words.reason(code)) for code, count in sorted(found.items(), key=lambda each: -each[1])]


def draft_of(request: MemberRequest, of: Import) -> dict[str, Any]:
    columns = seen.columns(of)
    known = list(ContactField.objects.visible_to(request.member).order_by("key").values_list("key", flat=True)[:200])
    dimensions = list(queries.tags_of(request.member).filter(parent=None).values_list("name", flat=True)[:100])
    return {
        "columns": [(column, choices(column.column, known, dimensions)) for column in columns],
        "used": sum(column.column.to != "skip" for column in columns),
        "doubt": next((each for each in columns if each.doubt and each.column.day_first is None), None),
        "countries": country_choices(get_language() or "en"),
        "encodings": sniffing.ENCODINGS,
        "tags": ", ".join(of.options.get("tags", [])),
        "people": of.preview.get("people", []),
        "first_refused": [
            (each, words.reason_of(each["reason"], each["detail"])) for each in of.preview.get("rejects", [])
        ],
        "new_tags": of.preview.get("new_tags", []),
        "seconds": max(1, round((of.rows_total or 0) / 20_000)),
    }


def choices(column: Any, known: list[str], dimensions: list[str]) -> list[tuple[str, str, bool]]:
    """What a column may become: (value, words, whether it does)."""
    now = value_of(column)
    found = [(to, str(name)) for to, (_icon, name) in words.TARGETS.items() if to not in ("field", "skip", "tags")]
    found.append(("tags:", _("Tags")))
    found += [(f"tags:{name}", _("Tags: %(name)s") % {"name": name}) for name in dimensions]
    own = [column.head] if column.head else []
    keys = dict.fromkeys([*([column.key] if column.to == "field" else []), *known, *own])
    found += [(f"field:{key}", _("Field: %(name)s") % {"name": key}) for key in keys]
    found.append(("skip", str(words.TARGETS["skip"][1])))
    if now not in dict(found):
        found.insert(0, (now, now))
    return [(value, name, value == now) for value, name in found]


def value_of(column: Any) -> str:
    if column.to == "field":
        return f"field:{column.key}"
    return f"tags:{column.prefix}" if column.to == "tags" else str(column.to)


@require_POST
@right_required("contacts.import")
def columns(request: MemberRequest, imported: str) -> HttpResponse:
    """What the columns become and how the import goes about it; then the whole file is checked, or brought in."""
    of = one(request, imported)
    if of.kind == "events":
        return redirect("contacts:event_file", imported)
    try:
        if said := reread(request, of):
            verbs.reshape(of, **said)
        else:
            verbs.set_mapping(of, mapping=mapping_of(request, of), options=options_of(request))
            verbs.refuse_new_tags(of, request.rights)
            if request.POST.get("then") == "start":
                verbs.start(of, member=request.member)
            else:
                verbs.check(of)
    except ContactError as error:
        messages.error(request, str(error))
    return redirect("contacts:import", imported)


def reread(request: MemberRequest, of: Import) -> dict[str, Any]:
    """The file is to be read otherwise: in another encoding, with or without a head."""
    if of.shape.get("kind") == "json":
        return {}
    encoding = request.POST.get("encoding", "")
    has_head = request.POST.get("has_head") == "on"
    if encoding not in sniffing.ENCODINGS or of.shape.get("kind") != "text":
        encoding = of.shape.get("encoding", "")
    if encoding == of.shape.get("encoding", "") and has_head == of.shape.get("has_head"):
        return {}
    return {"encoding": encoding, "has_head": has_head}


def mapping_of(request: MemberRequest, of: Import) -> list[dict[str, Any]]:
    found = []
    for place, column in enumerate(of.mapping):
        to, _sign, rest = request.POST.get(f"to-{place}", "skip").partition(":")
        said: dict[str, Any] = {"to": to, "day_first": column.get("day_first")}
        if to == "field":
            said |= {"key": rest, "kind": column.get("kind", "text")}
        elif to == "tags":
            said["prefix"] = rest
        if (first := request.POST.get(f"day-first-{place}")) in ("yes", "no"):
            said["day_first"] = first == "yes"
        found.append(said)
    return found


def options_of(request: MemberRequest) -> dict[str, Any]:
    return {
        "country": request.POST.get("country", "")[:60],
        "tags": [name for name in request.POST.get("tags", "").split(",") if name.strip()],
        "create_tags": request.POST.get("create_tags") == "on",
        "landlines": request.POST.get("landlines") == "on",
    }


@require_POST
@right_required("contacts.import")
def act(request: MemberRequest, imported: str) -> HttpResponse:
    """Start, pause, resume, cancel, go on anyway, undo."""
    of = one(request, imported)
    verb = VERBS.get(request.POST.get("verb", ""))
    try:
        if verb is not None:
            verbs.refuse_new_tags(of, request.rights)
            verb(of, member=request.member)
    except ContactError as error:
        messages.error(request, str(error))
    return redirect("contacts:import", imported)


@require_GET
@right_required("contacts.import")
def state(request: MemberRequest, imported: str) -> HttpResponse:
    """How far it is; when its work is over, the whole page is fetched anew."""
    of = one(request, imported)
    if of.state not in AT_WORK:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "contacts/_import_state.html", page_of(request, of, imported))


@require_GET
@right_required("contacts.import")
def rejects(request: MemberRequest, imported: str) -> StreamingHttpResponse:
    """The rows that were left out, as a file to mend and send again."""
    of = one(request, imported)
    kind, end = ("application/jsonl", "jsonl") if of.shape.get("kind") == "json" else ("text/csv; charset=utf-8", "csv")
    answer = StreamingHttpResponse(rejected.file_of(of, get_language() or "en"), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="left-out-{imported}.{end}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
