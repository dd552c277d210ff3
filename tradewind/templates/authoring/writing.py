"""What somebody writes in the form of a template, and Meta's definition that it becomes.

How it is read from the form, or from a template that is there, stands in reading.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tradewind.whatsapp.payloads.placeholders import PLACEHOLDER, keys_of

SHAPES = ("message", "offer", "carousel", "catalogue")
"""A message with what one likes; one with an end to its offer; cards side by side; products of the catalogue."""
HEADERS = ("none", "text", "image", "video", "document", "location")
FILES = ("image", "video", "document")
TOPS = {"offer": ("none", "image", "video"), "carousel": ("none",)}
"""What may stand on top, where that is less than HEADERS."""
CARD_TOPS = ("image", "video")
BUTTONS = ("quick_reply", "url", "phone_number", "copy_code")
CARD_BUTTONS = ("quick_reply", "url", "phone_number")
CATALOGUES = {"catalog": "View catalog", "mpm": "View items"}
"""The buttons of a catalogue: all of it, or some products. Their words are Meta's own."""
MOST_BUTTONS, MOST_CARD_BUTTONS = 10, 2
FEWEST_CARDS, MOST_CARDS = 2, 10
STAND_IN_HANDLE = "4::sample"
"""Stands for the sample's handle until the file has been brought to Meta."""
Json = dict[str, Any]


@dataclass(slots=True)
class Button:
    """A button as it is written; what belongs to another kind stays empty."""

    kind: str
    text: str = ""
    url: str = ""
    example: str = ""
    phone: str = ""


@dataclass(slots=True)
class Card:
    """A card of a carousel. `sample` names the file that the reviewers see on it (the public id of a Sample)."""

    body: str = ""
    buttons: list[Button] = field(default_factory=list)
    sample: str = ""


@dataclass(slots=True)
class Writing:
    """All that the form holds. `examples` by part and variable: "body.name", "header.1", "card.0.body.1"."""

    name: str = ""
    language: str = ""
    category: str = "MARKETING"
    header: str = "none"
    header_text: str = ""
    body: str = ""
    footer: str = ""
    buttons: list[Button] = field(default_factory=list)
    examples: dict[str, str] = field(default_factory=dict)
    shape: str = "message"
    offer_text: str = ""
    offer_ends: bool = True
    catalogue: str = "catalog"
    card_header: str = "image"
    cards: list[Card] = field(default_factory=list)

    @property
    def is_named(self) -> bool:
        """Variables have either names or numbers; Meta takes no mixture."""
        return any(not key.isdecimal() for _part, key in self.variables)

    @property
    def parameter_format(self) -> str:
        return "NAMED" if self.is_named else "POSITIONAL"

    @property
    def variables(self) -> list[tuple[str, str]]:
        """(part, key) of each variable that needs an example, in reading order."""
        texts = [("header", self.header_text if self.header == "text" else ""), ("body", self.body)]
        texts += [(f"card.{place}.body", card.body) for place, card in enumerate(self.cards)]
        return [(part, key) for part, text in texts for key in keys_of(text)]

    def components(self, handle: str = STAND_IN_HANDLE, card_handles: Sequence[str] = ()) -> list[Json]:
        """Meta's components; the handles name the samples of the file on top, and of those on the cards."""
        parts = [
            self._header(handle),
            self._offer(),
            self._text("body", self.body),
            {"type": "FOOTER", "text": self.footer} if self.footer else None,
            self._buttons(),
            self._carousel(card_handles),
        ]
        return [part for part in parts if part is not None]

    def definition(self, handle: str = STAND_IN_HANDLE, card_handles: Sequence[str] = ()) -> Json:
        """What is submitted to Meta."""
        return {
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "parameter_format": self.parameter_format,
            "components": self.components(handle, card_handles),
        }

    def _header(self, handle: str) -> Json | None:
        if self.header == "none":
            return None
        part: Json = {"type": "HEADER", "format": self.header.upper()}
        if self.header == "text":
            part["text"] = self.header_text
            if keys := keys_of(self.header_text):
                part["example"] = self._examples("header", keys)
        elif self.header in FILES:
            part["example"] = {"header_handle": [handle]}
        return part

    def _offer(self) -> Json | None:
        if self.shape != "offer":
            return None
        offer = {"text": self.offer_text, "has_expiration": self.offer_ends}
        return {"type": "LIMITED_TIME_OFFER", "limited_time_offer": offer}

    def _text(self, where: str, text: str) -> Json:
        part: Json = {"type": "BODY", "text": text}
        if keys := keys_of(text):
            part["example"] = self._examples(where, keys)
        return part

    def _examples(self, where: str, keys: Sequence[str]) -> Json:
        given = [self.examples.get(f"{where}.{key}", "") for key in keys]
        part = where.rpartition(".")[2]
        if self.is_named:
            pairs = [{"param_name": key, "example": value} for key, value in zip(keys, given, strict=True)]
            return {f"{part}_text_named_params": pairs}
        return {f"{part}_text": given if part == "header" else [given]}

    def _buttons(self) -> Json | None:
        if self.shape == "catalogue":
            words = CATALOGUES[self.catalogue]
            return {"type": "BUTTONS", "buttons": [{"type": self.catalogue.upper(), "text": words}]}
        if not self.buttons:
            return None
        return {"type": "BUTTONS", "buttons": [as_meta(button) for button in self.buttons]}

    def _carousel(self, handles: Sequence[str]) -> Json | None:
        if self.shape != "carousel":
            return None
        return {
            "type": "CAROUSEL",
            "cards": [
                {"components": self._card(place, card, handles[place] if place < len(handles) else STAND_IN_HANDLE)}
                for place, card in enumerate(self.cards)
            ],
        }

    def _card(self, place: int, card: Card, handle: str) -> list[Json]:
        top = {"type": "HEADER", "format": self.card_header.upper(), "example": {"header_handle": [handle]}}
        parts = [top, self._text(f"card.{place}.body", card.body)]
        if card.buttons:
            parts.append({"type": "BUTTONS", "buttons": [as_meta(button) for button in card.buttons]})
        return parts


def as_meta(button: Button) -> Json:
    if button.kind == "copy_code":
        return {"type": "COPY_CODE", "example": button.example}
    if button.kind == "phone_number":
        return {"type": "PHONE_NUMBER", "text": button.text, "phone_number": button.phone}
    if button.kind == "url":
        made: Json = {"type": "URL", "text": button.text, "url": button.url}
        if PLACEHOLDER.search(button.url):
            made["example"] = [button.example]
        return made
    return {"type": "QUICK_REPLY", "text": button.text}
