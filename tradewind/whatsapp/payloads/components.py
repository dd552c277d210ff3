"""A template's stored components, taken apart once: which variables it has, and what each part needs when it is sent.

Meta's components differ in spelling between create, list and webhook ("BODY", "body"; a code button as OTP or as URL),
which is levelled out here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tradewind.whatsapp.payloads.placeholders import PLACEHOLDER, keys_of

Json = dict[str, Any]

LONGEST_BODY = 1_024
LONGEST_HEADER = 60
LONGEST_URL = 2_000
LONGEST_COUPON = 20
LONGEST_ONE_TIME_CODE = 15
MEDIA_HEADERS = frozenset({"image", "video", "document", "gif", "location"})
_ONE_TIME_CODE_URL = "whatsapp.com/otp/"
_NEEDS_MORE = frozenset({"SPM", "ORDER_DETAILS"})
LONGEST_PRODUCTS = 2_000


@dataclass(frozen=True, slots=True)
class Variable:
    """A place in a template to be filled.

    `where` is header, body, button or limited_time_offer; `index` the button's place and `card` the carousel card's,
    both from 0. `key` is what stands between the braces ("1", "first_name"), "code" of a coupon, "expiration" of an
    offer (its value: unix seconds), "products" of a list of products (their numbers in the catalogue, with commas).
    `slot` is the variable's name within the template: "body.1", "button.0.1", "card.2.body.1". `longest` is how many
    characters its part may have when filled.
    """

    where: str
    key: str
    slot: str
    index: int | None = None
    card: int | None = None
    example: str = ""
    longest: int = LONGEST_BODY


@dataclass(frozen=True, slots=True)
class Text:
    """A header's or body's text with its variables; `fixed_length` counts the characters outside of them."""

    text: str
    variables: tuple[Variable, ...]
    fixed_length: int
    longest: int
    repeats: Mapping[str, int]
    """How often each key stands in the text."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button. `kind` in small letters: quick_reply, url, phone_number, copy_code, one_time_code, flow, catalog, …"""

    kind: str
    index: int
    label: str
    target: str
    variable: Variable | None = None


@dataclass(slots=True)
class Parts:
    """The components of a template, or of one carousel card."""

    header_kind: str | None = None
    """text, image, video, document, gif, location or product; None without a header."""
    header: Text | None = None
    body: Text | None = None
    footer: str = ""
    buttons: list[Button] = field(default_factory=list)
    offer: Variable | None = None
    offer_text: str = ""
    has_offer: bool = False
    has_carousel: bool = False
    cards: list["Parts"] = field(default_factory=list)
    is_one_time_code: bool = False
    unsupported: list[str] = field(default_factory=list)
    """Kinds of components that cannot be sent with variables alone."""

    def variables(self) -> list[Variable]:
        """All variables, in the order in which a person reads them."""
        found = [*(self.header.variables if self.header else ()), *(self.body.variables if self.body else ())]
        found += [self.offer] if self.offer else []
        found += [button.variable for button in self.buttons if button.variable]
        return found + [variable for card in self.cards for variable in card.variables()]


def take_apart(components: Sequence[Mapping[str, Any]], card: int | None = None) -> Parts:
    """The parts of a template's components; unknown ones are named in `unsupported`, malformed ones passed over."""
    parts = Parts()
    for component in components:
        if not isinstance(component, Mapping):
            continue  # type: ignore[unreachable]  # what Meta sends need not be what it promised
        kind = _word(component, "type").upper()
        reader = _READERS.get(kind)
        if reader:
            reader(parts, component, card)
        elif kind not in ("", "CALL_PERMISSION_REQUEST"):
            parts.unsupported.append(kind.lower())
    if parts.is_one_time_code:
        _level_one_time_code(parts, card)
    return parts


def _read_header(parts: Parts, component: Mapping[str, Any], card: int | None) -> None:
    parts.header_kind = (_word(component, "format") or "TEXT").lower()
    if parts.header_kind == "text":
        parts.header = _text(component, "header", LONGEST_HEADER, card)
    elif parts.header_kind not in MEDIA_HEADERS:
        parts.unsupported.append(parts.header_kind)


def _read_body(parts: Parts, component: Mapping[str, Any], card: int | None) -> None:
    parts.body = _text(component, "body", LONGEST_BODY, card)
    if "add_security_recommendation" in component:
        parts.is_one_time_code = True


def _read_footer(parts: Parts, component: Mapping[str, Any], card: int | None) -> None:
    parts.footer = _word(component, "text")
    if "code_expiration_minutes" in component:
        parts.is_one_time_code = True


