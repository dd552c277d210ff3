"""The page on which what of a paused campaign has not gone is changed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tradewind.campaigns import queries, rest, views
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.forms import PRESET_CHOICES
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages.parts import crumbs
from tradewind.workspaces.door import right_required
from tradewind.workspaces.request import MemberRequest


class RestForm(forms.Form):
    """Another pace and another end."""

    use_required_attribute = False

    preset = forms.ChoiceField(label=gettext_lazy("Pace"), choices=PRESET_CHOICES, widget=forms.RadioSelect)
    per_minute = forms.IntegerField(
        label=gettext_lazy("Messages a minute from each number"), min_value=1, max_value=60_000, required=False
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Nothing after"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("What has not gone by then never goes. Empty: until everybody has it."),
    )
    answer_minutes = forms.IntegerField(
        label=gettext_lazy("Slow down when people wait longer than so many minutes for the team"),
        min_value=1,
        max_value=1_440,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("preset") == "custom" and not data.get("per_minute"):
            self.add_error("per_minute", _("Say how many a minute."))
        return data

    def changes(self) -> dict[str, Any]:
        """The arguments of `rest.change`."""
        data = self.cleaned_data
        pacing = {"per_minute": data["per_minute"]} if data["preset"] == "custom" else {}
        return {"preset": data["preset"], "pacing": pacing, "ends_at": data["ends_at"],
                "answer_minutes": data["answer_minutes"]}  # fmt: skip


@right_required("campaigns.launch")
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, campaign: str) -> HttpResponse:
    row = views.of(request, campaign)
    if row.state != "paused":
        messages.error(request, _("Pause it first: then what has not gone can be changed."))
        return views.to("show", row)
    form = RestForm(request.POST or None, initial=initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            rest.change(row, member=request.member, **form.changes())
            messages.success(request, _("Changed. It goes on when you resume it."))
            return views.to("live", row)
        except CampaignError as error:
            form.add_error(None, str(error))
    seen = queries.progress(row)
    context = {"campaign": row, "crumbs": crumbs(row), "form": form, "seen": seen}
    return render(request, "campaigns/rest.html", context, status=422 if form.errors else 200)


def initial_of(row: Campaign) -> dict[str, Any]:
    return {
        "preset": row.preset,
        "per_minute": row.pacing.get("per_minute"),
        "ends_at": timezone.localtime(row.ends_at) if row.ends_at else None,
        "answer_minutes": row.answer_minutes,
    }
