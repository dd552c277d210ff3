"""What a member fills in for a campaign; it becomes the arguments of `actions.change`."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from tradewind.campaigns import bindings, card_fields, free_forms
from tradewind.campaigns.free_forms import FreeFields
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.timing import forms as timing
from tradewind.campaigns.timing.forms import TimingFields
from tradewind.campaigns.wording import Said, free_of, parts_of
from tradewind.contacts.models import ContactField, Tag
from tradewind.numbers.models import Number
from tradewind.segments.models import Segment
from tradewind.templates.models import Template
from tradewind.templates.rendering import end_of
from tradewind.whatsapp.payloads import Variable
from tradewind.whatsapp.payloads.components import Button
from tradewind.workspaces.models import Member

PRESET_CHOICES = [
    ("careful", _("Careful: 10 to 15 a minute from each number, with pauses")),
    ("balanced", _("Balanced: ten a second from each number")),
    ("fast", _("As fast as Meta allows")),
    ("custom", _("My own pace")),
]
AUDIENCE_CHOICES = [
    ("everybody", _("Everybody")),
    ("tag", _("People with a tag")),
    ("segment", _("A saved segment")),
    ("pasted", _("Numbers that I paste")),
]


MOST_OWN_FIELDS = 200
# Parts of a template that are mostly the same for everybody.
FIXED = ("copy_code", "offer", "mpm")


# Names that templates give their variables in several languages, and the field that is meant.
GUESSES = {
    **dict.fromkeys(("first_name", "firstname", "vorname", "nome", "nombre", "prenom", "name"), "first_name"),
    **dict.fromkeys(("full_name", "fullname", "cognome_nome"), "name"),
    **dict.fromkeys(("company", "firma", "azienda", "empresa"), "company"),
    **dict.fromkeys(("city", "ort", "stadt", "citta", "ciudad"), "city"),
    "country": "country",
}


class NewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)


# Fields that are shown, and needed, only with one choice of another field: field → (that field, that choice).
NEEDED_WITH = {
    "template": ("said", "template"),
    "tag": ("audience", "tag"),
    "segment": ("audience", "segment"),
    "pasted": ("audience", "pasted"),
    "per_minute": ("preset", "custom"),
}
# What is meant where a form says nothing of that choice: an old one knows only templates.
UNSAID = {"said": free_forms.TEMPLATE}


class ComposeForm(FreeFields, TimingFields):
    """All of a draft on one page. The variables' fields depend on the message, see `variable_fields`."""

    use_required_attribute = False  # a browser cannot point at a field that is not shown

    name = forms.CharField(label=_("Name"), max_length=120)
    template = forms.ModelChoiceField(Template.objects.none(), label=_("Template"), empty_label=_("Choose a template"))
    audience = forms.ChoiceField(label=_("Who gets it"), choices=AUDIENCE_CHOICES, widget=forms.RadioSelect)
    tag = forms.ModelChoiceField(
        Tag.objects.none(),
        label=_("Tag"),
        empty_label=_("Choose a tag"),
        error_messages={"required": _("Choose the tag.")},
    )
    segment = forms.ModelChoiceField(
        Segment.objects.none(),
        label=_("Segment"),
        empty_label=_("Choose a segment"),
        error_messages={"required": _("Choose the segment.")},
    )
    without_segments = forms.ModelMultipleChoiceField(
        Segment.objects.none(),
        label=_("Without people in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The flight plan counts each of them by its name."),
    )
    without_tags = forms.ModelMultipleChoiceField(
        Tag.objects.none(), label=_("Without people who have"), required=False, widget=forms.CheckboxSelectMultiple
    )
    live = forms.BooleanField(
        label=_("Count the audience again at the launch"),
        required=False,
        help_text=_("Otherwise it goes to the people who fit when the flight plan was made."),
    )
    pasted = forms.CharField(
        label=_("Numbers"),
        error_messages={"required": _("Paste at least one number.")},
        widget=forms.Textarea(attrs={"rows": 5, "dir": "ltr"}),
        help_text=_("One a line, or with commas between. Only your contacts are written to."),
    )
    numbers = forms.ModelMultipleChoiceField(
        Number.objects.none(), label=_("Sent from"), widget=forms.CheckboxSelectMultiple
    )
    preset = forms.ChoiceField(label=_("Pace"), choices=PRESET_CHOICES, widget=forms.RadioSelect)
    per_minute = forms.IntegerField(
        label=_("Messages a minute from each number"),
        error_messages={"required": _("Say how many a minute.")},
        min_value=1,
        max_value=60_000,
        help_text=_("10 to 15 are recommended for numbers that are also used on a phone."),
    )
    quiet_hours = forms.BooleanField(
        label=_("Keep quiet hours"),
        required=False,
        help_text=_("Marketing leaves only in the daytime of each recipient."),
    )

    def __init__(self, data: Any, *, member: Member, campaign: Campaign) -> None:
        super().__init__(data, initial=initial_of(campaign))
        for name, (other, choice) in NEEDED_WITH.items():
            self.fields[name].required = data is None or (data.get(other) or UNSAID.get(other)) == choice
        mine = {"workspace_id": member.workspace_id}
        self.fields["template"].queryset = sendable_templates(member)  # type: ignore[attr-defined]
        for name in ("tag", "without_tags"):
            self.fields[name].queryset = Tag.objects.filter(**mine).order_by("name")  # type: ignore[attr-defined]
        for name in ("segment", "without_segments"):
            self.fields[name].queryset = Segment.objects.filter(**mine).order_by("name")  # type: ignore[attr-defined]
        self.fields["numbers"].queryset = Number.objects.filter(**mine, removed_at=None).order_by("name")  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        """The arguments of `actions.change`."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            **self.said_changes(),
            "audience": audience_of(data),
            "bindings": read_bindings(self.message(), self.data),
            "numbers": list(data["numbers"]),
            "preset": data["preset"],
            "pacing": {"per_minute": data["per_minute"]} if data["preset"] == "custom" else {},
            "quiet_hours": data["quiet_hours"],
            **self.timing_changes(),
        }

    def message(self) -> Said:
        """The message that was chosen, as far as it is written."""
        if self.cleaned_data["said"] == free_forms.FREE:
            return free_forms.half_written(self.cleaned_data)
        found: Template = self.cleaned_data["template"]
        return found


def sendable_templates(member: Member) -> Any:
    """Approved templates for campaigns; one-time codes are no campaign."""
    return (
        Template.objects.filter(workspace_id=member.workspace_id, status="APPROVED", removed_at=None)
        .exclude(category="AUTHENTICATION")
        .order_by("name", "language")
    )


def initial_of(campaign: Campaign) -> dict[str, Any]:
    return {
        "name": campaign.name,
        "template": campaign.template_id,
        **free_forms.initial_of(free_of(campaign.free)),
        "audience": campaign.audience.get("kind", "everybody"),
        "tag": campaign.audience.get("tag"),
        "segment": campaign.audience.get("segment"),
        "without_segments": campaign.audience.get("without", {}).get("segments", []),
        "without_tags": campaign.audience.get("without", {}).get("tags", []),
        "live": campaign.audience.get("live", False),
        "pasted": campaign.audience.get("text", ""),
        "numbers": list(campaign.senders.values_list("number_id", flat=True)),
        "preset": campaign.preset,
        "per_minute": campaign.pacing.get("per_minute"),
        "quiet_hours": campaign.quiet_hours,
        **timing.initial_of(campaign),
    }


def audience_of(data: dict[str, Any]) -> dict[str, Any]:
    """The audience as `actions.change` takes it."""
    without = {"segments": [each.pk for each in data["without_segments"]], "tags": [t.pk for t in data["without_tags"]]}
    return {**kind_of(data), "without": without, "live": data["live"]}


def kind_of(data: dict[str, Any]) -> dict[str, Any]:
    if data["audience"] in ("tag", "segment"):
        return {"kind": data["audience"], data["audience"]: data[data["audience"]].pk}
    if data["audience"] == "pasted":
        return {"kind": "pasted", "text": data["pasted"]}
    return {"kind": "everybody"}


def read_bindings(said: Said, data: Any) -> list[dict[str, Any]]:
    """The variables' two fields each, as `variable_fields` names them, and the file or place on top."""
    link = header_of(data)
    media = [{"key": bindings.MEDIA, "field": "", "fallback": link}] if link else []
    media += card_fields.read(said, data)
    return media + [
        {
            "key": variable.slot,
            "field": own_field(data.get(f"field-{variable.slot}", ""), data.get(f"own-{variable.slot}", "")),
            "fallback": fallback_of(variable, data.get(f"fallback-{variable.slot}", "").strip()),
        }
        for variable in parts_of(said).variables
    ]


