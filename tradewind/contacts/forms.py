"""Forms of the contacts' pages."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tradewind.contacts.words import language_name
from tradewind.lib.zones import all_zones
from tradewind.workspaces.places import country_choices

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
        self.offer("timezone", [(zone, zone.replace("_", " ")) for zone in all_zones()])

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
