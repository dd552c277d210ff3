"""The pages of reconciliation: the last nights, one case, its closing, and looking again now."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tradewind.messages import jobs
from tradewind.messages.reconciliation import cases, pages
from tradewind.messages.reconciliation.models import GapCase
from tradewind.workspaces import audit
from tradewind.workspaces.door import allowed, find, right_required
from tradewind.workspaces.request import MemberRequest


@require_GET
@right_required("health.view")
def index(request: MemberRequest) -> HttpResponse:
    crumbs = [{"name": _("Health"), "url": reverse("health:index")}]
    return render(request, "messages/reconciliation/index.html", pages.index(request.member) | {"crumbs": crumbs})


@require_GET
@right_required("health.view")
def show(request: MemberRequest, gap: str) -> HttpResponse:
    found = of(request, gap)
    may_see_people = allowed(request, "contacts.view") and allowed(request, "messages.view")
    crumbs = [{"name": _("Reconciliation"), "url": reverse("messages:reconciliation")}]
    context = pages.case(found, may_see_people=may_see_people) | {"crumbs": crumbs}
    return render(request, "messages/reconciliation/case.html", context)


@require_POST
@right_required("messages.resolve")
def close(request: MemberRequest, gap: str) -> HttpResponse:
    found = of(request, gap)
    try:
        cases.close(found, member=request.member, word=request.POST.get("word", ""))
    except cases.CaseError as error:
        messages.error(request, str(error))
        return redirect("messages:gap", gap=gap)
    return redirect("messages:reconciliation")


@require_POST
@right_required("health.act")
def check(request: MemberRequest) -> HttpResponse:
    """Counts and asks now instead of tonight."""
    jobs.reconcile_soon()
    audit.note(request, "gap.check_asked")
    messages.success(request, _("Both sides are counted now. The result stands here in a moment."))
    return redirect("messages:reconciliation")


def of(request: MemberRequest, gap: str) -> GapCase:
    return find(pages.cases(request.member), gap)