def _read_buttons(parts: Parts, component: Mapping[str, Any], card: int | None) -> None:
    buttons = component.get("buttons")
    for index, button in enumerate(buttons if isinstance(buttons, list) else ()):
        if isinstance(button, Mapping):
            parts.buttons.append(_button(button, index, card))
            if parts.buttons[-1].kind == "one_time_code":
                parts.is_one_time_code = True
            if _word(button, "type").upper() in _NEEDS_MORE:
                parts.unsupported.append(parts.buttons[-1].kind)


def _read_offer(parts: Parts, component: Mapping[str, Any], card: int | None) -> None:
    offer = component.get("limited_time_offer")
    if isinstance(offer, Mapping):
        parts.has_offer, parts.offer_text = True, _word(offer, "text")
        if offer.get("has_expiration") is not False:
            slot = _slot(card, "limited_time_offer", "expiration")
            parts.offer = Variable("limited_time_offer", "expiration", slot, card=card, longest=10)


def _read_carousel(parts: Parts, component: Mapping[str, Any], card: int | None) -> None:
    parts.has_carousel = True
    cards = component.get("cards")
    for index, each in enumerate(cards if isinstance(cards, list) else ()):
        inner = each.get("components") if isinstance(each, Mapping) else None
        parts.cards.append(take_apart(inner if isinstance(inner, list) else [], index))


_READERS = {
    "HEADER": _read_header,
    "BODY": _read_body,
    "FOOTER": _read_footer,
    "BUTTONS": _read_buttons,
    "LIMITED_TIME_OFFER": _read_offer,
    "CAROUSEL": _read_carousel,
}


def _text(component: Mapping[str, Any], where: str, longest: int, card: int | None) -> Text:
    text = _word(component, "text")
    examples = _examples(component.get("example"), where)
    variables = tuple(
        Variable(where, key, _slot(card, where, key), card=card, example=examples.get(key, ""), longest=longest)
        for key in keys_of(text)
    )
    found = PLACEHOLDER.findall(text)
    return Text(
        text,
        variables,
        fixed_length=len(PLACEHOLDER.sub("", text)),
        longest=longest,
        repeats={key: found.count(key) for key in found},
    )


def _button(button: Mapping[str, Any], index: int, card: int | None) -> Button:
    kind = _word(button, "type").lower()
    url = _word(button, "url")
    if kind == "otp" or (kind == "url" and _ONE_TIME_CODE_URL in url):
        return Button("one_time_code", index, _word(button, "text"), url)
    target = url or _word(button, "phone_number")
    return Button(kind, index, _word(button, "text"), target, _button_variable(button, kind, url, index, card))


def _button_variable(button: Mapping[str, Any], kind: str, url: str, index: int, card: int | None) -> Variable | None:
    examples = button.get("example")
    example = examples[0] if isinstance(examples, list) and examples else examples
    example = example if isinstance(example, str) else ""
    if kind == "url" and (keys := keys_of(url)):
        longest = LONGEST_URL - len(PLACEHOLDER.sub("", url))
        return Variable("button", keys[0], _slot(card, "button", index, keys[0]), index, card, example, longest)
    if kind == "copy_code":
        return Variable("button", "code", _slot(card, "button", index, "code"), index, card, example, LONGEST_COUPON)
    if kind == "mpm":
        slot = _slot(card, "button", index, "products")
        return Variable("button", "products", slot, index, card, example, LONGEST_PRODUCTS)
    return None


def _level_one_time_code(parts: Parts, card: int | None) -> None:
    """The body's text is Meta's own and may be missing; its one variable is the code, which the button repeats."""
    text = parts.body.text if parts.body and parts.body.text else "{{1}}"
    code = Variable("body", "1", _slot(card, "body", "1"), card=card, longest=LONGEST_ONE_TIME_CODE)
    length = len(PLACEHOLDER.sub("", text))
    parts.body = Text(text, (code,), length, LONGEST_BODY, {"1": 1})


def _examples(example: Any, where: str) -> dict[str, str]:
    """By key. They stand as `header_text: ["x"]`, `body_text: [["a", "b"]]`, or in `body_text_named_params`."""
    if not isinstance(example, Mapping):
        return {}
    named = example.get(f"{where}_text_named_params")
    if isinstance(named, list):
        pairs = [(each.get("param_name"), each.get("example")) for each in named if isinstance(each, Mapping)]
        return {str(key): str(value) for key, value in pairs if key and value is not None}
    values = example.get(f"{where}_text")
    if isinstance(values, list) and values and isinstance(values[0], list):
        values = values[0]
    if not isinstance(values, list):
        return {}
    return {str(number): str(value) for number, value in enumerate(values, start=1)}


def _slot(card: int | None, *names: object) -> str:
    return ".".join(map(str, names if card is None else ("card", card, *names)))


def _word(holder: Mapping[str, Any], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""
