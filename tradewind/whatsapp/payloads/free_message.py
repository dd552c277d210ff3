"""A free message with places to fill, kept the way templates are: the same parts, sent within the service window.

    free = FreeMessage([{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hello {{first_name}}"},
                        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}]}])
    free.message({"body.first_name": "Ada"}, header_media={"id": "1037…"})      # PayloadError(field, sentence)

Under the text stand up to three answers (QUICK_REPLY), or one of: a link (URL), the catalogue (CATALOG), one product
(PRODUCT with "catalog_id" and "product_retailer_id").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tradewind.whatsapp.payloads import checks, freeform, interactive
from tradewind.whatsapp.payloads.checks import PayloadError
from tradewind.whatsapp.payloads.components import Button, Parts, Text, Variable, take_apart
from tradewind.whatsapp.payloads.placeholders import fill
from tradewind.whatsapp.payloads.templates import (
    TOO_LONG_FILLED,
    Preview,
    Template,
    Values,
    filled,
    part_problems,
    preview_of,
)
from tradewind.whatsapp.words import gettext_noop

Json = dict[str, Any]

FILES = ("image", "video", "document")
MOST_ANSWERS = 3
LONGEST_LABEL = 20

NOTHING = gettext_noop("Write something, or choose a file.")
NEEDS_TEXT = gettext_noop("A message with buttons needs a text.")
NO_FILE_THERE = gettext_noop("The catalogue and a product bring their own picture: take the file away.")
MIXED = gettext_noop("Under a message stand up to three answers, or one link, the catalogue or one product.")


class FreeMessage:
    """Taken apart once and filled many times; the counterpart of `Template`. Values are given by slot ("body.name")."""

    __slots__ = ("_buttons", "parts", "variables")

    def __init__(self, components: Sequence[Mapping[str, Any]]) -> None:
        self.parts: Parts = take_apart(components)
        self._buttons = [
            each for part in components if isinstance(part, Mapping) for each in part.get("buttons") or ()
        ]  # fmt: skip
        if self.parts.body is not None:
            self.parts.body = self._sized(self.parts.body)
        self.variables: list[Variable] = self.parts.variables()

    def _sized(self, body: Text) -> Text:
        """A text by itself may be longer than one under a file or over buttons."""
        is_plain = self.parts.header_kind is None and not self.parts.buttons
        longest = freeform.LONGEST_TEXT if is_plain else freeform.LONGEST_CAPTION
        variables = tuple(replace(each, longest=longest) for each in body.variables)
        return replace(body, longest=longest, variables=variables)

    @property
    def header_kind(self) -> str | None:
        """image, video, document, or None: which `header_media` it needs."""
        return self.parts.header_kind

    @property
    def card_header_kinds(self) -> list[str | None]:
        """As a template has them; a free message has no cards."""
        return []

    @property
    def kind(self) -> str:
        """Meta's type of the message: text, image, video, document or interactive."""
        return "interactive" if self.parts.buttons else self.parts.header_kind or "text"

    def message(self, values: Values, *, header_media: Mapping[str, Any] | None = None) -> Json:
        """Meta's message object, for `addressed`. Raises the first PayloadError."""
        for problem in self._problems(values, header_media):
            raise problem
        body = filled(self.parts.body, values)
        if self.parts.buttons:
            return self._interactive(body, values, header_media)
        if self.parts.header_kind is None:
            return freeform.text(body, has_preview="://" in body)
        assert header_media is not None
        if self.parts.header_kind == "document":
            return freeform.document(header_media, body or None, str(header_media.get("filename") or "") or None)
        return (freeform.image if self.parts.header_kind == "image" else freeform.video)(header_media, body or None)

    def problems(self, values: Values, *, header_media: Mapping[str, Any] | None = None) -> list[PayloadError]:
        """Everything that Meta would refuse; empty when it can be sent."""
        return list(self._problems(values, header_media))

    def preview(self, values: Values) -> Preview:
        """What the person will read; a variable without value stays as {{name}}."""
        return preview_of(self.parts, values)

    def _problems(self, values: Values, media: Mapping[str, Any] | None) -> Iterator[PayloadError]:
        yield from self._shape_problems()
        yield from part_problems(self.parts, values, media, "header")
        body = self.parts.body
        if body is not None and not body.variables and body.fixed_length > body.longest:
            yield PayloadError("body", TOO_LONG_FILLED, length=body.fixed_length, most=body.longest)
        for button in self.parts.buttons:
            yield from _button_problems(button)

    def _shape_problems(self) -> Iterator[PayloadError]:
        kinds = [button.kind for button in self.parts.buttons]
        has_text = self.parts.body is not None and bool(self.parts.body.text.strip())
        if not has_text and (kinds or self.parts.header_kind is None):
            yield PayloadError("body", NEEDS_TEXT if kinds else NOTHING)
        if self.parts.header_kind not in (None, *FILES):
            yield PayloadError("header", checks.EMPTY)
        if kinds and kinds not in (["url"], ["catalog"], ["product"], ["quick_reply"] * min(len(kinds), MOST_ANSWERS)):
            yield PayloadError("buttons", MIXED)
        if self.parts.header_kind and {"catalog", "product"} & set(kinds):
            yield PayloadError("header", NO_FILE_THERE)

    def _interactive(self, body: str, values: Values, media: Mapping[str, Any] | None) -> Json:
        first, given = self.parts.buttons[0], self._buttons[0]
        if first.kind == "catalog":
            return interactive.catalog(body, thumbnail_product_retailer_id=given.get("product_retailer_id") or None)
        if first.kind == "product":
            return interactive.product(given["catalog_id"], given["product_retailer_id"], body)
        header = _header(self.parts.header_kind, media)
        if first.kind == "url":
            variable = first.variable
            url = fill(first.target, {variable.key: values[variable.slot]}) if variable else first.target
            return interactive.link_button(body, first.label, url, header=header)
        answers = [(str(each.index + 1), each.label) for each in self.parts.buttons]
        return interactive.reply_buttons(body, answers, header=header)


def said_by(payload: Mapping[str, Any]) -> Template | FreeMessage:
    """What a kept content says: {"free": true, "components"}, or a template's name, language and components.

    Raises KeyError for neither, PayloadError for a template that cannot be sent.
    """
    components = payload.get("components") or []
    if payload.get("free"):
        return FreeMessage(components)
    return Template(components, payload["name"], payload["language"], payload.get("parameter_format"))


def _header(kind: str | None, media: Mapping[str, Any] | None) -> Json | None:
    if kind not in FILES or media is None:
        return None
    header = interactive.header_file(kind, media)  # type: ignore[arg-type]
    if kind == "document" and media.get("filename"):
        header["document"]["filename"] = str(media["filename"])
    return header


def _button_problems(button: Button) -> Iterator[PayloadError]:
    if button.kind not in ("quick_reply", "url"):
        return
    field = f"buttons.{button.index}"
    try:
        checks.text(f"{field}.text", button.label, LONGEST_LABEL)
        if button.kind == "url":
            checks.link(f"{field}.url", fill(button.target, {button.variable.key: "1"} if button.variable else {}))
    except PayloadError as problem:
        yield problem
