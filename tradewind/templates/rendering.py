"""Templates as they will be read: filled with samples or with a person's values, the filled places marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tradewind.templates.models import Template
from tradewind.whatsapp import payloads
from tradewind.whatsapp.payloads import Preview, Variable

OFFER_END = "limited_time_offer.expiration"
"""The slot of an offer's end: unix seconds."""
# Private-use letters that stand round a filled value until the text is made HTML; nobody can type them into one.
OPEN, CLOSE = "\ue000", "\ue001"
ICONS = {
    "url": "external-link", "phone_number": "phone", "copy_code": "copy", "one_time_code": "copy", "flow": "list",
    "catalog": "store", "product": "store", "mpm": "shopping-bag",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What the phone preview draws. `body` and `header` are HTML with the variables in <span class="var">.

    `offer_ends`: when the offer ends, where that is known; `picture`: the address of a card's own picture.
    """

    header_kind: str
    header: SafeString
    body: SafeString
    footer: str
    buttons: list[dict[str, str]]
    cards: list["Shown"]
    offer: str = ""
    offer_ends: datetime | None = None
    picture: str = ""

    def with_pictures(self, addresses: Sequence[str]) -> "Shown":
        """The same with pictures on its cards; "" where a card has none."""
        known = [*addresses, *[""] * len(self.cards)]
        return replace(self, cards=[replace(card, picture=known[n]) for n, card in enumerate(self.cards)])


def craft_of(template: Template) -> payloads.Template:
    """The protocol's view of a stored template."""
    return payloads.Template(template.components, template.name, template.language, template.parameter_format)


def shown(template: Template, values: Mapping[str, str] | None = None) -> Shown:
    """The template filled with `values` by slot ("body.1"); where one is missing, with Meta's sample or its name."""
    return shown_by(craft_of(template), values or {})


def shown_by(craft: payloads.Template | payloads.FreeMessage, values: Mapping[str, str]) -> Shown:
    """The same of a message that need be no template."""
    filled = {variable.slot: marked(value_for(variable, values)) for variable in craft.variables}
    return replace(drawn(craft.preview(filled)), offer_ends=end_of(values.get(OFFER_END, "")))


def end_of(value: str) -> datetime | None:
    """When an offer ends, from its value (unix seconds); None when that is no time."""
    is_time = value.isascii() and value.isdigit() and len(value) == 10
    return datetime.fromtimestamp(int(value), UTC) if is_time else None


def drawn_of(components: Sequence[Mapping[str, Any]], name: str, language: str, parameter_format: str) -> Shown:
    """Components that are no template yet, filled with their own examples."""
    craft = payloads.Template(components, name, language, parameter_format)
    return drawn(craft.preview({variable.slot: marked(value_for(variable, {})) for variable in craft.variables}))


def value_for(variable: Variable, values: Mapping[str, str]) -> str:
    return values.get(variable.slot) or variable.example or "{{" + variable.key + "}}"


def marked(value: str) -> str:
    return f"{OPEN}{value.replace(OPEN, '').replace(CLOSE, '')}{CLOSE}"


def drawn(preview: Preview) -> Shown:
    return Shown(
        preview.header_kind or "",
        html(preview.header),
        html(preview.body),
        plain(preview.footer),
        [
            {"text": plain(button.label) or label_of(button.kind), "icon": ICONS.get(button.kind, "reply")}
            for button in preview.buttons
        ],
        [drawn(card) for card in preview.cards],
        offer=plain(preview.offer),
    )


def label_of(kind: str) -> str:
    """What WhatsApp itself writes on a button without words."""
    words = {"copy_code": _("Copy code"), "catalog": _("View catalogue"), "product": _("View product")}
    return words.get(kind, "")


def html(text: str) -> SafeString:
    """The text as HTML: escaped, then the marks become spans."""
    spans = escape(text).replace(OPEN, '<span class="var">').replace(CLOSE, "</span>")
    return mark_safe(spans)  # noqa: S308  escaped above; the two marks are ours


def plain(text: str) -> str:
    return text.replace(OPEN, "").replace(CLOSE, "")
