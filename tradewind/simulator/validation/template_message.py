"""A template message against its template, in Meta's order: found, approved, header and counts, formats, length."""

import re
from typing import Any

from tradewind.simulator.graph.errors import GraphError, bad, missing
from tradewind.simulator.shelf import Shelf
from tradewind.simulator.validation.blueprint import VARIABLE, Blueprint, blueprint_of
from tradewind.simulator.validation.parts import a_list, a_text, an_object, media_reference, required
from tradewind.simulator.world.shapes import Template

HYDRATED_MOST, CODE_MOST, COUPON_MOST, URL_TAIL_MOST = 1024, 15, 20, 2000
_BROKEN = re.compile(r"[\n\r\t]| {5,}")
_COUPON = re.compile(r"[A-Za-z0-9]+", re.ASCII)
KINDS = (
    "header",
    "body",
    "button",
    "limited_time_offer",
    "carousel",
    "footer",
    "order_status",
    "tap_target_configuration",
)
SUB_TYPES = {
    "quick_reply": "QUICK_REPLY",
    "url": "URL",
    "copy_code": "COPY_CODE",
    "flow": "FLOW",
    "catalog": "CATALOG",
    "mpm": "MPM",
    "voice_call": "VOICE_CALL",
    "phone_number": "PHONE_NUMBER",
}


def check_template_message(shelf: Shelf, waba_id: str, part: Any) -> Template:
    """Check the `template` object of a message; the template that it names. Raises GraphError."""
    asked = an_object(part, "template")
    template = _find(shelf, waba_id, asked)
    components = asked.get("components")
    given = a_list(components, "template['components']", 0, 50) if components is not None else []
    check_against(blueprint_of(template), given, "template['components']")
    return template


def _find(shelf: Shelf, waba_id: str, asked: dict[str, Any]) -> Template:
    name = a_text(asked, "name", "template", 512)
    language = an_object(required(asked, "language", "template"), "template['language']")
    code = a_text(language, "code", "template['language']", 20)
    if language.get("policy", "deterministic") != "deterministic":
        raise bad("template['language']['policy']", "must be deterministic.")
    template = shelf.find(waba_id, name, code)
    if template is None:
        raise GraphError(132001, f"template name ({name}) does not exist in {code}")
    if template.status == "PAUSED":
        raise GraphError(132015, f"template ({name}) is paused because of low quality.")
    if template.status == "DISABLED":
        raise GraphError(132016, f"template ({name}) is disabled because of low quality.")
    if template.status != "APPROVED":
        raise GraphError(132001, f"template name ({name}) in {code} is not approved: {template.status}")
    return template


def check_against(plan: Blueprint, given: list[Any], where: str) -> None:
    """Check a message's components against what its template expects. Raises GraphError."""
    parts = _sorted(given, where)
    _check_header(plan, parts["header"])
    body = _check_body(plan, parts["body"])
    _check_buttons(plan, parts["button"], body)
    _check_offer(plan, parts["limited_time_offer"])
    _check_cards(plan, parts["carousel"], where)


def _sorted(given: list[Any], where: str) -> dict[str, list[dict[str, Any]]]:
    parts: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for rank, entry in enumerate(given):
        part = an_object(entry, f"{where}[{rank}]")
        kind = str(required(part, "type", f"{where}[{rank}]")).lower()
        if kind not in parts:
            raise GraphError(
                100, message=f"(#100) Param {where}[{rank}]['type'] must be one of {{{', '.join(KINDS).upper()}}}."
            )
        parts[kind].append(part)
    for kind in ("header", "body", "carousel", "limited_time_offer"):
        if len(parts[kind]) > 1:
            raise bad(where, f"component {kind} is given twice.")
    return parts


def _parameters(parts: list[dict[str, Any]], where: str) -> list[dict[str, Any]]:
    if not parts or parts[0].get("parameters") is None:
        return []
    return [an_object(item, where) for item in a_list(parts[0]["parameters"], f"{where}['parameters']", 0, 1000)]