def header_of(data: Any) -> str:
    """What stands on top: an uploaded file before an address, or a place."""
    if place := data.get("header-place", "").strip():
        words = (data.get("header-place-name", ""), data.get("header-place-address", ""))
        return "|".join((f"{bindings.PLACE}{place}", *(word.replace("|", " ").strip() for word in words)))
    return str(data.get("header-file", "").strip() or data.get("header-link", "").strip())


def fallback_of(variable: Variable, said: str) -> str:
    """What is typed; the end of an offer is typed as a time in the member's zone and kept as unix seconds."""
    if variable.where != "limited_time_offer" or (at := parse_datetime(said)) is None:
        return said
    return str(int(timezone.make_aware(at).timestamp() if timezone.is_naive(at) else at.timestamp()))


def own_field(chosen: str, own: str) -> str:
    return f"{bindings.OWN}{own.strip()}" if chosen == "own" else chosen


def variable_fields(said: Said | None, campaign: Campaign, data: Any = None) -> list[dict[str, Any]]:
    """What the page shows for each variable: its name, example, chosen field and fallback."""
    if said is None:
        return []
    kept = {binding["key"]: binding for binding in campaign.bindings} if said.pk == campaign.template_id else {}
    if data is not None and any(key.startswith("fallback-") for key in data):
        kept = {each["key"]: each for each in read_bindings(said, data) if f"fallback-{each['key']}" in data}
    known = own_fields(campaign)
    parts = parts_of(said).parts
    buttons: dict[tuple[int | None, int], Button] = {(None, button.index): button for button in parts.buttons}
    buttons |= {(place, button.index): button for place, card in enumerate(parts.cards) for button in card.buttons}
    return [
        shown(variable, kept.get(variable.slot, {}), known, buttons.get((variable.card, variable.index or 0)))
        for variable in parts_of(said).variables
    ]


