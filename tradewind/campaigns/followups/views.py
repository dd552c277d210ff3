"""Follow-ups of a campaign: the page on which one is added, and taking one off."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tradewind.campaigns import views
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.followups import verbs
from tradewind.campaigns.followups.hours import LONGEST_HOURS
from tradewind.campaigns.followups.models import FollowUp
from tradewind.campaigns.followups.season import season_of
from tradewind.campaigns.followups.shown import KINDS
from tradewind.campaigns.forms import read_bindings, sendable_templates, template_id
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages import composing
from tradewind.campaigns.pages.parts import crumbs
from tradewind.templates.models import Template
from tradewind.workspaces.door import find, right_required
from tradewind.workspaces.models import Member
from tradewind.workspaces.request import MemberRequest


class FollowUpForm(forms.Form):
    """Whom, after how long, with which template; its variables are read by `read_bindings`."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=gettext_lazy("For whom"), choices=KINDS, widget=forms.RadioSelect, initial="unread")
    after_hours = forms.IntegerField(
        label=gettext_lazy("So many hours after the campaign has ended"),
        min_value=1,
        max_value=LONGEST_HOURS,
        initial=72,
        help_text=gettext_lazy("48 for who read it and stayed silent, 72 for the others are usual."),
    )
    keeps_season = forms.BooleanField(label=gettext_lazy("Sooner in the high season"), required=False, initial=True)
    template = forms.ModelChoiceField(
        Template.objects.none(), label=gettext_lazy("Template"), empty_label=gettext_lazy("Choose a template")
    )

    def __init__(self, data: Any, *, member: Member) -> None:
        super().__init__(data)
        self.fields["template"].queryset = sendable_templates(member)  # type: ignore[attr-defined]


@right_required("campaigns.launch")
@require_http_methods(["GET", "POST"])
def add(request: MemberRequest, campaign: str) -> HttpResponse:
    """It goes by itself later, so it takes the right to launch."""
    row = views.of(request, campaign)
    form = FollowUpForm(request.POST or None, member=request.member)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            verbs.add(row, member=request.member, bindings=read_bindings(data["template"], request.POST), **data)
            messages.success(request, _("The follow-up waits for its time."))
            return views.to("show", row)
        except CampaignError as error:
            form.add_error(None, str(error))
    context = page(row, form, request)
    return render(request, "campaigns/follow_up.html", context, status=422 if form.errors else 200)


def page(row: Campaign, form: FollowUpForm, request: MemberRequest) -> dict[str, Any]:
    chosen = sendable_templates(request.member).filter(pk=template_id(request.POST.get("template", ""))).first()
    season = season_of(row.workspace)
    return {
        **composing.of_message(row, chosen, request.POST or None),
        "campaign": row,
        "crumbs": crumbs(row),
        "form": form,
        "season_months": [MONTHS[month] for month in season.months],
        "season_hours": season.follow_up_hours,
    }


@right_required("campaigns.launch")
@require_POST
def remove(request: MemberRequest, campaign: str, followup: str) -> HttpResponse:
    row = views.of(request, campaign)
    found = find(FollowUp.objects.filter(campaign=row, workspace_id=request.member.workspace_id), followup)
    try:
        verbs.remove(found, member=request.member)
    except CampaignError as error:
        messages.error(request, str(error))
    return views.to("show", row)
