"""Forms of the contacts' pages."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tradewind.contacts.words import language_name
from tradewind.lib import clock
from tradewind.workspaces.places import country_choices, zone_choices

# The languages that people choose most; any other code can come by import or API.
LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "uk", "zh")


class DetailsForm(forms.Form):
    """What is known of a person."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    timezone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Left empty, it follows the number.")
    )
    company = forms.CharField(label=_("Company"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = sorted(((code, language_name(code)) for code in LANGUAGES), key=lambda each: each[1])
        self.offer("language", languages)
        self.offer("country", country_choices(get_language() or "en"))
        self.offer("timezone", zone_choices())

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """The choices of a field, with what the person has already even where it is not among them."""
        present = self.initial.get(name)
        known = {code for code, _name in choices}
        extra = [(present, present)] if present and present not in known else []
        self.fields[name].choices = [("", "–"), *extra, *choices]  # type: ignore[attr-defined]


class NewForm(DetailsForm):
    """A new contact: the number first."""

    phone = forms.CharField(
        label=_("Phone number"),
        max_length=80,
        help_text=_("As you know it: +49 151 2840 7716, 0151 2840 7716, or a wa.me link."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "autofocus": True}),
    )
    tags = forms.CharField(label=_("Tags"), max_length=400, required=False, help_text=_("With commas between them."))
    opt_in = forms.BooleanField(label=_("They agreed to marketing"), required=False)
    proof = forms.CharField(
        label=_("How they agreed"),
        max_length=300,
        required=False,
        help_text=_("Where and in which words, such as: card at the till, 12 March."),
    )
    field_order = ("phone", "name", "language", "country", "city", "timezone", "company", "tags", "opt_in", "proof")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("opt_in") and not found.get("proof"):
            self.add_error("proof", _("Say how they agreed: without it nobody can prove it."))
        return found


class ConsentForm(forms.Form):
    state = forms.ChoiceField(choices=[("opted_in", ""), ("opted_out", "")])
    reason = forms.CharField(label=_("How do you know"), max_length=300)


class FieldForm(forms.Form):
    """One field of the business's own."""

    key = forms.CharField(label=_("Field"), max_length=60)
    value = forms.CharField(label=_("Value"), max_length=1000, required=False)


class DayField(forms.DateField):
    """A day, as the moment at which it is over where the reader is; it cannot lie in the past."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is None:
            return None
        end = datetime.combine(day, time.max.replace(microsecond=0), timezone.get_current_timezone())
        if end <= clock.now():
            raise forms.ValidationError(_("The end lies in the past."))
        return end


class AddTagForm(forms.Form):
    """A tag for one person."""

    name = forms.CharField(label=_("Tag"), max_length=250)
    until = DayField(label=_("Until"), required=False)
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


class TagForm(forms.Form):
    """A tag of the tree."""

    name = forms.CharField(
        label=_("Name"),
        max_length=250,
        help_text=_("With “/” it stands below another tag: Interest/Shoes. Three levels at most."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    description = forms.CharField(
        label=_("What it means"), max_length=200, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    colour = forms.ChoiceField(label=_("Colour"), required=False, widget=forms.RadioSelect)
    owner = forms.ChoiceField(label=_("Whom to ask"), required=False)
    lifetime_days = forms.IntegerField(
        label=_("Life time in days"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("So long after it was put on, the tag leaves by itself. Empty: it stays."),
    )
    reason = forms.CharField(
        label=_("Why the change"),
        max_length=200,
        required=False,
        help_text=_("Stands in the log of the tags."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "–"), *members]  # type: ignore[attr-defined]
        self.fields["colour"].choices = [(f"series-{n}", str(n)) for n in range(1, 9)]  # type: ignore[attr-defined]


class BatchForm(forms.Form):
    """What is to be done to many people."""

    until = DayField(label=_("Until"), required=False)
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)
    field = forms.CharField(label=_("Field"), max_length=60, required=False)
    value = forms.CharField(label=_("Value"), max_length=1000, required=False)
