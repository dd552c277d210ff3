"""Handing a file in, and seeing it again. What is served is only ever an attachment: no browser runs anything of it."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tradewind.messages.media import actions, words
from tradewind.messages.media.errors import MediaError
from tradewind.messages.media.models import KINDS, MediaFile
from tradewind.messages.media.refs import ref_of
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

KEPT_SECONDS = 3600


@require_POST
@right_required("messages.send")
def upload(request: MemberRequest) -> JsonResponse:
    """Take `file` (and `wanted`, `as_it_is`); answers with what it became, or with the problem in words."""
    wanted = request.POST.get("wanted", "")
    try:
        kept = keep(request, "file", wanted=wanted, as_it_is=bool(request.POST.get("as_it_is")))
    except MediaError as problem:
        return JsonResponse({"problem": str(problem)}, status=422)
    if kept is None:
        return JsonResponse({"problem": _("Choose a file first.")}, status=422)
    return JsonResponse(shown(kept))


def keep(request: MemberRequest, field: str, *, wanted: str = "", as_it_is: bool = False) -> MediaFile | None:
    """Keep the file that came in `field`; None when none came. Raises MediaError."""
    file = request.FILES.get(field)
    if file is None:
        return None
    return actions.keep(
        workspace=request.workspace,
        member=request.member,
        name=file.name or "",
        content=actions.content_of(file),
        wanted=wanted if wanted in KINDS else "",
        as_it_is=as_it_is,
    )


def with_files(request: MemberRequest) -> Any:
    """What was posted; files that came with the form, from a browser without scripts, are kept first.

    A file in `header-upload` is named in `header-file`, one in `card-0-upload` in `card-0-file`.
    """
    data = request.POST.copy()
    for field in request.FILES:
        part = field.removesuffix("-upload")
        try:
            if part != field and (kept := keep(request, field, as_it_is=bool(data.get("as-it-is")))) is not None:
                data[f"{part}-file"] = shown(kept)["ref"]
        except MediaError as problem:
            messages.error(request, str(problem))
    return data


def shown(file: MediaFile) -> dict[str, str]:
    """What a page shows of a file; `ref` is how a campaign's header names it."""
    return {
        "ref": ref_of(file),
        "name": file.name,
        "kind": file.kind,
        "facts": words.facts(file),
        "advice": words.advice(file),
        "url": reverse("messages:media", args=[public_id(file)]),
    }


@require_GET
@right_required("messages.view")
def show(request: MemberRequest, mediafile: str) -> HttpResponse:
    """The bytes of a file."""
    file = find(MediaFile.objects.visible_to(request.member), mediafile)
    response = HttpResponse(actions.read(file), content_type=file.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response
