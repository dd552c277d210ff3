"""The pages of files: all that the workspace has, one of them, choosing one for a message, taking one away."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tradewind.lib import publicid
from tradewind.messages.media import removing, uses, words
from tradewind.messages.media.errors import MediaError
from tradewind.messages.media.forgetting import UNUSED_FOR
from tradewind.messages.media.models import KINDS, MediaFile, MediaQuerySet, MediaUpload
from tradewind.messages.media.views import keep, shown
from tradewind.workspaces.door import allowed, demand, find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

ON_A_PAGE, TO_CHOOSE_FROM, USES_IN_A_ROW, LONGEST_WORDS = 24, 12, 3, 100
NAMES = {
    "image": gettext_lazy("Pictures"),
    "video": gettext_lazy("Videos"),
    "document": gettext_lazy("Documents"),
    "audio": gettext_lazy("Sounds"),
}


@require_http_methods(["GET", "POST"])
@right_required("messages.view")
def index(request: MemberRequest) -> HttpResponse:
    """All files, the newest first, narrowed by kind and name; a browser without scripts hands one in here."""
    if request.method == "POST":
        return hand_in(request)
    kind, text = asked(request)
    found, has_more = cut(request, kind, text, ON_A_PAGE)
    page = {
        "rows": rows_of(request, found),
        "kind": kind,
        "text": text,
        "kinds": [(word, name) for word, name in NAMES.items() if word in kinds_of(request) or word == kind],
        "is_empty": not found and not kind and not text and "after" not in request.GET,
        "older": older(request, found[-1]) if has_more else "",
        "may_upload": allowed(request, "messages.send"),
        "crumbs": crumbs(request),
        "live_topic": "media",
        "part_url": request.get_full_path(),
    }
    is_part = "HX-Request" in request.headers and request.headers.get("HX-Target") == "files-rows"
    return render(request, "messages/media/_list.html" if is_part else "messages/media/index.html", page)


def hand_in(request: MemberRequest) -> HttpResponse:
    demand(request, "messages.send")
    try:
        if keep(request, "file", as_it_is=bool(request.POST.get("as_it_is"))) is None:
            messages.error(request, _("Choose a file first."))
    except MediaError as problem:
        messages.error(request, str(problem))
    return redirect("messages:files")


def asked(request: MemberRequest) -> tuple[str, str]:
    kind = request.GET.get("kind", "")
    return kind if kind in KINDS else "", request.GET.get("q", "").strip()[:LONGEST_WORDS]


def cut(request: MemberRequest, kind: str, text: str, most: int) -> tuple[list[MediaFile], bool]:
    """A page of files after the one named in the address, and whether there are more."""
    rows: MediaQuerySet = MediaFile.objects.visible_to(request.member).select_related("member__user")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(name__icontains=text) if text else rows
    last = MediaFile.objects.visible_to(request.member).filter(pk=decoded(request.GET.get("after", ""))).first()
    if last is not None:
        rows = rows.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk))
    found = list(rows.order_by("-created_at", "-pk")[: most + 1])
    return found[:most], len(found) > most


def decoded(text: str) -> int | None:
    try:
        return publicid.decode("mediafile", text) if text else None
    except ValueError:
        return None


def older(request: MemberRequest, last: MediaFile) -> str:
    query = request.GET.copy()
    query["after"] = public_id(last)
    return f"{request.path}?{query.urlencode()}"


def kinds_of(request: MemberRequest) -> set[str]:
    return set(MediaFile.objects.visible_to(request.member).values_list("kind", flat=True).distinct())


def crumbs(request: MemberRequest, *, is_one: bool = False) -> list[dict[str, str]]:
    way = [{"name": _("Campaigns"), "url": reverse("campaigns:list")}] if allowed(request, "campaigns.view") else []
    return [*way, {"name": _("Files"), "url": reverse("messages:files")}] if is_one else way


def rows_of(request: MemberRequest, files: list[MediaFile]) -> list[dict[str, Any]]:
    """Each file with its line of facts, its uses and how it stands at Meta; two questions for all of them."""
    used = uses.of(request.member.workspace_id) if files else {}
    uploads: dict[int, list[MediaUpload]] = {}
    for upload in MediaUpload.objects.filter(file__in=files).select_related("number").order_by("number__name"):
        uploads.setdefault(upload.file_id, []).append(upload)
    return [row_of(file, used.get(file.pk, []), uploads.get(file.pk, [])) for file in files]


def row_of(file: MediaFile, used: list[uses.Use], uploads: list[MediaUpload]) -> dict[str, Any]:
    return {
        "file": file,
        "about": shown(file),
        "uses": used[:USES_IN_A_ROW],
        "more_uses": max(0, len(used) - USES_IN_A_ROW),
        "at_meta": words.at_meta(uploads),
        "goes_at": None if used else file.created_at + UNUSED_FOR,
    }


@require_GET
@right_required("messages.view")
def show(request: MemberRequest, mediafile: str) -> HttpResponse:
    """One file: what it is, who uses it, for which numbers Meta has it until when, and whether it may go."""
    file = find(MediaFile.objects.visible_to(request.member).select_related("member__user"), mediafile)
    used = uses.of(file.workspace_id).get(file.pk, [])
    uploads = list(MediaUpload.objects.filter(file=file).select_related("number").order_by("number__name", "pk"))
    page = row_of(file, used, uploads) | {
        "uses": used,
        "uploads": [(upload, words.at_meta([upload])) for upload in uploads],
        "was": words.size(file.came_as) if words.was_larger(file) else "",
        "size": words.size(file.size),
        "why_not": uses.why_not_remove(file),
        "may_remove": allowed(request, "campaigns.edit"),
        "crumbs": crumbs(request, is_one=True),
        "live_topic": "media",
    }
    return render(request, "messages/media/file.html", page)


@require_POST
@right_required("campaigns.edit")
def remove(request: MemberRequest, mediafile: str) -> HttpResponse:
    file = find(MediaFile.objects.visible_to(request.member), mediafile)
    try:
        removing.remove(file, member=request.member)
    except MediaError as problem:
        messages.error(request, str(problem))
        return redirect("messages:file", mediafile=mediafile)
    messages.success(request, _("The file is removed."))
    return redirect("messages:files")


@require_GET
@right_required("messages.view")
def choice(request: MemberRequest) -> HttpResponse:
    """The files of a kind to choose one from, for the dialog of a page on which a message is written."""
    kind, text = asked(request)
    found, has_more = cut(request, kind, text, TO_CHOOSE_FROM)
    page = {
        "kind": kind,
        "text": text,
        "files": [shown(file) for file in found],
        "older": older(request, found[-1]) if has_more else "",
        "is_later": "after" in request.GET,
    }
    return render(request, "messages/media/_choice.html", page)
