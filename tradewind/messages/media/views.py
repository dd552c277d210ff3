"""Handing a file in, and seeing it again. What is served is only ever an attachment: no browser runs anything of it."""

from urllib.parse import quote

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tradewind.messages.media import actions, words
from tradewind.messages.media.errors import MediaError
from tradewind.messages.media.models import KINDS, MediaFile
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

KEPT_SECONDS = 3600


@require_POST
@right_required("messages.send")
def upload(request: MemberRequest) -> JsonResponse:
    """Take `file` (and `wanted`, `as_it_is`); answers with what it became, or with the problem in words."""
    file = request.FILES.get("file")
    wanted = request.POST.get("wanted", "")
    if file is None:
        return JsonResponse({"problem": _("Choose a file first.")}, status=422)
    try:
        kept = actions.keep(
            workspace=request.workspace,
            member=request.member,
            name=file.name or "",
            content=actions.content_of(file),
            wanted=wanted if wanted in KINDS else "",
            as_it_is=bool(request.POST.get("as_it_is")),
        )
    except MediaError as problem:
        return JsonResponse({"problem": str(problem)}, status=422)
    return JsonResponse(shown(kept))


def shown(file: MediaFile) -> dict[str, str]:
    """What a page shows of a file; `ref` is how a campaign's header names it."""
    return {
        "ref": f"media:{public_id(file)}",
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