def _check_header(plan: Blueprint, parts: list[dict[str, Any]]) -> None:
    parameters = _parameters(parts, "header")
    if plan.header in ("", "TEXT"):
        _count("header", parameters, plan.header_names)
        values = _values(plan, "header", parameters, plan.header_names)
        _length("header", plan.header_text, values, 60)
        return
    got = str(parameters[0].get("type", "unknown")).upper() if parameters else "UNKNOWN"
    if got != plan.header:
        raise GraphError(132012, f"header: Format mismatch, expected {plan.header}, received {got}")
    _count("header", parameters, ["media"])
    _header_value(plan.header.lower(), parameters[0])


def _header_value(kind: str, parameter: dict[str, Any]) -> None:
    if kind in ("image", "video", "document", "gif"):
        media_reference(required(parameter, kind, "header"), f"header['{kind}']")
        return
    value = an_object(required(parameter, kind, "header"), f"header['{kind}']")
    for name in ("latitude", "longitude") if kind == "location" else ():
        required(value, name, "header['location']")


def _check_body(plan: Blueprint, parts: list[dict[str, Any]]) -> list[str]:
    parameters = _parameters(parts, "body")
    _count("body", parameters, plan.body_names)
    values = _values(plan, "body", parameters, plan.body_names)
    _length("body", plan.body_text, values, HYDRATED_MOST)
    if plan.authentication and len(values[0]) > CODE_MOST:
        raise GraphError(132005, f"body: the code is longer than {CODE_MOST} characters")
    return values


def _count(where: str, parameters: list[dict[str, Any]], names: list[str]) -> None:
    if len(parameters) != len(names):
        given, expected = len(parameters), len(names)
        text = f"number of localizable_params ({given}) does not match the expected number of params ({expected})"
        raise GraphError(132000, f"{where}: {text}")


def _values(plan: Blueprint, where: str, parameters: list[dict[str, Any]], names: list[str]) -> list[str]:
    """The texts for the variables, in the order of `names`."""
    texts = [_value(where, parameter) for parameter in parameters]
    given = [parameter.get("parameter_name") for parameter in parameters]
    if not plan.named:
        return texts
    if any(not name for name in given):
        raise GraphError(132012, f"{where}: Parameter name is missing or empty")
    if sorted(map(str, given)) != sorted(names):
        raise GraphError(132012, f"{where}: Parameter names do not match the template: expected {', '.join(names)}")
    by_name = dict(zip(given, texts, strict=True))
    return [by_name[name] for name in names]


def _value(where: str, parameter: dict[str, Any]) -> str:
    kind = parameter.get("type")
    if kind == "text":
        return _line(where, parameter.get("text"))
    if kind in ("currency", "date_time"):
        return _line(where, an_object(required(parameter, kind, where), f"{where}['{kind}']").get("fallback_value"))
    raise GraphError(132012, f"{where}: Format mismatch, expected TEXT, received {str(kind).upper()}")


