"""The page of tag health: what is wrong, with the act that mends it, and what changed in the tag system."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tradewind.segments import jobs
from tradewind.segments.health import changes, findings, mending, report
from tradewind.segments.models import TagHealth
from tradewind.segments.rules.views import REFUSALS, crumbs
from tradewind.workspaces.door import right_required
from tradewind.workspaces.request import MemberRequest

SHOWN_CHANGES = 50


@right_required("contacts.view")
def show(request: MemberRequest) -> HttpResponse:
    """All findings: of now, or with many people of the last look, with its time."""
    looked = report.of(request.workspace.pk)
    found = looked.found
    last = TagHealth.objects.visible_to(request.member).order_by("-pk").first()
    page = {
        "looked": looked,
        "is_kept": looked.kept is not None or looked.at is None,
        "count": len(found),
        "groups": [
            (code, findings.NAMES[code], list(group)) for code, group in groupby(found, key=lambda each: each.code)
        ],
        "last": last,
        "last_count": sum(last.found.values()) if last else 0,
        "changes": [changes.line_of(entry) for entry in changes.rows(request.member)[:SHOWN_CHANGES]],
        "may": "tags.manage" in request.rights,
        "crumbs": crumbs(is_inside=False),
    }
    return render(request, "segments/health/tags.html", page)


@right_required("tags.manage")
@require_POST
def mend(request: MemberRequest) -> HttpResponse:
    """Do the act of a finding (`code`, `tag`), if it is still there."""
    wanted = (request.POST.get("code", ""), request.POST.get("tag", ""))
    if wanted[0] not in findings.NAMES:
        raise Http404
    looked = report.of(request.workspace.pk)
    finding = next((each for each in looked.found if each.act and (each.code, each.tag_id) == wanted), None)
    if finding is None:
        messages.info(request, _("This is in order by now."))
        return redirect("tag_health:show")
    try:
        messages.success(request, mending.mend(finding, request.member))
        if looked.kept is not None:
            report.mended(looked.kept, finding)
    except REFUSALS as error:
        messages.error(request, str(error))
    return redirect("tag_health:show")


@right_required("contacts.view")
@require_POST
def look(request: MemberRequest) -> HttpResponse:
    """Have the tags of many people looked at now, by the worker."""
    jobs.ask_for_tag_health(request.workspace.pk)
    messages.success(request, _("The tags are being looked at. With many people this takes some minutes."))
    return redirect("tag_health:show")


@right_required("contacts.view")
def export(request: MemberRequest) -> HttpResponse:
    """The change log as CSV."""
    found = HttpResponse("".join(changes.as_csv(request.member)), content_type="text/csv; charset=utf-8")
    found["Content-Disposition"] = 'attachment; filename="tag-changes.csv"'
    return found
