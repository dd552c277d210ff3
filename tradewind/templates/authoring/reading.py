"""How a template's form is read, and how a template that is there becomes such a form again.

The form's fields are plain names (body, header, button-0-kind, card-0-body …), so that the same reading serves the page
that checks as one writes, the submission, and a template that is taken as a beginning.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tradewind.lib.text import storable
from tradewind.templates.authoring.writing import (
    BUTTONS,
    CARD_BUTTONS,
    CARD_TOPS,
    CATALOGUES,
    HEADERS,
    MOST_BUTTONS,
    MOST_CARD_BUTTONS,
    MOST_CARDS,
    SHAPES,
    TOPS,
    Button,
    Card,
    Writing,
)
from tradewind.whatsapp.payloads.components import Button as Made
from tradewind.whatsapp.payloads.components import Parts, take_apart

LONGEST = 4_000
_BUTTON, _CARD = re.compile(r"button-(\d{1,2})-kind"), re.compile(r"card-(\d{1,2})-body")


def read(data: Mapping[str, str]) -> Writing:
    """The form's fields; what is no value of a choice counts as the first one."""

    def text(name: str) -> str:
        return storable(str(data.get(name, ""))[:LONGEST]).replace("\r\n", "\n")

    def choice(name: str, choices: Sequence[str]) -> str:
        found = text(name)
        return found if found in choices else choices[0]

    return shaped(
        Writing(
            name=text("name").strip(),
            language=text("language").strip(),
            category=choice("category", ("MARKETING", "UTILITY")),
            header=choice("header", HEADERS),
            header_text=text("header_text").strip(),
            body=text("body").strip(),
            footer=text("footer").strip(),
            buttons=[
                button_of(text, kind, f"button-{place}")
                for place in places_of(data)
                if (kind := text(f"button-{place}-kind")) in BUTTONS
            ],
            examples={
                name.removeprefix("example-"): text(name).strip() for name in data if name.startswith("example-")
            },
            shape=choice("shape", SHAPES),
            offer_text=text("offer_text").strip(),
            offer_ends=text("offer_ends") != "no",
            catalogue=choice("catalogue", list(CATALOGUES)),
            card_header=choice("card_header", CARD_TOPS),
            cards=[card_of(text, place) for place in cards_of(data)],
        )
    )


def button_of(text: Callable[[str], str], kind: str, prefix: str) -> Button:
    return Button(kind, *(text(f"{prefix}-{part}").strip() for part in ("text", "url", "example", "phone")))


def card_of(text: Callable[[str], str], place: int) -> Card:
    """A card of the form; which kinds of buttons it has is said once for all cards."""
    kinds = [text(f"card-kind-{n}") for n in range(MOST_CARD_BUTTONS)]
    return Card(
        body=text(f"card-{place}-body").strip(),
        buttons=[
            button_of(text, kind, f"card-{place}-button-{n}") for n, kind in enumerate(kinds) if kind in CARD_BUTTONS
        ],
        sample=text(f"card-{place}-sample"),
    )


def shaped(made: Writing) -> Writing:
    """Without what its shape does not have, so that hidden fields of the form say nothing."""
    if made.shape != "carousel":
        made.cards = []
    if made.shape == "catalogue":
        made.header = "text" if made.catalogue == "mpm" else "none"
    elif made.header not in TOPS.get(made.shape, HEADERS):
        made.header = "none"
    if made.shape in ("offer", "carousel"):
        made.footer = ""
    if made.shape in ("carousel", "catalogue"):
        made.buttons = []
    if made.shape == "offer":  # Meta: the code stands before the address
        made.buttons.sort(key=lambda button: button.kind != "copy_code")
    return made


def cards_of(data: Mapping[str, str]) -> list[int]:
    found = (match for name in data if (match := _CARD.fullmatch(name)))
    return sorted(int(match[1]) for match in found)[:MOST_CARDS]


def places_of(data: Mapping[str, str]) -> list[int]:
    found = (match for name in data if (match := _BUTTON.fullmatch(name)))
    return sorted(int(match[1]) for match in found)[:MOST_BUTTONS]


def from_components(
    components: Sequence[Mapping[str, Any]], *, name: str = "", language: str = "", category: str = "MARKETING"
) -> Writing:
    """A template that is there, as the form would hold it."""
    parts = take_apart(components)
    header = parts.header_kind if parts.header_kind in HEADERS else "none"
    texts = [text for each in (parts, *parts.cards) for text in (each.header, each.body) if text is not None]
    return Writing(
        name=name,
        language=language,
        category=category,
        header=header or "none",
        header_text=parts.header.text if parts.header else "",
        body=parts.body.text if parts.body else "",
        footer=parts.footer,
        buttons=[as_written(button) for button in parts.buttons if button.kind in BUTTONS],
        examples={variable.slot: variable.example for text in texts for variable in text.variables},
        shape=shape_of(parts),
        offer_text=parts.offer_text,
        offer_ends=parts.offer is not None or not parts.has_offer,
        catalogue=next((button.kind for button in parts.buttons if button.kind in CATALOGUES), "catalog"),
        card_header=next((card.header_kind for card in parts.cards if card.header_kind in CARD_TOPS), "image") or "",
        cards=[
            Card(
                card.body.text if card.body else "", [as_written(each) for each in card.buttons if each.kind in BUTTONS]
            )
            for card in parts.cards
        ],
    )


def shape_of(parts: Parts) -> str:
    if parts.cards:
        return "carousel"
    if parts.has_offer:
        return "offer"
    return "catalogue" if any(button.kind in CATALOGUES for button in parts.buttons) else "message"


def as_written(button: Made) -> Button:
    return Button(
        button.kind,
        button.label,
        button.target if button.kind == "url" else "",
        button.variable.example if button.variable else "",
        button.target if button.kind == "phone_number" else "",
    )
