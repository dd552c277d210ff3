"""A template that is to be made or changed, against the limits of cloud-api.md §4."""

import re
from typing import Any

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.validation.blueprint import VARIABLE, variables
from tradewind.simulator.validation.template_buttons import check_buttons

NAME = re.compile(r"[a-z0-9_]{1,512}", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,4})?", re.ASCII)
NAMED = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF", "PRODUCT")
HEADER_MOST, BODY_MOST, FOOTER_MOST, CARD_BODY_MOST, OFFER_MOST = 60, 1024, 60, 160, 16
TTL = {"AUTHENTICATION": (30, 900), "UTILITY": (30, 43_200), "MARKETING": (43_200, 2_592_000)}
ONCE = ("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER")


def check_frame(params: dict[str, Any]) -> None:
    """Name, language, category, format, time to live."""
    if not isinstance(params.get("name"), str) or not NAME.fullmatch(params["name"]):
        raise refuse(100, "name", "Use only lower-case letters, digits and underscores, at most 512.")
    if not isinstance(params.get("language"), str) or not LANGUAGE.fullmatch(params["language"]):
        raise refuse(100, "language", "The language is not supported.")
    if params.get("category") not in CATEGORIES:
        raise refuse(100, "category", f"Must be one of {', '.join(CATEGORIES)}.")
    check_format(params)
    check_ttl(params["category"], params.get("message_send_ttl_seconds"))


def check_format(params: dict[str, Any]) -> None:
    """POSITIONAL or NAMED."""
    if str(params.get("parameter_format", "POSITIONAL")).upper() not in ("POSITIONAL", "NAMED"):
        raise refuse(100, "parameter_format", "Must be POSITIONAL or NAMED.")


def check_ttl(category: str, seconds: Any) -> None:
    """The range of the category, or -1 for 30 days."""
    if seconds is None or seconds == -1:
        return
    low, high = TTL[category]
    if not isinstance(seconds, int) or not low <= seconds <= high:
        raise refuse(100, "message_send_ttl_seconds", f"For {category} from {low} to {high} seconds, or -1.")


def check_components(value: Any, category: str, *, named: bool) -> list[dict[str, Any]]:
    """All components, in the capitals that Meta lists them with; GraphError for the first that does not fit."""
    if not isinstance(value, list) or not value or not all(isinstance(part, dict) for part in value):
        raise refuse(100, "components", "Must be a list of components.")
    parts = [{**part, "type": str(part.get("type", "")).upper()} for part in value]
    kinds = [part["type"] for part in parts]
    for kind in kinds:
        if kind not in (*ONCE, "CALL_PERMISSION_REQUEST"):
            raise refuse(100, "components", f"Unknown component {kind}.")
        if kinds.count(kind) > 1:
            raise refuse(100, "components", f"{kind} may be given once.")
    if "BODY" not in kinds:
        raise refuse(2388072, "Body", "A template needs a body.")
    for part in parts:
        CHECKS.get(part["type"], _anything)(part, category, named)
    if category == "AUTHENTICATION" and "BUTTONS" not in kinds:
        raise refuse(100, "components", "An authentication template needs an OTP button.")
    return parts


def refuse(code: int, title: str, text: str, *, subcode: int | None = None) -> GraphError:
    """A refusal with the words that Meta shows to people; template codes stand in the subcode as well."""
    known = code if code != 100 else subcode
    return GraphError(code, text, subcode=known, user_title=title, user_message=text)


def _header(part: dict[str, Any], category: str, named: bool) -> None:
    form = part["format"] = str(part.get("format", "TEXT")).upper()
    if form not in FORMATS:
        raise refuse(2388047, "Header", f"Unknown format {form}.")
    if category == "AUTHENTICATION":
        raise refuse(2388047, "Header", "Authentication templates have no header.")
    example = part.get("example") or {}
    if form == "TEXT":
        _header_text(part, example, named)
    elif form in ("IMAGE", "VIDEO", "DOCUMENT", "GIF"):
        handles = example.get("header_handle")
        if not isinstance(handles, list) or not handles or not str(handles[0]).startswith(("4::", "https://")):
            raise refuse(2388047, "Header", "A sample of the media is needed: example.header_handle.")


def _header_text(part: dict[str, Any], example: dict[str, Any], named: bool) -> None:
    text = _text(part, "Header", HEADER_MOST)
    names = _names(text, named, 2388047, "Header")
    if len(names) > 1:
        raise refuse(2388047, "Header", "The header may have one variable.")
    if "\n" in text or "*" in text:
        raise refuse(2388047, "Header", "The header may not hold new lines or formatting.")
    if names and not (example.get("header_text") or example.get("header_text_named_params")):
        raise refuse(2388047, "Header", "The variable needs an example.")


