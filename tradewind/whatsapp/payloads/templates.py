"""Template messages (cloud-api.md §3.2): from a template's stored components and a person's values to what is sent,
and to what the person will read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tradewind.whatsapp.payloads import checks
from tradewind.whatsapp.payloads.checks import PayloadError
from tradewind.whatsapp.payloads.components import MEDIA_HEADERS, Button, Parts, Text, Variable, take_apart
from tradewind.whatsapp.payloads.placeholders import fill
from tradewind.whatsapp.words import gettext_noop

Json = dict[str, Any]
Values = Mapping[str, str]

_REFUSED = re.compile(r"[\n\r\t\x00\ud800-\udfff]| {5}")
_COUPON = re.compile(r"[A-Za-z0-9]+")
_UNIX_SECONDS = re.compile(r"[0-9]{10}")
MOST_PRODUCTS, LONGEST_SECTION_TITLE = 30, 24
_NO_FLOW_TOKEN = "unused"  # noqa: S105  (Meta's own default, no secret)

MISSING = gettext_noop("There is no value for this variable.")
BLANK = gettext_noop("The value of this variable is empty; Meta refuses that.")
BROKEN_LINE = gettext_noop("The value has a line break or a tab; Meta refuses that within a variable.")
WIDE_GAP = gettext_noop("The value has more than 4 spaces in a row; Meta refuses that within a variable.")
TOO_LONG_FILLED = gettext_noop("Filled in, this text has %(length)s characters; at most %(most)s are allowed.")
TOO_LONG_VALUE = gettext_noop("The value has %(length)s characters; at most %(most)s are allowed here.")
SPACE_IN_URL = gettext_noop("The value becomes part of an address and must not contain spaces.")
NOT_A_COUPON = gettext_noop("A coupon code has only the letters A to Z and digits.")
NO_PRODUCTS = gettext_noop("Name 1 to %(most)s products by their numbers in the catalogue, with commas between them.")
NOT_A_TIME = gettext_noop("The end of the offer is not a time.")
NO_MEDIA = gettext_noop("The template's header needs a file (%(kind)s).")
NO_PLACE = gettext_noop("The template's header needs a place with latitude and longitude.")
NOT_SUPPORTED = gettext_noop("The template has a part that cannot be sent from here (%(kind)s).")


@dataclass(frozen=True, slots=True)
class PreviewButton:
    """A button as the person sees it; `target` is the filled address, the phone number or the code."""

    kind: str
    label: str
    target: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What the person will read. `header_kind` tells that a picture (or other file) stands above."""

    header_kind: str | None
    header: str
    body: str
    footer: str
    buttons: tuple[PreviewButton, ...]
    cards: tuple["Preview", ...] = ()
    offer: str = ""

    @property
    def text(self) -> str:
        """All of it as plain text, one part a line."""
        labels = [f"[{each.label}]" for each in self.buttons if each.label]
        lines = [self.header, self.body, self.offer, self.footer, *labels]
        return "\n".join([line for line in lines if line] + [card.text for card in self.cards])


