"""What a template expects of a message, worked out once from its components."""

import re
from dataclasses import dataclass, field
from typing import Any

from tradewind.simulator.world.shapes import Template

VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


@dataclass(slots=True)
class Button:
    """One button: its kind in Meta's capitals, and whether its address holds a variable."""

    kind: str
    has_variable: bool


@dataclass(slots=True)
class Blueprint:
    """The variables and formats of one template, or of one card of a carousel."""

    named: bool
    authentication: bool
    header: str = ""  # "", TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, GIF, PRODUCT
    header_names: list[str] = field(default_factory=list)
    header_text: str = ""
    body_names: list[str] = field(default_factory=list)
    body_text: str = ""
    buttons: list[Button] = field(default_factory=list)
    cards: list["Blueprint"] = field(default_factory=list)
    offer_expires: bool = False


_known: dict[str, tuple[list[dict[str, Any]], Blueprint]] = {}


def blueprint_of(template: Template) -> Blueprint:
    """The blueprint, kept until the components change."""
    entry = _known.get(template.template_id)
    if entry is None or entry[0] is not template.components:
        made = draw(template.components, template.parameter_format == "NAMED", template.category == "AUTHENTICATION")
        entry = _known[template.template_id] = (template.components, made)
    return entry[1]


def draw(components: list[dict[str, Any]], named: bool, authentication: bool) -> Blueprint:
    """Work a blueprint out."""
    plan = Blueprint(named, authentication)
    for part in components:
        kind = str(part.get("type", "")).upper()
        if kind == "HEADER":
            plan.header = str(part.get("format", "TEXT")).upper()
            plan.header_text = part.get("text", "")
            plan.header_names = variables(plan.header_text)
        elif kind == "BODY":
            plan.body_text = part.get("text", "")
            plan.body_names = ["1"] if authentication else variables(plan.body_text)
        elif kind == "BUTTONS":
            plan.buttons = [_button(button, authentication) for button in part.get("buttons", ())]
        elif kind == "CAROUSEL":
            plan.cards = [draw(card.get("components", []), named, False) for card in part.get("cards", ())]
        elif kind == "LIMITED_TIME_OFFER":
            plan.offer_expires = bool(part.get("limited_time_offer", {}).get("has_expiration", True))
    return plan


def variables(text: str) -> list[str]:
    """The different variable names of a text, in order."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def _button(button: dict[str, Any], authentication: bool) -> Button:
    kind = str(button.get("type", "")).upper()
    if kind == "OTP" or (authentication and kind == "URL"):
        return Button("OTP", True)
    return Button(kind, kind == "URL" and bool(VARIABLE.search(button.get("url", ""))))
