"""Interactive messages: each of Meta's kinds, its limits, and which header it may bear."""

from typing import Any

from tradewind.simulator.graph.errors import GraphError, bad, missing
from tradewind.simulator.validation.parts import (
    a_link,
    a_list,
    a_text,
    a_word,
    an_object,
    media_reference,
    required,
)

HEADER_MOST, FOOTER_MOST, BODY_MOST, LIST_BODY_MOST, CARD_BODY_MOST = 60, 60, 1024, 4096, 160
MEDIA_HEADERS = ("image", "video", "document")
ALL_HEADERS = ("text", *MEDIA_HEADERS)

# kind: (headers allowed, header required, body required)
SHAPES: dict[str, tuple[tuple[str, ...], bool, bool]] = {
    "button": (ALL_HEADERS, False, True),
    "list": (("text",), False, True),
    "cta_url": (ALL_HEADERS, False, True),
    "flow": (ALL_HEADERS, False, True),
    "product": ((), False, False),
    "product_list": (("text",), True, True),
    "catalog_message": ((), False, True),
    "location_request_message": ((), False, True),
    "carousel": ((), False, True),
    "call_permission_request": ((), False, False),
    "voice_call": ((), False, True),
    "address_message": ((), False, True),
    "request_contact_info": ((), False, True),
}


def check_interactive(part: dict[str, Any]) -> None:
    """Check one interactive object; raises GraphError."""
    kind = required(part, "type", "interactive")
    shape = SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        raise GraphError(
            100, message=f"(#100) Param interactive['type'] must be one of {{{', '.join(sorted(SHAPES)).upper()}}}."
        )
    headers, needs_header, needs_body = shape
    _header(part.get("header"), headers, needs_header, kind)
    _body(part, kind, needs_body)
    if part.get("footer") is not None:
        a_text(an_object(part["footer"], "interactive['footer']"), "text", "interactive['footer']", FOOTER_MOST)
    action = an_object(required(part, "action", "interactive"), "interactive['action']")
    ACTIONS[kind](action)


def _header(value: Any, allowed: tuple[str, ...], needed: bool, kind: str) -> None:
    if value is None:
        if needed:
            raise missing("interactive['header']")
        return
    header = an_object(value, "interactive['header']")
    form = required(header, "type", "interactive['header']")
    if form not in allowed:
        raise bad("interactive['header']['type']", f"{form} is not allowed for {kind}.")
    if form == "text":
        a_text(header, "text", "interactive['header']", HEADER_MOST)
    else:
        media_reference(required(header, form, "interactive['header']"), f"interactive['header']['{form}']")


def _body(part: dict[str, Any], kind: str, needed: bool) -> None:
    if part.get("body") is None:
        if needed:
            raise missing("interactive['body']")
        return
    most = LIST_BODY_MOST if kind == "list" else BODY_MOST
    a_text(an_object(part["body"], "interactive['body']"), "text", "interactive['body']", most)


def _button(action: dict[str, Any]) -> None:
    buttons = a_list(required(action, "buttons", "action"), "action['buttons']", 1, 3)
    titles, ids = set(), set()
    for rank, entry in enumerate(buttons):
        where = f"action['buttons'][{rank}]"
        button = an_object(entry, where)
        a_word(required(button, "type", where), f"{where}['type']", ("reply",))
        reply = an_object(required(button, "reply", where), f"{where}['reply']")
        ids.add(_short(reply, "id", f"{where}['reply']", 256))
        titles.add(_short(reply, "title", f"{where}['reply']", 20))
    if len(titles) < len(buttons) or len(ids) < len(buttons):
        raise bad("action['buttons']", "titles and ids must be unique.")


def _list(action: dict[str, Any]) -> None:
    _short(action, "button", "action", 20)
    sections = a_list(required(action, "sections", "action"), "action['sections']", 1, 10)
    rows = 0
    ids: list[str] = []
    for rank, entry in enumerate(sections):
        where = f"action['sections'][{rank}]"
        section = an_object(entry, where)
        _section_title(section, where, len(sections))
        for place, row in enumerate(a_list(required(section, "rows", where), f"{where}['rows']", 1, 10)):
            ids.append(_row(an_object(row, f"{where}['rows'][{place}]"), f"{where}['rows'][{place}]"))
            rows += 1
    if rows > 10:
        raise bad("action['sections']", "total row count exceeds the 10 that are allowed.")
    if len(set(ids)) < len(ids):
        raise bad("action['sections']", "row ids must be unique.")


def _row(row: dict[str, Any], where: str) -> str:
    _short(row, "title", where, 24)
    if row.get("description") is not None:
        _short(row, "description", where, 72)
    return _short(row, "id", where, 200)


def _section_title(section: dict[str, Any], where: str, sections: int) -> None:
    if sections > 1 or section.get("title"):
        _short(section, "title", where, 24)


def _cta_url(action: dict[str, Any]) -> None:
    a_word(required(action, "name", "action"), "action['name']", ("cta_url",))
    parameters = an_object(required(action, "parameters", "action"), "action['parameters']")
    _short(parameters, "display_text", "action['parameters']", 20)
    a_link(required(parameters, "url", "action['parameters']"), "action['parameters']['url']")