def _body(part: dict[str, Any], category: str, named: bool) -> None:
    if category == "AUTHENTICATION":
        if part.get("text") not in (None, "*{{1}}* is your verification code."):
            raise refuse(2388072, "Body", "The text of authentication templates is fixed.")
        part["text"] = "*{{1}}* is your verification code."
        return
    text = _text(part, "Body", BODY_MOST)
    names = _names(text, named, 2388072, "Body")
    _check_places(text, names)
    if names:
        _check_examples(part.get("example") or {}, names, named)


def _text(part: dict[str, Any], title: str, most: int) -> str:
    text = part.get("text")
    if not isinstance(text, str) or not text.strip():
        raise refuse({"Header": 2388047, "Body": 2388072}.get(title, 2388073), title, "The text is empty.")
    if len(text) > most:
        raise refuse(2388040, title, f"The text has {len(text)} characters; {most} are allowed.")
    return text


def _names(text: str, named: bool, code: int, title: str) -> list[str]:
    names = variables(text)
    if text.count("{{") != len(VARIABLE.findall(text)):
        raise refuse(code, title, "A variable is not well formed.")
    if named and not all(NAMED.fullmatch(name) for name in names):
        raise refuse(code, title, "Variable names use lower-case letters, digits and underscores.")
    if not named and names != [str(rank + 1) for rank in range(len(names))]:
        raise refuse(code, title, "Variables must be {{1}}, {{2}} … in order.")
    return names


def _check_places(text: str, names: list[str]) -> None:
    bare = text.strip()
    if names and (bare.startswith("{{") or bare.endswith("}}")):
        raise refuse(2388299, "Body", "Variables can't be at the start or end of the template.")
    if re.search(r"\}\}\s*\{\{", text):
        raise refuse(2388072, "Body", "Two variables may not stand side by side.")
    words = len(VARIABLE.sub(" ", text).split())
    if names and words < 2 * len(names) + 1:
        raise refuse(
            2388293, "Body", f"{len(names)} variables need at least {2 * len(names) + 1} words; there are {words}."
        )


def _check_examples(example: dict[str, Any], names: list[str], named: bool) -> None:
    if named:
        params = example.get("body_text_named_params")
        given = [param.get("param_name") for param in params] if isinstance(params, list) else []
    else:
        rows = example.get("body_text")
        row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else rows
        given = [str(rank + 1) for rank, _ in enumerate(row)] if isinstance(row, list) else []
    if sorted(map(str, given)) != sorted(names):
        raise refuse(2388072, "Body", "Every variable needs an example.")


def _footer(part: dict[str, Any], category: str, _named: bool) -> None:
    if category == "AUTHENTICATION":
        minutes = part.get("code_expiration_minutes")
        if minutes is not None and (not isinstance(minutes, int) or not 1 <= minutes <= 90):
            raise refuse(2388073, "Footer", "code_expiration_minutes must be from 1 to 90.")
        return
    if VARIABLE.search(_text(part, "Footer", FOOTER_MOST)):
        raise refuse(2388073, "Footer", "The footer may not have variables.")


def _buttons(part: dict[str, Any], category: str, _named: bool) -> None:
    part["buttons"] = check_buttons(part.get("buttons"), category)


def _carousel(part: dict[str, Any], category: str, named: bool) -> None:
    cards = part.get("cards")
    if not isinstance(cards, list) or not 2 <= len(cards) <= 10:
        raise refuse(100, "Carousel", "A carousel has 2 to 10 cards.")
    shapes = set()
    for card in cards:
        inner = card.get("components") if isinstance(card, dict) else None
        if not isinstance(inner, list) or not all(isinstance(piece, dict) for piece in inner):
            raise refuse(100, "Carousel", "A card needs components.")
        card["components"] = pieces = [{**piece, "type": str(piece.get("type", "")).upper()} for piece in inner]
        for piece in pieces:
            if piece["type"] not in ("HEADER", "BODY", "BUTTONS"):
                raise refuse(100, "Carousel", f"A card may not have {piece['type']}.")
            CHECKS[piece["type"]](piece, category, named)
            if piece["type"] == "BODY" and len(piece["text"]) > CARD_BODY_MOST:
                raise refuse(2388040, "Carousel", f"A card's text may have {CARD_BODY_MOST} characters.")
        shapes.add(tuple(sorted((piece["type"], str(piece.get("format", ""))) for piece in pieces)))
    if len(shapes) > 1:
        raise refuse(100, "Carousel", "All cards must have the same components.")


def _offer(part: dict[str, Any], category: str, _named: bool) -> None:
    offer = part.get("limited_time_offer")
    if category != "MARKETING" or not isinstance(offer, dict) or not 1 <= len(str(offer.get("text", ""))) <= OFFER_MOST:
        raise refuse(100, "Limited-time offer", f"Marketing only, with a text of at most {OFFER_MOST} characters.")


def _anything(_part: dict[str, Any], _category: str, _named: bool) -> None:
    """A component without a rule of its own."""


CHECKS = {
    "HEADER": _header,
    "BODY": _body,
    "FOOTER": _footer,
    "BUTTONS": _buttons,
    "CAROUSEL": _carousel,
    "LIMITED_TIME_OFFER": _offer,
}
