"""The part of the compose page that says when each person gets it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tradewind.campaigns.models import Campaign
from tradewind.campaigns.timing import rules
from tradewind.lib import clock

KINDS = [
    ("now", _("As soon as it is launched")),
    ("at", _("At a time, everywhere at the same moment")),
    ("local", _("At a time of the day, where each person is")),
    ("best_hour", _("At each person's best hour, by when they read and answer")),
]
LATE = [
    (0, _("However late")),
    (1, _("Within an hour of their time")),
    (2, _("Within 2 hours of their time")),
    (4, _("Within 4 hours of their time")),
    (8, _("Within 8 hours of their time")),
    (24, _("Within a day of their time")),
]


class TimingFields(forms.Form):
    """Fields that a form of a campaign inherits; `timing_changes` gives them as arguments of `actions.change`."""

    timing = forms.ChoiceField(label=_("When"), choices=KINDS, required=False, widget=forms.RadioSelect)
    starts_at = forms.DateTimeField(
        label=_("Not before"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your own time zone. Empty: as soon as it is launched."),
    )
    local_date = forms.DateField(
        label=_("On"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    local_time = forms.TimeField(
        label=_("Their time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    next_day = forms.BooleanField(
        label=_("The next day, where that time has passed"),
        required=False,
        help_text=_("Otherwise these people are left out, and the flight plan counts them."),
    )
    late_hours = forms.TypedChoiceField(
        label=_("How late it may come"),
        choices=LATE,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Who is not reached in time, for example after an outage, gets nothing."),
    )
    no_holidays = forms.BooleanField(
        label=_("Not on public holidays"),
        required=False,
        help_text=_("Those of each person's country. Who is not reached before the next one gets nothing."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("timing") == "local" and not data.get("local_time"):
            self.add_error("local_time", _("Say at what time of the day it is to arrive, such as 10:00."))
        if data.get("timing") == "at" and not data.get("starts_at"):
            self.add_error("starts_at", _("Say when it is to begin."))
        return data

    def timing_changes(self) -> dict[str, Any]:
        """`starts_at` and `timing` as `actions.change` takes them."""
        data = self.cleaned_data
        kind = data.get("timing") or ("at" if data["starts_at"] else "now")
        chosen = rules.Timing(
            kind=kind,
            day=data.get("local_date") if kind == "local" else None,
            wall=data.get("local_time") if kind == "local" else None,
            next_day=bool(data.get("next_day")),
            no_holidays=bool(data.get("no_holidays")),
            late_hours=data.get("late_hours") or 0,
        )
        return {"starts_at": data["starts_at"] if kind != "now" else None, "timing": chosen.as_json()}


def initial_of(campaign: Campaign) -> dict[str, Any]:
    """What the fields show of a campaign; a local time is proposed for tomorrow at ten."""
    chosen = rules.read(campaign.timing or {"kind": "at" if campaign.starts_at else "now"})
    tomorrow = timezone.localtime(clock.now()).date() + timedelta(days=1)
    return {
        "timing": chosen.kind,
        "starts_at": campaign.starts_at,
        "local_date": chosen.day or tomorrow,
        "local_time": chosen.wall or "10:00",
        "next_day": chosen.next_day,
        "late_hours": chosen.late_hours,
        "no_holidays": chosen.no_holidays,
    }
