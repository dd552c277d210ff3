"""The page of the high season: its months, how soon follow-ups come in them, what that changes, and public holidays."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.followups import season
from tradewind.campaigns.followups.hours import LONGEST_HOURS
from tradewind.campaigns.followups.models import FollowUp, Season
from tradewind.campaigns.followups.shown import KINDS
from tradewind.campaigns.pages.parts import crumbs
from tradewind.campaigns.timing import days_off
from tradewind.lib import clock
from tradewind.lib.zones import usable
from tradewind.numbers.models import Number
from tradewind.workspaces.door import demand, right_required
from tradewind.workspaces.locales import reader_locale
from tradewind.workspaces.request import MemberRequest

MOST_WAITING, MOST_COUNTRIES, DAYS_AHEAD = 20, 6, 90


class SeasonForm(forms.Form):
    months = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Months of the high season"),
        coerce=int,
        required=False,
        choices=[(month, str(month)) for month in range(1, 13)],
        widget=forms.CheckboxSelectMultiple,
    )
    follow_up_hours = forms.IntegerField(
        label=gettext_lazy("In them a follow-up comes after so many hours"),
        min_value=1,
        max_value=LONGEST_HOURS,
        help_text=gettext_lazy("At the latest: one that is set to come sooner comes as it is set."),
    )


@right_required("campaigns.view")
@require_http_methods(["GET", "POST"])
def show(request: MemberRequest) -> HttpResponse:
    """Choosing takes the right to launch: follow-ups go by themselves."""
    row = season.season_of(request.workspace)
    form = SeasonForm(request.POST or None, initial={"months": row.months, "follow_up_hours": row.follow_up_hours})
    if request.method == "POST":
        demand(request, "campaigns.launch")
        if form.is_valid():
            try:
                season.change(request.workspace, member=request.member, **form.cleaned_data)
                messages.success(request, _("Saved."))
                return redirect("campaigns:season")
            except CampaignError as error:
                form.add_error(None, str(error))
    return render(request, "campaigns/season.html", page(request, row, form), status=422 if form.errors else 200)


def page(request: MemberRequest, row: Season, form: SeasonForm) -> dict[str, Any]:
    today = clock.now().astimezone(ZoneInfo(usable(request.workspace.timezone))).date()
    chosen = [int(month) for month in form["months"].value() or [] if str(month).isdecimal()]
    return {
        "crumbs": crumbs(),
        "form": form,
        "season": row,
        "is_now": today.month in row.months,
        "months": [{"n": n, "name": name, "on": n in chosen, "now": n == today.month} for n, name in month_names()],
        "names": [name for n, name in month_names() if n in row.months],
        "waiting": waiting(request),
        "holidays": holidays_ahead(request, today),
    }


def month_names() -> list[tuple[int, str]]:
    """The months in the reader's language, as they stand alone."""
    names = get_month_names("wide", "stand-alone", reader_locale())
    return [(n, names[n][:1].upper() + names[n][1:]) for n in range(1, 13)]


def waiting(request: MemberRequest) -> list[dict[str, Any]]:
    """Follow-ups that have not gone, with when they come by now."""
    rows = FollowUp.objects.filter(workspace_id=request.member.workspace_id, state="waiting")
    found = []
    for row in rows.select_related("campaign__workspace").order_by("-pk")[:MOST_WAITING]:
        hours, ended_at = season.hours_of(row), row.campaign.finished_at
        found.append(
            {
                "campaign": row.campaign,
                "words": dict(KINDS)[row.kind],
                "hours": hours,
                "is_sooner": hours < row.after_hours,
                "at": ended_at + timedelta(hours=hours) if ended_at else None,
            }
        )
    return found


def holidays_ahead(request: MemberRequest, today: date) -> list[dict[str, Any]]:
    """Public holidays of the next months where the workspace's numbers are at home."""
    rows = Number.objects.visible_to(request.member).present().exclude(country="")
    countries = list(rows.order_by("country").values_list("country", flat=True).distinct()[:MOST_COUNTRIES])
    last = today + timedelta(days=DAYS_AHEAD)
    found: dict[tuple[date, str], list[str]] = {}
    for country in countries:
        for year in range(today.year, last.year + 1):
            for day, name in days_off.named(country, year, get_language() or "en"):
                if today <= day <= last:
                    found.setdefault((day, name), []).append(country)
    return [{"day": day, "name": name, "countries": where} for (day, name), where in sorted(found.items())]
