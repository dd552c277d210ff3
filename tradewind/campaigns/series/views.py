"""Recurring campaigns: the page of one, switching it on and off, the list of all."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tradewind.campaigns import views
from tradewind.campaigns.errors import CampaignError
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages.parts import crumbs, steps
from tradewind.campaigns.series import calendar, people, verbs
from tradewind.campaigns.series.models import Series
from tradewind.lib import clock
from tradewind.lib.zones import usable
from tradewind.workspaces.door import find, public_id, right_required
from tradewind.workspaces.request import MemberRequest

KINDS = [
    ("daily", gettext_lazy("Every day")),
    ("weekly", gettext_lazy("Every week")),
    ("monthly", gettext_lazy("Every month")),
    ("anniversary", gettext_lazy("On each person's own day: a birthday, an anniversary")),
    ("replenish", gettext_lazy("When what they bought runs out")),
]
NOTES = {"no_right": gettext_lazy("Who switched it on may not launch campaigns any more.")}
SHOWN = 30


class SeriesForm(forms.Form):
    """When it comes again; what each kind needs is asked for with it."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=gettext_lazy("It comes again"), choices=KINDS, widget=forms.RadioSelect)
    time = forms.TimeField(
        label=gettext_lazy("At"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("In the time zone of the workspace. Quiet hours of each recipient are kept."),
    )
    weekday = forms.TypedChoiceField(label=gettext_lazy("On"), choices=list(WEEKDAYS.items()), coerce=int)
    day = forms.IntegerField(
        label=gettext_lazy("On day"),
        min_value=1,
        max_value=31,
        help_text=gettext_lazy("The 31st is the last day of a shorter month."),
    )
    field = forms.CharField(
        label=gettext_lazy("Own field with the date"),
        max_length=60,
        help_text=gettext_lazy("Its values look like 1990-03-02, or --03-02 without the year."),
    )
    cycle_days = forms.IntegerField(
        label=gettext_lazy("It usually lasts so many days"),
        min_value=2,
        max_value=366,
        help_text=gettext_lazy("For who has ordered three times or more, their own rhythm counts instead."),
    )
    on_day = forms.IntegerField(
        label=gettext_lazy("Write to them on day"), min_value=2, max_value=366,
        help_text=gettext_lazy("Of a cycle of that length; moved in proportion for those whose own is another."),
    )  # fmt: skip

    NEEDED = {"weekday": "weekly", "day": "monthly", "field": "anniversary", "cycle_days": "replenish",
              "on_day": "replenish"}  # fmt: skip

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        for name, kind in self.NEEDED.items():
            self.fields[name].required = data is None or data.get("kind") == kind

    def rule(self) -> dict[str, Any]:
        """As the verb takes it."""
        data = self.cleaned_data
        return {**data, "time": data["time"].strftime("%H:%M")}


@right_required("campaigns.view")
@require_GET
def index(request: MemberRequest) -> HttpResponse:
    rows = Series.objects.visible_to(request.member).select_related("pattern__template").order_by("-is_on", "-pk")
    context = {"series": [shown(row) for row in rows], "crumbs": crumbs()}
    return render(request, "campaigns/series_list.html", context)


def shown(row: Series) -> dict[str, Any]:
    return {"row": row, "words": words_of(row), "why": NOTES.get(row.note, row.note)}


def words_of(row: Series) -> str:
    """When it comes, in a sentence."""
    rule = row.rule
    sentences = {
        "daily": _("Every day at %(time)s"),
        "weekly": _("Every %(weekday)s at %(time)s"),
        "monthly": _("On day %(day)s of each month at %(time)s"),
        "anniversary": _("On the day in “%(field)s” of each person, at %(time)s"),
        "replenish": _("On day %(on_day)s of %(cycle_days)s after an order, at %(time)s"),
    }
    return sentences[row.kind] % {**rule, "weekday": WEEKDAYS.get(rule.get("weekday", 0), "")}


@right_required("campaigns.edit")
@require_http_methods(["GET", "POST"])
def repeat(request: MemberRequest, campaign: str) -> HttpResponse:
    """The page of a series: its pattern is the draft."""
    row = views.of(request, campaign)
    series = Series.objects.visible_to(request.member).filter(pattern=row).first()
    if row.state not in ("draft", "planned") and series is None:
        return views.to("show", row)
    form = SeriesForm(request.POST or None, initial=initial_of(series))
    if request.method == "POST" and form.is_valid():
        try:
            verbs.set_up(row, member=request.member, kind=form.cleaned_data["kind"], rule=form.rule())
            messages.success(request, _("Saved."))
            return views.to("repeat", row)
        except CampaignError as error:
            form.add_error(None, str(error))
    context = page(row, series, form)
    return render(request, "campaigns/series.html", context, status=422 if form.errors else 200)


def initial_of(series: Series | None) -> dict[str, Any]:
    usual = {"kind": "weekly", "time": "10:00", "weekday": 0, "day": 1, "field": "birthday",
             "cycle_days": people.CYCLE_DAYS, "on_day": people.ON_DAY}  # fmt: skip
    return usual if series is None else {**usual, "kind": series.kind, **series.rule}


def page(row: Campaign, series: Series | None, form: SeriesForm) -> dict[str, Any]:
    zone = usable(row.workspace.timezone)
    found: dict[str, Any] = {
        "campaign": row,
        "crumbs": crumbs(row),
        "steps": steps(row, "compose"),
        "form": form,
        "zone": zone,
        "learnt": people.learnt(row.workspace_id, zone),
    }
    if series is None:
        return found
    past = series.occurrences.select_related("campaign").order_by("-day")[:SHOWN]
    coming = calendar.upcoming(series.kind, series.rule, zone, clock.now(), 4) if series.is_on else []
    return {**found, "series": series, **shown(series), "coming": coming, "occurrences": past}


@right_required("campaigns.launch")
@require_POST
def switch(request: MemberRequest, series: str) -> HttpResponse:
    """Each occurrence is launched by itself, so it takes the right to launch."""
    row = find(Series.objects.visible_to(request.member), series)
    try:
        verbs.switch(row, member=request.member, is_on=request.POST.get("on") == "1")
    except CampaignError as error:
        messages.error(request, str(error))
    return redirect("campaigns:repeat", campaign=public_id(row.pattern))


@right_required("campaigns.edit")
@require_POST
def delete(request: MemberRequest, series: str) -> HttpResponse:
    row = find(Series.objects.visible_to(request.member), series)
    pattern = row.pattern
    verbs.delete(row, member=request.member)
    return views.to("show", pattern)