def _flow(action: dict[str, Any]) -> None:
    a_word(required(action, "name", "action"), "action['name']", ("flow",))
    parameters = an_object(required(action, "parameters", "action"), "action['parameters']")
    where = "action['parameters']"
    if str(required(parameters, "flow_message_version", where)) != "3":
        raise bad(f"{where}['flow_message_version']", "must be 3.")
    if not parameters.get("flow_id") and not parameters.get("flow_name"):
        raise missing(f"{where}['flow_id'] or {where}['flow_name']")
    _short(parameters, "flow_cta", where, 30)
    a_word(parameters.get("mode", "published"), f"{where}['mode']", ("draft", "published"))
    form = a_word(parameters.get("flow_action", "navigate"), f"{where}['flow_action']", ("navigate", "data_exchange"))
    payload = parameters.get("flow_action_payload")
    if payload is not None and form == "navigate":
        a_text(an_object(payload, f"{where}['flow_action_payload']"), "screen", f"{where}['flow_action_payload']", 200)


def _product(action: dict[str, Any]) -> None:
    a_text(action, "catalog_id", "action", 200)
    a_text(action, "product_retailer_id", "action", 200)


def _product_list(action: dict[str, Any]) -> None:
    a_text(action, "catalog_id", "action", 200)
    sections = a_list(required(action, "sections", "action"), "action['sections']", 1, 10)
    products = 0
    for rank, entry in enumerate(sections):
        where = f"action['sections'][{rank}]"
        section = an_object(entry, where)
        _section_title(section, where, len(sections))
        items = a_list(required(section, "product_items", where), f"{where}['product_items']", 1, 30)
        for item in items:
            a_text(an_object(item, f"{where}['product_items'][]"), "product_retailer_id", where, 200)
        products += len(items)
    if products > 30:
        raise bad("action['sections']", "total product count exceeds the 30 that are allowed.")


def _catalog(action: dict[str, Any]) -> None:
    a_word(required(action, "name", "action"), "action['name']", ("catalog_message",))


def _named(name: str) -> Any:
    def check(action: dict[str, Any]) -> None:
        a_word(required(action, "name", "action"), "action['name']", (name,))

    return check


def _carousel(action: dict[str, Any]) -> None:
    cards = a_list(required(action, "cards", "action"), "action['cards']", 2, 10)
    forms = set()
    for rank, entry in enumerate(cards):
        where = f"action['cards'][{rank}]"
        card = an_object(entry, where)
        if card.get("card_index") != rank:
            raise bad(f"{where}['card_index']", f"must be {rank}.")
        forms.add(_card(card, where))
    if len(forms) > 1:
        raise bad("action['cards']", "all cards must have the same header and button types.")


def _card(card: dict[str, Any], where: str) -> tuple[str, str]:
    kind = a_word(required(card, "type", where), f"{where}['type']", ("cta_url", "button", "product"))
    if kind == "product":
        _product(an_object(required(card, "action", where), f"{where}['action']"))
        return kind, ""
    header = an_object(required(card, "header", where), f"{where}['header']")
    form = a_word(required(header, "type", f"{where}['header']"), f"{where}['header']['type']", ("image", "video"))
    media_reference(required(header, form, f"{where}['header']"), f"{where}['header']['{form}']")
    if card.get("body") is not None:
        a_text(an_object(card["body"], f"{where}['body']"), "text", f"{where}['body']", CARD_BODY_MOST)
    action = an_object(required(card, "action", where), f"{where}['action']")
    if "buttons" in action:
        _card_buttons(action, where)
        return "buttons", form
    _cta_url(action)
    return "cta_url", form


def _card_buttons(action: dict[str, Any], where: str) -> None:
    for entry in a_list(required(action, "buttons", where), f"{where}['action']['buttons']", 1, 3):
        button = an_object(entry, f"{where}['action']['buttons'][]")
        reply = button.get("quick_reply") or button.get("reply")
        part = an_object(reply, f"{where}['action']['buttons'][]['quick_reply']")
        _short(part, "id", where, 256)
        _short(part, "title", where, 20)


def _short(part: dict[str, Any], name: str, where: str, most: int) -> str:
    """A label: Meta answers 131009 with both lengths when it does not fit."""
    value = required(part, name, where)
    if not isinstance(value, str) or not 1 <= len(value) <= most or not value.strip():
        raise bad(f"{where}['{name}']", f"length invalid. Min length: 1, Max length: {most}.")
    return value


ACTIONS: dict[str, Any] = {
    "button": _button,
    "list": _list,
    "cta_url": _cta_url,
    "flow": _flow,
    "product": _product,
    "product_list": _product_list,
    "catalog_message": _catalog,
    "location_request_message": _named("send_location"),
    "carousel": _carousel,
    "call_permission_request": _named("call_permission_request"),
    "voice_call": _named("voice_call"),
    "address_message": _named("address_message"),
    "request_contact_info": _named("request_contact_info"),
}
