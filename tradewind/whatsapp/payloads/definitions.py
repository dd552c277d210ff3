"""Checks of a template before it is submitted to Meta's review (cloud-api.md §4)."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tradewind.whatsapp.payloads import checks
from tradewind.whatsapp.payloads.checks import PayloadError
from tradewind.whatsapp.payloads.components import LONGEST_BODY, LONGEST_HEADER, LONGEST_URL, Parts, Text, take_apart
from tradewind.whatsapp.payloads.placeholders import PLACEHOLDER
from tradewind.whatsapp.words import gettext_noop

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
_CATEGORIES = frozenset({"MARKETING", "UTILITY", "AUTHENTICATION"})
_LONGEST_FOOTER = 60
_LONGEST_BUTTON = 25
_LONGEST_PHONE = 20
_MOST_OF_KIND = {"quick_reply": 10, "url": 2, "phone_number": 1, "copy_code": 1}
_MOST_BUTTONS = 10
_LONGEST_OFFER, LONGEST_OFFER_BODY = 16, 600
_LONGEST_CARD_BODY, _MOST_CARD_BUTTONS = 160, 2
_OF_A_CATALOGUE = ("catalog", "mpm")
_WORD = re.compile(r"\S+")

BAD_NAME = gettext_noop("A template's name has only small letters a to z, digits and underscores, at most 512.")
BAD_LANGUAGE = gettext_noop("The language is written like en or en_US.")
BAD_CATEGORY = gettext_noop("The category is marketing, utility or authentication.")
NO_BODY = gettext_noop("A template needs a body text.")
HEADER_VARIABLES = gettext_noop("The header may have one variable at most.")
FOOTER_VARIABLES = gettext_noop("The footer must not have variables.")
NOT_SEQUENTIAL = gettext_noop("Variables must be numbered 1, 2, 3 … without a gap.")
NOT_NAMED = gettext_noop("A template with named variables has only names of small letters, digits and underscores.")
AT_THE_EDGE = gettext_noop("The text must not begin or end with a variable.")
ADJACENT = gettext_noop("Two variables must not stand side by side; put words between them.")
TOO_FEW_WORDS = gettext_noop("With %(variables)s variables the text needs at least %(least)s words.")
NO_EXAMPLE = gettext_noop("Every variable needs an example for Meta's review.")
MIXED_BUTTONS = gettext_noop("Quick replies must stand together, before or after all other buttons.")
URL_VARIABLE = gettext_noop("An address may have one variable, at its end.")
CARDS_DIFFER = gettext_noop("All cards need the same kind of header.")
CARD_BUTTONS_DIFFER = gettext_noop("All cards need the same kinds of buttons, in the same order.")
CARD_WITHOUT_FILE = gettext_noop("Each card has a picture or a video on top.")
ONLY_MARKETING = gettext_noop("Only marketing templates may have this.")
OFFER_WITHOUT_WORDS = gettext_noop("Say in a few words what the offer is, such as “Until Sunday”.")
OFFER_FOOTER = gettext_noop("A limited-time offer takes no footer.")
OFFER_HEADER = gettext_noop("On top of a limited-time offer stands a picture, a video or nothing.")
OFFER_BUTTONS = gettext_noop("A limited-time offer has one address, and before it a coupon code if you like.")
LONELY_CATALOGUE = gettext_noop("The button of the catalogue stands alone.")
PRODUCTS_HEADER = gettext_noop("A list of products needs a text on top.")


def definition_problems(definition: Mapping[str, Any]) -> list[PayloadError]:
    """Everything that Meta would refuse in `{"name", "language", "category", "parameter_format"?, "components"}`.

    Empty when the template can be submitted. `field` is name, language, category, header, body, footer, buttons,
    "buttons.0", or "card.0.body" within a carousel.
    """
    return list(_problems(definition))


def _problems(definition: Mapping[str, Any]) -> Iterator[PayloadError]:
    if not _NAME.fullmatch(str(definition.get("name") or "")):
        yield PayloadError("name", BAD_NAME)
    if not _LANGUAGE.fullmatch(str(definition.get("language") or "")):
        yield PayloadError("language", BAD_LANGUAGE)
    if str(definition.get("category") or "").upper() not in _CATEGORIES:
        yield PayloadError("category", BAD_CATEGORY)
    components = definition.get("components")
    parts = take_apart(components if isinstance(components, list) else [])
    if parts.is_one_time_code:
        return  # its texts are Meta's own
    is_named = str(definition.get("parameter_format") or "").upper() == "NAMED"
    yield from _parts_problems(parts, "", is_named)
    yield from _catalogue_problems(parts)
    is_marketing = str(definition.get("category") or "").upper() == "MARKETING"
    if parts.has_offer:
        yield from _offer_problems(parts, is_marketing)
    if parts.has_carousel:
        yield from _carousel_problems(parts.cards, is_named, is_marketing)


def _parts_problems(parts: Parts, prefix: str, is_named: bool) -> Iterator[PayloadError]:
    if parts.body is None or not parts.body.text.strip():
        yield PayloadError(f"{prefix}body", NO_BODY)
    else:
        yield from _text_problems(parts.body, f"{prefix}body", LONGEST_BODY, is_named)
        yield from _shape_problems(parts.body, f"{prefix}body")
    if parts.header:
        yield from _text_problems(parts.header, f"{prefix}header", LONGEST_HEADER, is_named)
        if len(parts.header.variables) > 1:
            yield PayloadError(f"{prefix}header", HEADER_VARIABLES)
    yield from _length(f"{prefix}footer", parts.footer, _LONGEST_FOOTER)
    if PLACEHOLDER.search(parts.footer):
        yield PayloadError(f"{prefix}footer", FOOTER_VARIABLES)
    yield from _buttons_problems(parts, prefix)


def _text_problems(text: Text, field: str, most: int, is_named: bool) -> Iterator[PayloadError]:
    yield from _length(field, text.text, most)
    keys = [variable.key for variable in text.variables]
    if is_named:
        if not all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in keys):
            yield PayloadError(field, NOT_NAMED)
    elif keys != [str(number) for number in range(1, len(keys) + 1)]:
        yield PayloadError(field, NOT_SEQUENTIAL)
    if any(not variable.example for variable in text.variables):
        yield PayloadError(field, NO_EXAMPLE)


def _shape_problems(text: Text, field: str) -> Iterator[PayloadError]:
    """Rules for the body: words round and between the variables, and enough of them."""
    if not text.variables:
        return
    stripped = text.text.strip()
    matches = list(PLACEHOLDER.finditer(stripped))
    if matches[0].start() == 0 or matches[-1].end() == len(stripped):
        yield PayloadError(field, AT_THE_EDGE)
    gaps = [stripped[one.end() : two.start()] for one, two in itertools.pairwise(matches)]
    if any(not gap.strip() for gap in gaps):
        yield PayloadError(field, ADJACENT)
    words = len(_WORD.findall(PLACEHOLDER.sub(" ", stripped)))
    least = 2 * len(text.variables) + 1
    if words < least:
        yield PayloadError(field, TOO_FEW_WORDS, variables=len(text.variables), least=least)


def _buttons_problems(parts: Parts, prefix: str) -> Iterator[PayloadError]:
    kinds = [button.kind for button in parts.buttons]
    if len(kinds) > _MOST_BUTTONS:
        yield PayloadError(f"{prefix}buttons", checks.TOO_MANY, count=len(kinds), most=_MOST_BUTTONS)
    for kind, most in _MOST_OF_KIND.items():
        if kinds.count(kind) > most:
            yield PayloadError(f"{prefix}buttons", checks.TOO_MANY, count=kinds.count(kind), most=most)
    if _switches(kind == "quick_reply" for kind in kinds) > 1:
        yield PayloadError(f"{prefix}buttons", MIXED_BUTTONS)
    for button in parts.buttons:
        field = f"{prefix}buttons.{button.index}"
        if button.kind != "copy_code" and not button.label.strip():
            yield PayloadError(field, checks.EMPTY)
        yield from _length(field, button.label, _LONGEST_BUTTON)
        if button.kind == "url":
            yield from _url_problems(button.target, field, bool(button.variable and not button.variable.example))
        if button.kind == "phone_number":
            yield from _length(field, button.target, _LONGEST_PHONE)


def _url_problems(url: str, field: str, lacks_example: bool) -> Iterator[PayloadError]:
    yield from _length(field, url, LONGEST_URL)
    try:
        checks.link(field, PLACEHOLDER.sub("x", url))
    except PayloadError as problem:
        yield problem
    found = list(PLACEHOLDER.finditer(url))
    if len(found) > 1 or (found and found[0].end() != len(url)):
        yield PayloadError(field, URL_VARIABLE)
    if lacks_example:
        yield PayloadError(field, NO_EXAMPLE)


def _offer_problems(parts: Parts, is_marketing: bool) -> Iterator[PayloadError]:
    """A limited-time offer: words of its own, a short text, no footer, a coupon code and an address."""
    if not is_marketing:
        yield PayloadError("category", ONLY_MARKETING)
    if not parts.offer_text.strip():
        yield PayloadError("offer", OFFER_WITHOUT_WORDS)
    yield from _length("offer", parts.offer_text, _LONGEST_OFFER)
    if parts.body:
        yield from _length("body", parts.body.text, LONGEST_OFFER_BODY)
    if parts.header_kind not in (None, "image", "video"):
        yield PayloadError("header", OFFER_HEADER)
    if parts.footer:
        yield PayloadError("footer", OFFER_FOOTER)
    if [button.kind for button in parts.buttons] not in (["url"], ["copy_code", "url"]):
        yield PayloadError("buttons", OFFER_BUTTONS)


def _catalogue_problems(parts: Parts) -> Iterator[PayloadError]:
    kinds = [button.kind for button in parts.buttons]
    if len(kinds) > 1 and any(kind in _OF_A_CATALOGUE for kind in kinds):
        yield PayloadError("buttons", LONELY_CATALOGUE)
    if "mpm" in kinds and not (parts.header and parts.header.text.strip()):
        yield PayloadError("header", PRODUCTS_HEADER)


def _carousel_problems(cards: Sequence[Parts], is_named: bool, is_marketing: bool) -> Iterator[PayloadError]:
    if not is_marketing:
        yield PayloadError("category", ONLY_MARKETING)
    try:
        checks.count("cards", cards, 2, 10)
    except PayloadError as problem:
        yield problem
    if len({card.header_kind for card in cards}) > 1:
        yield PayloadError("cards", CARDS_DIFFER)
    if len({tuple(button.kind for button in card.buttons) for card in cards}) > 1:
        yield PayloadError("cards", CARD_BUTTONS_DIFFER)
    for index, card in enumerate(cards):
        yield from _parts_problems(card, f"card.{index}.", is_named)
        yield from _card_problems(card, f"card.{index}.")


def _card_problems(card: Parts, prefix: str) -> Iterator[PayloadError]:
    if card.header_kind not in ("image", "video"):
        yield PayloadError(f"{prefix}header", CARD_WITHOUT_FILE)
    if card.body:
        yield from _length(f"{prefix}body", card.body.text, _LONGEST_CARD_BODY)
    if len(card.buttons) > _MOST_CARD_BUTTONS:
        count, most = len(card.buttons), _MOST_CARD_BUTTONS
        yield PayloadError(f"{prefix}buttons", checks.TOO_MANY, count=count, most=most)


def _length(field: str, value: str, most: int) -> Iterator[PayloadError]:
    if len(value) > most:
        yield PayloadError(field, checks.TOO_LONG, length=len(value), most=most)


def _switches(flags: Iterator[bool]) -> int:
    """How often neighbours differ."""
    listed = list(flags)
    return sum(one != two for one, two in itertools.pairwise(listed))
