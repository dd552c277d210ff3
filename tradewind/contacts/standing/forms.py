"""The form of weights and thresholds, in a shop owner's words."""

import re
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tradewind.contacts.standing.changing import SettingsRefused, checked
from tradewind.contacts.standing.settings import Settings

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_LINE = re.compile(r"\s*([A-Za-z]{3})\s*[:=]?\s*(.+)")


# Stage, the threshold in its sentence, the sentence; the first that fits decides (cycle.py).
MOVES = (
    ("sleeping", "sleeping", _("No sign for {days} days, of somebody who was worth much")),
    ("history", "", _("No sign for as long, of anybody else")),
    ("at_risk", "at_risk", _("No sign for {days} days")),
    ("new", "new", _("Known for up to {days} days")),
    ("growing", "growing", _("Known for up to {days} days")),
    ("regular", "", _("Known for longer, and in touch")),
)


class FourField(forms.CharField):
    """Four rising numbers with spaces or semicolons between: "14 30 60 120"."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"})

    def to_python(self, value: Any) -> Any:
        return four(str(value or ""))

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, tuple | list) else value


class SpendField(forms.CharField):
    """A line for each currency: "EUR: 50 150 400 1000"."""

    widget = forms.Textarea(attrs={"rows": 3, "dir": "ltr"})

    def to_python(self, value: Any) -> Any:
        found = {}
        for line in str(value or "").splitlines():
            if not line.strip():
                continue
            match = _LINE.fullmatch(line)
            if match is None:
                raise ValidationError(
                    _now("Each line names a currency and four amounts, such as EUR: 50 150 400 1000.")
                )
            found[match.group(1).upper()] = four(match.group(2))
        return found

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{currency}: {plain(amounts)}" for currency, amounts in value.items())


def four(text: str) -> tuple[float, ...]:
    numbers = tuple(float(each.replace(",", ".")) for each in _NUMBER.findall(text))
    if len(numbers) != 4 or any(low >= high for low, high in pairwise(numbers)):
        raise ValidationError(_now("Four numbers, each larger than the one before, such as 14 30 60 120."))
    return numbers


def plain(numbers: Any) -> str:
    return " ".join(f"{number:.10g}" for number in numbers)


def points(label: Any, **wishes: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100, **wishes)


def days(label: Any, **wishes: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=3650, **wishes)


def weight(label: Any, **wishes: Any) -> forms.FloatField:
    return forms.FloatField(label=label, min_value=0, max_value=100, **wishes)


class ScoresForm(forms.Form):
    """Names are paths into `Settings`, with two underscores between."""

    engagement__opens = points(_("Reads messages"))
    engagement__speed = points(_("Is quick to read and answer"))
    engagement__depth = points(_("Writes and clicks"))
    engagement__high = points(_("High from"), help_text=_("Whoever reaches it is told of at once."))
    engagement__move = forms.IntegerField(label=_("A move of more than … points is told"), min_value=1, max_value=100)
    intent__question = weight(_("Asks a question"))
    intent__read = weight(_("Reads a message"))
    intent__click = weight(_("Clicks a link"))
    intent__cart = weight(_("Fills a cart"))
    intent__high = weight(_("High above"))
    intent__half_life_days = days(_("Points halve in so many days"))
    grade__a_from = weight(_("Grade A from … orders a month"))
    grade__b_from = weight(_("Grade B from … orders a month"))
    classes__recency_days = FourField(
        label=_("Days since the last order"), help_text=_("Up to the first: 5. Up to the last: 2. Later: 1.")
    )
    classes__orders_a_year = FourField(label=_("Orders a year"), help_text=_("From the first: 2. From the last: 5."))
    classes__spend_a_year = SpendField(
        label=_("Spend a year"),
        required=False,
        help_text=_("A line for each currency: from the first amount 2, from the last 5. Nothing is converted."),
    )
    currency = forms.CharField(
        label=_("Your currency"), max_length=3, min_length=3, help_text=_("For amounts that are told without one.")
    )
    record_percent = forms.IntegerField(
        label=_("A record is an order … % above every earlier one"), min_value=1, max_value=1000
    )
    stages__new = days(_("New: known for up to … days"))
    stages__growing = days(_("Growing: known for up to … days"))
    stages__at_risk = days(_("At risk: silent for … days"))
    stages__sleeping = days(_("Sleeping or history: silent for … days"))

    @classmethod
    def of(cls, settings: Settings) -> "ScoresForm":
        """The form as it stands, with the usual thresholds of the workspace's own currency shown."""
        values = settings.model_dump()
        values["classes"]["spend_a_year"].setdefault(settings.currency, settings.spend_a_year(settings.currency))
        return cls(initial={name: value_at(values, name) for name in cls.base_fields})

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors:
            try:
                checked(self.settings())
            except SettingsRefused as refused:
                for _place, sentence in refused.problems:
                    self.add_error(None, sentence)
        return found

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def settings(self) -> dict[str, Any]:
        """What was typed, nested as `Settings` is."""
        nested: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            part, _line, rest = name.partition("__")
            if rest:
                nested.setdefault(part, {})[rest] = value
            else:
                nested[part] = value
        return nested

    def moves(self) -> list[tuple[str, SafeString]]:
        """The life cycle as rules, in the order in which they decide: (stage, its sentence with the days in it)."""
        return [
            (stage, format_html(str(sentence), days=self.slot(f"stages__{name}") if name else ""))
            for stage, name, sentence in MOVES
        ]

    def slot(self, name: str) -> SafeString:
        """A field within a sentence."""
        field = self[name]
        return field.as_widget(attrs={"class": "slot slot-in w-16 ltr", "aria-label": str(field.label)})

    def groups(self) -> dict[str, list[forms.BoundField]]:
        """The fields by their first word, for the page."""
        found: dict[str, list[forms.BoundField]] = {}
        for field in self:
            found.setdefault(field.name.partition("__")[0], []).append(field)
        return found


def value_at(values: dict[str, Any], name: str) -> Any:
    part, _line, rest = name.partition("__")
    return values[part][rest] if rest else values[part]