class Template:
    """A template, taken apart once and filled many times.

    `variables` lists what has to be filled; values are given by slot ("body.1", "header.first_name", "button.0.1").
    """

    __slots__ = ("_is_named", "language", "name", "parts", "variables")

    def __init__(
        self,
        components: Sequence[Mapping[str, Any]],
        name: str,
        language: str,
        parameter_format: str | None = "POSITIONAL",
    ) -> None:
        self.name = name
        self.language = language
        self._is_named = (parameter_format or "").upper() == "NAMED"
        self.parts = take_apart(components)
        self.variables: list[Variable] = self.parts.variables()

    @property
    def header_kind(self) -> str | None:
        """text, image, video, document, gif, location, product, or None: which `header_media` it needs."""
        return self.parts.header_kind

    @property
    def card_header_kinds(self) -> list[str | None]:
        """The same for each card of a carousel."""
        return [card.header_kind for card in self.parts.cards]

    def message(
        self,
        values: Values,
        *,
        header_media: Mapping[str, Any] | None = None,
        card_media: Sequence[Mapping[str, Any]] = (),
        quick_reply_payloads: Mapping[int, str] | None = None,
        flow_token: str | None = None,
    ) -> Json:
        """`{"type": "template", "template": …}`, for `addressed`. Raises the first PayloadError.

        `header_media` is `{"id"}` or `{"link"}` (a document also `filename`), a location
        `{"latitude", "longitude", "name"?, "address"?}`. `quick_reply_payloads` by button index: what a tap sends.
        """
        for problem in self._problems(values, header_media, card_media):
            raise problem
        components = self._components(self.parts, values, header_media, quick_reply_payloads or {}, flow_token)
        if self.parts.cards:
            components.append(self._carousel(values, card_media, flow_token))
        template: Json = {"name": self.name, "language": {"code": self.language}}
        if components:
            template["components"] = components
        return {"type": "template", "template": template}

    def problems(
        self,
        values: Values,
        *,
        header_media: Mapping[str, Any] | None = None,
        card_media: Sequence[Mapping[str, Any]] = (),
    ) -> list[PayloadError]:
        """Everything that Meta would refuse, each with its slot; empty when it can be sent."""
        return list(self._problems(values, header_media, card_media))

    def preview(self, values: Values) -> Preview:
        """What the person will read; a variable without value stays as {{1}}."""
        return preview_of(self.parts, values)

    def _problems(
        self, values: Values, header_media: Mapping[str, Any] | None, card_media: Sequence[Mapping[str, Any]]
    ) -> Iterator[PayloadError]:
        yield from part_problems(self.parts, values, header_media, "header")
        for index, card in enumerate(self.parts.cards):
            media = card_media[index] if index < len(card_media) else None
            yield from part_problems(card, values, media, f"card.{index}.header")

    def _components(
        self,
        parts: Parts,
        values: Values,
        media: Mapping[str, Any] | None,
        payloads: Mapping[int, str],
        flow_token: str | None,
    ) -> list[Json]:
        components: list[Json] = []
        if parts.header and parts.header.variables:
            components.append({"type": "header", "parameters": self._parameters(parts.header, values)})
        elif parts.header_kind in MEDIA_HEADERS and media is not None:
            components.append({"type": "header", "parameters": [_media_parameter(parts.header_kind, media)]})
        if parts.body and parts.body.variables:
            components.append({"type": "body", "parameters": self._parameters(parts.body, values)})
        if parts.offer:
            components.append(_offer(values[parts.offer.slot]))
        for button in parts.buttons:
            component = _button(button, parts, values, payloads, flow_token)
            if component:
                components.append(component)
        return components

    def _parameters(self, text: Text, values: Values) -> list[Json]:
        if self._is_named:
            return [{"type": "text", "parameter_name": each.key, "text": values[each.slot]} for each in text.variables]
        return [{"type": "text", "text": values[each.slot]} for each in text.variables]

    def _carousel(self, values: Values, card_media: Sequence[Mapping[str, Any]], flow_token: str | None) -> Json:
        cards = [
            {
                "card_index": index,
                "components": self._components(
                    card, values, card_media[index] if index < len(card_media) else None, {}, flow_token
                ),
            }
            for index, card in enumerate(self.parts.cards)
        ]
        return {"type": "carousel", "cards": cards}


def variables_of(components: Sequence[Mapping[str, Any]]) -> list[Variable]:
    """The variables of a template's stored components, in reading order."""
    return take_apart(components).variables()


def template_message(
    components: Sequence[Mapping[str, Any]],
    name: str,
    language: str,
    parameter_format: str | None,
    variables: Values,
    *,
    header_media: Mapping[str, Any] | None = None,
    card_media: Sequence[Mapping[str, Any]] = (),
) -> Json:
    """One message of a template that is used only once; for many keep a `Template`. Raises PayloadError."""
    template = Template(components, name, language, parameter_format)
    return template.message(variables, header_media=header_media, card_media=card_media)


def part_problems(
    parts: Parts, values: Values, media: Mapping[str, Any] | None, header_field: str
) -> Iterator[PayloadError]:
    """Everything that Meta would refuse of these parts with these values."""
    for kind in parts.unsupported:
        yield PayloadError("components", NOT_SUPPORTED, kind=kind)
    if parts.header_kind in MEDIA_HEADERS:
        yield from _media_problems(parts.header_kind, media, header_field)
    for text in (parts.header, parts.body):
        if text and text.variables:
            yield from _text_problems(text, values)
    for button in parts.buttons:
        if button.variable:
            yield from _button_problems(button, values)
    if parts.offer and not _UNIX_SECONDS.fullmatch(values.get(parts.offer.slot) or ""):
        yield PayloadError(parts.offer.slot, NOT_A_TIME)


def _text_problems(text: Text, values: Values) -> Iterator[PayloadError]:
    length = text.fixed_length
    for variable in text.variables:
        value = values.get(variable.slot)
        problem = _value_problem(variable, value)
        if problem:
            yield problem
        elif value is not None:
            length += len(value) * text.repeats[variable.key]
    if length > text.longest:
        where = text.variables[0].slot.rpartition(".")[0]
        yield PayloadError(where, TOO_LONG_FILLED, length=length, most=text.longest)


def _value_problem(variable: Variable, value: str | None) -> PayloadError | None:
    if value is None:
        return PayloadError(variable.slot, MISSING)
    if not value or value.isspace():
        return PayloadError(variable.slot, BLANK)
    refused = _REFUSED.search(value)
    if refused:
        return PayloadError(variable.slot, _why_refused(refused.group()))
    if len(value) > variable.longest:
        return PayloadError(variable.slot, TOO_LONG_VALUE, length=len(value), most=variable.longest)
    return None


