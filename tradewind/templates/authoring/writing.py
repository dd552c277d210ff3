"""What somebody writes in the form of a template, and Meta's definition that it becomes.

The form's fields are plain names (body, header, button-0-kind …), so that the same reading serves the page that checks
as one writes, the submission, and a template that is taken as a beginning.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tradewind.lib.text import storable
from tradewind.whatsapp.payloads.components import take_apart
from tradewind.whatsapp.payloads.placeholders import PLACEHOLDER, keys_of

HEADERS = ("none", "text", "image", "video", "document", "location")
FILES = ("image", "video", "document")
BUTTONS = ("quick_reply", "url", "phone_number", "copy_code")
MOST_BUTTONS = 10
STAND_IN_HANDLE = "4::sample"
"""Stands for the sample's handle until the file has been brought to Meta."""
LONGEST = 4_000
_BUTTON = re.compile(r"button-(\d{1,2})-kind")
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
class Writing:
    """All that the form holds. `examples` by part and variable: "body.name", "header.1"."""

    name: str = ""
    language: str = ""
    category: str = "MARKETING"
    header: str = "none"
    header_text: str = ""
    body: str = ""
    footer: str = ""
    buttons: list[Button] = field(default_factory=list)
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def is_named(self) -> bool:
        """Variables have either names or numbers; Meta takes no mixture."""
        keys = [*keys_of(self.body), *(keys_of(self.header_text) if self.header == "text" else [])]
        return any(not key.isdecimal() for key in keys)

    @property
    def parameter_format(self) -> str:
        return "NAMED" if self.is_named else "POSITIONAL"

    @property
    def variables(self) -> list[tuple[str, str]]:
        """(part, key) of each variable that needs an example, in reading order."""
        header = [("header", key) for key in keys_of(self.header_text)] if self.header == "text" else []
        return [*header, *(("body", key) for key in keys_of(self.body))]

    def components(self, handle: str = STAND_IN_HANDLE) -> list[Json]:
        """Meta's components; `handle` names the sample of a file on top."""
        parts = [self._header(handle), self._body(), self._footer(), self._buttons()]
        return [part for part in parts if part is not None]

    def definition(self, handle: str = STAND_IN_HANDLE) -> Json:
        """What is submitted to Meta."""
        return {
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "parameter_format": self.parameter_format,
            "components": self.components(handle),
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

    def _body(self) -> Json:
        part: Json = {"type": "BODY", "text": self.body}
        if keys := keys_of(self.body):
            part["example"] = self._examples("body", keys)
        return part

    def _examples(self, where: str, keys: Sequence[str]) -> Json:
        given = [self.examples.get(f"{where}.{key}", "") for key in keys]
        if self.is_named:
            pairs = [{"param_name": key, "example": value} for key, value in zip(keys, given, strict=True)]
            return {f"{where}_text_named_params": pairs}
        return {f"{where}_text": given if where == "header" else [given]}

    def _footer(self) -> Json | None:
        return {"type": "FOOTER", "text": self.footer} if self.footer else None

    def _buttons(self) -> Json | None:
        if not self.buttons:
            return None
        return {"type": "BUTTONS", "buttons": [as_meta(button) for button in self.buttons]}


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


def read(data: Mapping[str, str]) -> Writing:
    """The form's fields; what is no value of a choice counts as the first one."""

    def text(name: str) -> str:
        return storable(str(data.get(name, ""))[:LONGEST]).replace("\r\n", "\n")

    header, category = text("header"), text("category")
    return Writing(
        name=text("name").strip(),
        language=text("language").strip(),
        category=category if category in ("MARKETING", "UTILITY") else "MARKETING",
        header=header if header in HEADERS else "none",
        header_text=text("header_text").strip(),
        body=text("body").strip(),
        footer=text("footer").strip(),
        buttons=[
            Button(
                kind,
                *(text(f"button-{place}-{part}").strip() for part in ("text", "url", "example", "phone")),
            )
            for place in places_of(data)
            if (kind := text(f"button-{place}-kind")) in BUTTONS
        ],
        examples={name.removeprefix("example-"): text(name).strip() for name in data if name.startswith("example-")},
    )


def places_of(data: Mapping[str, str]) -> list[int]:
    found = (match for name in data if (match := _BUTTON.fullmatch(name)))
    return sorted(int(match[1]) for match in found)[:MOST_BUTTONS]


def from_components(
    components: Sequence[Mapping[str, Any]], *, name: str = "", language: str = "", category: str = "MARKETING"
) -> Writing:
    """A template that is there, as the form would hold it."""
    parts = take_apart(components)
    header = parts.header_kind if parts.header_kind in HEADERS else "none"
    texts = [text for text in (parts.header, parts.body) if text is not None]
    return Writing(
        name=name,
        language=language,
        category=category,
        header=header or "none",
        header_text=parts.header.text if parts.header else "",
        body=parts.body.text if parts.body else "",
        footer=parts.footer,
        buttons=[
            Button(
                button.kind,
                button.label,
                button.target if button.kind == "url" else "",
                button.variable.example if button.variable else "",
                button.target if button.kind == "phone_number" else "",
            )
            for button in parts.buttons
            if button.kind in BUTTONS
        ],
        examples={
            f"{variable.where}.{variable.key}": variable.example for text in texts for variable in text.variables
        },
    )