def own_fields(campaign: Campaign) -> list[str]:
    """The business's own fields that its contacts have."""
    rows = ContactField.objects.filter(workspace_id=campaign.workspace_id).order_by("key")
    return list(rows.values_list("key", flat=True)[:MOST_OWN_FIELDS])


def shown(variable: Variable, binding: dict[str, Any], known: list[str], button: Button | None) -> dict[str, Any]:
    kind = (
        "offer"
        if variable.where == "limited_time_offer"
        else button.kind
        if variable.where == "button" and button
        else ""
    )
    field = binding.get("field", guessed(variable, kind, known))
    own = field.removeprefix(bindings.OWN) if field.startswith(bindings.OWN) else ""
    return {
        "slot": variable.slot,
        "name": variable.key,
        "where": variable.where,
        "card": variable.card + 1 if variable.card is not None else None,
        "kind": kind,
        "button": button.label if variable.where == "button" and button else "",
        "address": button.target.partition("{{")[0] if kind == "url" and button else "",
        "example": variable.example,
        "field": field if own in known else "own" if own else field,
        "own": own if own not in known else "",
        "fallback": shown_fallback(variable, binding.get("fallback", "")),
    }


def guessed(variable: Variable, kind: str, known: list[str]) -> str:
    """What most likely fills a variable that nobody has said anything of: by its name, the first one by the name."""
    if kind in FIXED:
        return ""
    key = variable.key.casefold()
    if key in GUESSES:
        return GUESSES[key]
    if key in known:
        return f"{bindings.OWN}{key}"
    return "first_name" if variable.slot == "body.1" else ""


def shown_fallback(variable: Variable, fallback: str) -> str:
    ends = end_of(fallback) if variable.where == "limited_time_offer" else None
    return fallback if ends is None else f"{timezone.localtime(ends):%Y-%m-%dT%H:%M}"


def template_id(text: str) -> int | None:
    """A template's row number as a form sends it; None when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