def _why_refused(found: str) -> str:
    if found.startswith(" "):
        return WIDE_GAP
    return BROKEN_LINE if found in "\n\r\t" else checks.NOT_SENDABLE


def _button_problems(button: Button, values: Values) -> Iterator[PayloadError]:
    assert button.variable
    slot = button.variable.slot
    value = values.get(slot)
    problem = _value_problem(button.variable, value)
    if problem:
        yield problem
    elif button.kind == "copy_code" and not _COUPON.fullmatch(value or ""):
        yield PayloadError(slot, NOT_A_COUPON)
    elif button.kind == "url" and " " in (value or ""):
        yield PayloadError(slot, SPACE_IN_URL)
    elif button.kind == "mpm" and not 1 <= len(products_of(value or "")) <= MOST_PRODUCTS:
        yield PayloadError(slot, NO_PRODUCTS, most=MOST_PRODUCTS)


def products_of(value: str) -> list[str]:
    """The products' numbers in the catalogue, each once."""
    return list(dict.fromkeys(part for part in map(str.strip, value.split(",")) if part))


def _products(button: Button, products: list[str]) -> Json:
    """The first product lends its picture; Meta wants a title of at most 24 letters over the list."""
    items = [{"product_retailer_id": product} for product in products]
    action = {
        "thumbnail_product_retailer_id": products[0],
        "sections": [{"title": button.label[:LONGEST_SECTION_TITLE].strip(), "product_items": items}],
    }
    return {"type": "action", "action": action}


def _media_problems(kind: str | None, media: Mapping[str, Any] | None, field: str) -> Iterator[PayloadError]:
    if not media:
        yield PayloadError(field, NO_PLACE if kind == "location" else NO_MEDIA, kind=kind)
    elif kind == "location":
        if not {"latitude", "longitude"} <= media.keys():
            yield PayloadError(field, NO_PLACE)
    else:
        try:
            checks.media(field, media)
        except PayloadError as problem:
            yield problem


def _media_parameter(kind: str | None, media: Mapping[str, Any]) -> Json:
    if kind == "location":
        keys = ("latitude", "longitude", "name", "address")
        return {"type": "location", "location": {key: media[key] for key in keys if media.get(key) is not None}}
    content = checks.media("header", media)
    if kind == "document" and media.get("filename"):
        content["filename"] = str(media["filename"])
    return {"type": kind, str(kind): content}


def _offer(end: str) -> Json:
    expiration = {"expiration_time_ms": int(end) * 1_000}
    parameter = {"type": "limited_time_offer", "limited_time_offer": expiration}
    return {"type": "limited_time_offer", "parameters": [parameter]}


def _button(
    button: Button, parts: Parts, values: Values, payloads: Mapping[int, str], flow_token: str | None
) -> Json | None:
    """The component for a button that needs one: those with a variable, a code, a form, or a payload of our own."""
    parameter: Json | None = None
    sub_type = button.kind
    if button.kind == "one_time_code" and parts.body:
        sub_type = "url"
        parameter = {"type": "text", "text": values[parts.body.variables[0].slot]}
    elif button.kind == "copy_code" and button.variable:
        parameter = {"type": "coupon_code", "coupon_code": values[button.variable.slot]}
    elif button.kind == "mpm" and button.variable:
        parameter = _products(button, products_of(values[button.variable.slot]))
    elif button.variable:
        parameter = {"type": "text", "text": values[button.variable.slot]}
    elif button.kind == "flow":
        parameter = {"type": "action", "action": {"flow_token": flow_token or _NO_FLOW_TOKEN}}
    elif button.kind == "quick_reply" and button.index in payloads:
        parameter = {"type": "payload", "payload": payloads[button.index]}
    if parameter is None:
        return None
    return {"type": "button", "sub_type": sub_type, "index": str(button.index), "parameters": [parameter]}


def preview_of(parts: Parts, values: Values) -> Preview:
    """What the person will read of these parts."""
    return Preview(
        parts.header_kind,
        filled(parts.header, values),
        filled(parts.body, values),
        parts.footer,
        tuple(PreviewButton(each.kind, each.label, _target(each, values)) for each in parts.buttons),
        tuple(preview_of(card, values) for card in parts.cards),
        parts.offer_text,
    )


def filled(text: Text | None, values: Values) -> str:
    """A text with its values in it; a variable without one stays as it is."""
    if text is None:
        return ""
    return fill(text.text, {each.key: values[each.slot] for each in text.variables if values.get(each.slot)})


def _target(button: Button, values: Values) -> str:
    value = values.get(button.variable.slot) if button.variable else None
    if button.variable is None or not value:
        return button.target
    return value if button.kind == "copy_code" else fill(button.target, {button.variable.key: value})
