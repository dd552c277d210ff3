"""The part of the compose page on which a free message is written, and the choice between it and a template."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.campaigns import wording
from tradewind.campaigns.errors import BindingError
from tradewind.campaigns.wording import Free, free_of
from tradewind.lib.text import storable

TEMPLATE, FREE = "template", "free"
SAID = [
    (TEMPLATE, _("An approved template: it may go at any time")),
    (FREE, _("A free message, to people who wrote in the last 24 hours")),
]
ANSWERS = ("free_answer_1", "free_answer_2", "free_answer_3")


def line(label: Any, longest: int, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=longest, widget=forms.TextInput(attrs={"dir": "auto", **attrs})
    )


class FreeFields(forms.Form):
    """Fields that a form of a campaign inherits; `said_changes` gives them as arguments of `actions.change`."""

    said = forms.ChoiceField(label=_("What it says"), choices=SAID, required=False, widget=forms.RadioSelect)
    free_purpose = forms.ChoiceField(
        label=_("What it is about"),
        choices=list(wording.PURPOSES.items()),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Nobody at Meta looks at a free message first: you answer for this. Who opted out gets neither."),
    )
    free_text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=wording.LONGEST["text"],
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("Write {{first_name}}, {{company}} or a field of your own such as {{order}} where it belongs."),
    )
    free_file = forms.ChoiceField(label=_("On top"), choices=list(wording.FILES.items()), required=False)
    free_under = forms.ChoiceField(label=_("Under the text"), choices=list(wording.UNDER.items()), required=False)
    free_answer_1 = line(_("First answer"), wording.LONGEST["label"])
    free_answer_2 = line(_("Second answer"), wording.LONGEST["label"])
    free_answer_3 = line(_("Third answer"), wording.LONGEST["label"])
    free_link_text = line(_("Words on the button"), wording.LONGEST["label"])
    free_link_url = line(_("Address"), wording.LONGEST["address"], dir="ltr", placeholder="https://")
    free_catalog = line(_("Id of the catalogue"), wording.LONGEST["id"], dir="ltr")
    free_product = line(_("Number of the product in the catalogue"), wording.LONGEST["id"], dir="ltr")

    def said_changes(self) -> dict[str, Any]:
        """`template` or `free`, and the other one None."""
        data = self.cleaned_data
        if data["said"] != FREE:
            return {"template": data["template"], "free": None}
        return {"template": None, "free": said_in(data)}


def is_free(data: Mapping[str, Any]) -> bool:
    """Which of the two a posted form has chosen; an old form knows only templates."""
    return data.get("said") == FREE


def said_in(data: Mapping[str, Any]) -> dict[str, Any]:
    """A form's fields as wording.clean takes them."""
    return {
        "purpose": data.get("free_purpose") or wording.MARKETING,
        "text": data.get("free_text", ""),
        "file": data.get("free_file", ""),
        "under": data.get("free_under", ""),
        "answers": [data.get(name, "") for name in ANSWERS],
        "link": {"text": data.get("free_link_text", ""), "url": data.get("free_link_url", "")},
        "catalog": data.get("free_catalog", ""),
        "product": data.get("free_product", ""),
    }


def half_written(data: Mapping[str, Any]) -> Free:
    """The message as far as it is written: for the phone beside the form. What is not whole yet is left away."""
    said = said_in(data)
    for less in ({}, {"under": ""}, {"under": "", "file": ""}):
        try:
            found = free_of(wording.clean({**said, **less}))
        except BindingError:
            continue
        assert found is not None
        return found
    text = storable(str(said["text"])).strip()
    return Free([{"type": "BODY", "text": text}] if text else [], wording.MARKETING)


def initial_of(free: Free | None) -> dict[str, Any]:
    """What stands in the fields at first."""
    said = wording.fields_of(free)
    answers = [*said.get("answers", []), "", "", ""]
    return {
        "said": TEMPLATE if free is None else FREE,
        "free_purpose": said.get("purpose", wording.MARKETING),
        "free_text": said.get("text", ""),
        "free_file": said.get("file", ""),
        "free_under": said.get("under", ""),
        **dict(zip(ANSWERS, answers, strict=False)),
        "free_link_text": said.get("link", {}).get("text", ""),
        "free_link_url": said.get("link", {}).get("url", ""),
        "free_catalog": said.get("catalog", ""),
        "free_product": said.get("product", ""),
    }
