"""The panel of a plan that says who has to say yes, and the two answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tradewind.campaigns.approvals import rule, verbs
from tradewind.campaigns.errors import AlreadySo, CampaignError
from tradewind.campaigns.views import of, to
from tradewind.workspaces.door import right_required
from tradewind.workspaces.request import MemberRequest


@right_required("campaigns.view")
@require_GET
def panel(request: MemberRequest, campaign: str) -> HttpResponse:
    """The panel by itself, fetched when something changes; a campaign that has left leads to where it is."""
    row = of(request, campaign)
    if not rule.is_at_rest(row):
        return HttpResponse(headers={"HX-Redirect": reverse("campaigns:show", args=[campaign])})
    context = {"campaign": row, "approval": rule.standing(row, request.member)}
    return render(request, "campaigns/approvals/_panel.html", context)


@right_required("campaigns.launch")
@require_POST
def approve(request: MemberRequest, campaign: str) -> HttpResponse:
    row = of(request, campaign)
    try:
        verbs.approve(row, member=request.member, word=request.POST.get("word", ""))
    except AlreadySo:
        pass
    except CampaignError as error:
        messages.error(request, str(error))
        return to("live" if row.run_id else "plan", row)
    return to("show", row)


@right_required("campaigns.launch")
@require_POST
def refuse(request: MemberRequest, campaign: str) -> HttpResponse:
    row = of(request, campaign)
    try:
        verbs.refuse(row, member=request.member, word=request.POST.get("word", ""))
    except CampaignError as error:
        messages.error(request, str(error))
    return to("live" if row.run_id else "plan", row)