def _line(where: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise GraphError(132018, f"{where}: Parameter of type text is missing text value")
    if _BROKEN.search(value):
        raise GraphError(
            132018, f"{where}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        )
    return value


def _length(where: str, text: str, values: list[str], most: int) -> None:
    if sum(map(len, values)) + len(VARIABLE.sub("", text)) > most:
        raise GraphError(132005, f"{where}: Translated text too long, more than {most} characters")


def _check_buttons(plan: Blueprint, parts: list[dict[str, Any]], body: list[str]) -> None:
    given: dict[int, dict[str, Any]] = {}
    for part in parts:
        index = _index(part, len(plan.buttons))
        if index in given:
            raise bad("button", f"Button at index {index} is given twice.")
        given[index] = part
    for index, button in enumerate(plan.buttons):
        if index in given:
            _check_button(button.kind, button.has_variable, given[index], index, body)
        elif button.has_variable or button.kind == "COPY_CODE":
            raise GraphError(
                131008, f"buttons: Button at index {index} of type {button.kind.title()} requires a parameter"
            )


def _index(part: dict[str, Any], buttons: int) -> int:
    text = str(part.get("index", ""))
    if not text.isdigit() or len(text) > 2:
        raise bad("button['index']", "must be a number from 0.")
    if int(text) >= buttons:
        raise GraphError(132018, f"buttons: the template has no button at index {text}")
    return int(text)


def _check_button(kind: str, has_variable: bool, part: dict[str, Any], index: int, body: list[str]) -> None:
    asked = SUB_TYPES.get(str(required(part, "sub_type", "button")).lower())
    if asked is None or asked != ("URL" if kind == "OTP" else kind):
        raise GraphError(132018, f"buttons: Button at index {index} is of type {kind}, not {part['sub_type']}")
    parameters = _parameters([part], "button")
    if kind in ("URL", "OTP"):
        _check_url(kind, has_variable, parameters, index, body)
    elif kind == "COPY_CODE":
        _check_coupon(parameters, index)
    elif kind == "QUICK_REPLY":
        for parameter in parameters:
            a_text(parameter, "payload", "button", 256)
    elif kind in ("PHONE_NUMBER", "VOICE_CALL") and parameters and kind == "PHONE_NUMBER":
        raise GraphError(132018, f"buttons: Button at index {index} of type {kind} takes no parameter")


def _check_url(kind: str, has_variable: bool, parameters: list[dict[str, Any]], index: int, body: list[str]) -> None:
    if not has_variable:
        if parameters:
            raise GraphError(132018, f"buttons: Button at index {index} of type Url does not require parameters")
        return
    if len(parameters) != 1:
        raise GraphError(131008, f"buttons: Button at index {index} of type Url requires a parameter")
    value = _value("button", parameters[0])
    if len(value) > URL_TAIL_MOST:
        raise bad("button", f"the URL's variable may have {URL_TAIL_MOST} characters.")
    if kind == "OTP" and value != body[0]:
        raise GraphError(132018, "buttons: the code in the button is not the code in the body")


def _check_coupon(parameters: list[dict[str, Any]], index: int) -> None:
    if len(parameters) != 1:
        raise GraphError(131008, f"buttons: Button at index {index} of type Copy_Code requires a parameter")
    code = parameters[0].get("coupon_code")
    if parameters[0].get("type") != "coupon_code" or not isinstance(code, str):
        raise missing("button['parameters'][0]['coupon_code']")
    if not _COUPON.fullmatch(code) or len(code) > COUPON_MOST:
        raise bad("coupon_code", f"must be at most {COUPON_MOST} letters and digits.")


def _check_offer(plan: Blueprint, parts: list[dict[str, Any]]) -> None:
    if not plan.offer_expires:
        return
    parameters = _parameters(parts, "limited_time_offer")
    _count("limited_time_offer", parameters, ["expiration_time_ms"])
    offer = an_object(required(parameters[0], "limited_time_offer", "limited_time_offer"), "limited_time_offer")
    if not isinstance(required(offer, "expiration_time_ms", "limited_time_offer"), int):
        raise bad("limited_time_offer['expiration_time_ms']", "must be unix time in milliseconds.")


def _check_cards(plan: Blueprint, parts: list[dict[str, Any]], where: str) -> None:
    cards = a_list(parts[0].get("cards"), "carousel['cards']", 0, 10) if parts else []
    if len(cards) != len(plan.cards):
        raise GraphError(
            132012, f"carousel: number of cards ({len(cards)}) does not match the template ({len(plan.cards)})"
        )
    for rank, entry in enumerate(cards):
        card = an_object(entry, f"carousel['cards'][{rank}]")
        if card.get("card_index") != rank:
            raise bad(f"carousel['cards'][{rank}]['card_index']", f"must be {rank}.")
        given = a_list(card.get("components", []), f"carousel['cards'][{rank}]['components']", 0, 20)
        check_against(plan.cards[rank], given, f"{where}['cards'][{rank}]")
