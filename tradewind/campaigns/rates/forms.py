"""A rate card comes in: a file, looked at first, then kept."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tradewind.campaigns.rates import sheet
from tradewind.lib import clock

FIRST_YEAR, LAST_YEAR = 2020, 2100


class CardForm(forms.Form):
    """First with `file`, then with its `text`, so that what was looked at is what is kept."""

    file = forms.FileField(
        label=_("Rate card"),
        error_messages={
            "required": _("Choose the file with the prices."),
            "empty": _("Choose the file with the prices."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
        help_text=_("Meta's card as CSV, in one currency; or a list of market, category, price and currency."),
    )
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False, max_length=sheet.MOST_BYTES)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Meta changes its prices on the first of January, April, July or October."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("text")
        today = timezone.localtime(clock.now()).date()
        self.fields["valid_from"].initial = today.replace(month=1 + (today.month - 1) // 3 * 3, day=1)

    def clean_valid_from(self) -> Any:
        day = self.cleaned_data["valid_from"]
        if not FIRST_YEAR <= day.year < LAST_YEAR:
            raise forms.ValidationError(_("That is too long ago or too far ahead."))
        return day

    def clean(self) -> dict[str, Any]:
        """`text`, whichever way it came, and `sheet`: what it says."""
        data = super().clean() or {}
        try:
            if data.get("file"):
                data["text"] = sheet.text_of(data["file"].read(sheet.MOST_BYTES + 1))
            if data.get("text"):
                data["sheet"] = sheet.read(data["text"])
        except sheet.SheetError as problem:
            self.add_error("file", str(problem))
        return data
