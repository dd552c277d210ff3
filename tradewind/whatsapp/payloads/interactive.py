"""Messages with something to tap: buttons, lists, links, forms, products, cards (cloud-api.md §3.1)."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from tradewind.whatsapp.payloads import checks
from tradewind.whatsapp.payloads.checks import PayloadError
from tradewind.whatsapp.words import gettext_noop

Json = dict[str, Any]

_BODY = "interactive.body.text"
_LONGEST_BODY = 1_024
_LONGEST_LIST_BODY = 4_096
_LONGEST_LINE = 60
_LONGEST_BUTTON = 20
_MOST_ROWS = 10
_MOST_SECTIONS = 10
_MOST_PRODUCTS = 30
_LONGEST_CARD = 160

_NO_HEADER_KIND = gettext_noop("A header is text, image, video or document.")
_SECTIONS_NEED_TITLES = gettext_noop("With more than one section, each needs a title.")
_HEADERS_DIFFER = gettext_noop("All cards need the same kind of header: an image each, or a video each.")
_FLOW_OR_NAME = gettext_noop("A form (flow) needs either its id or its name, and not both.")


def header_text(text: str) -> Json:
    """A header of up to 60 characters."""
    return {"type": "text", "text": checks.text("interactive.header.text", text, _LONGEST_LINE)}


def header_file(kind: Literal["image", "video", "document"], file: Mapping[str, Any]) -> Json:
    """A file as header, by `{"id"}` or `{"link"}`."""
    if kind not in ("image", "video", "document"):
        raise PayloadError("interactive.header", _NO_HEADER_KIND)
    return {"type": kind, kind: checks.media(f"interactive.header.{kind}", file)}


def reply_buttons(
    body: str, buttons: Sequence[tuple[str, str]], *, header: Json | None = None, footer: str | None = None
) -> Json:
    """1 to 3 buttons as (id, title)."""
    field = "interactive.action.buttons"
    checks.count(field, buttons, 1, 3)
    for index, (button_id, title) in enumerate(buttons):
        checks.text(f"{field}.{index}.id", button_id, 256)
        checks.text(f"{field}.{index}.title", title, _LONGEST_BUTTON)
    checks.unique(field, [title for _, title in buttons])
    checks.unique(field, [button_id for button_id, _ in buttons])
    action = {"buttons": [{"type": "reply", "reply": {"id": key, "title": title}} for key, title in buttons]}
    return _interactive("button", checks.text(_BODY, body, _LONGEST_BODY), action, header, footer)


def list_menu(
    body: str,
    button: str,
    sections: Sequence[tuple[str | None, Sequence[tuple[str, str, str | None]]]],
    *,
    header: str | None = None,
    footer: str | None = None,
) -> Json:
    """A list of up to 10 rows behind one button. Sections are (title, rows), rows (id, title, description)."""
    field = "interactive.action.sections"
    checks.count(field, sections, 1, _MOST_SECTIONS)
    rows = [row for _, section_rows in sections for row in section_rows]
    checks.count(f"{field}.rows", rows, 1, _MOST_ROWS)
    checks.unique(f"{field}.rows", [row_id for row_id, _, _ in rows])
    action = {
        "button": checks.text("interactive.action.button", button, _LONGEST_BUTTON),
        "sections": [_section(f"{field}.{index}", *each, len(sections) > 1) for index, each in enumerate(sections)],
    }
    head = header_text(header) if header else None
    return _interactive("list", checks.text(_BODY, body, _LONGEST_LIST_BODY), action, head, footer)


def link_button(body: str, button: str, url: str, *, header: Json | None = None, footer: str | None = None) -> Json:
    """One button that opens an address; no webhook tells of a tap."""
    action = {"name": "cta_url", "parameters": _link("interactive.action.parameters", button, url)}
    return _interactive("cta_url", checks.text(_BODY, body, _LONGEST_BODY), action, header, footer)


def flow(
    body: str,
    button: str,
    *,
    flow_id: str | None = None,
    flow_name: str | None = None,
    flow_token: str | None = None,
    screen: str | None = None,
    data: Mapping[str, Any] | None = None,
    is_draft: bool = False,
    header: Json | None = None,
    footer: str | None = None,
) -> Json:
    """A form. With `screen` it opens there (navigate), without it asks the form's own server (data_exchange)."""
    if bool(flow_id) == bool(flow_name):
        raise PayloadError("interactive.action.parameters", _FLOW_OR_NAME)
    parameters: Json = {
        "flow_message_version": "3",
        "flow_cta": checks.text("interactive.action.parameters.flow_cta", button, 30),
        "flow_action": "navigate" if screen else "data_exchange",
    }
    parameters.update({"flow_id": flow_id} if flow_id else {"flow_name": flow_name})
    if flow_token:
        parameters["flow_token"] = flow_token
    if is_draft:
        parameters["mode"] = "draft"
    if screen:
        parameters["flow_action_payload"] = {"screen": screen, **({"data": dict(data)} if data else {})}
    action = {"name": "flow", "parameters": parameters}
    return _interactive("flow", checks.text(_BODY, body, _LONGEST_BODY), action, header, footer)


def product(catalog_id: str, product_retailer_id: str, body: str | None = None, footer: str | None = None) -> Json:
    """One product of a catalogue."""
    action = {"catalog_id": catalog_id, "product_retailer_id": product_retailer_id}
    return _interactive("product", checks.optional(_BODY, body, _LONGEST_BODY), action, None, footer)


def product_list(
    catalog_id: str,
    header: str,
    body: str,
    sections: Sequence[tuple[str | None, Sequence[str]]],
    *,
    footer: str | None = None,
) -> Json:
    """Up to 30 products of a catalogue, in sections of (title, product ids)."""
    field = "interactive.action.sections"
    checks.count(field, sections, 1, _MOST_SECTIONS)
    checks.count(f"{field}.product_items", [each for _, products in sections for each in products], 1, _MOST_PRODUCTS)
    action = {
        "catalog_id": catalog_id,
        "sections": [
            {
                **_titled(f"{field}.{index}.title", title, len(sections) > 1),
                "product_items": [{"product_retailer_id": each} for each in products],
            }
            for index, (title, products) in enumerate(sections)
        ],
    }
    body = checks.text(_BODY, body, _LONGEST_BODY)
    return _interactive("product_list", body, action, header_text(header), footer)


def catalog(body: str, *, thumbnail_product_retailer_id: str | None = None, footer: str | None = None) -> Json:
    """The whole catalogue behind one button."""
    action: Json = {"name": "catalog_message"}
    if thumbnail_product_retailer_id:
        action["parameters"] = {"thumbnail_product_retailer_id": thumbnail_product_retailer_id}
    return _interactive("catalog_message", checks.text(_BODY, body, _LONGEST_BODY), action, None, footer)


def location_request(body: str) -> Json:
    """Ask for the person's place; they answer with a location."""
    action = {"name": "send_location"}
    body = checks.text(_BODY, body, _LONGEST_BODY)
    return _interactive("location_request_message", body, action, None, None)


def carousel(body: str, cards: Sequence[tuple[Json, str, str, str]]) -> Json:
    """2 to 10 cards as (header of `header_file`, text, button, address); all headers of one kind."""
    field = "interactive.action.cards"
    checks.count(field, cards, 2, 10)
    kinds = {header.get("type") for header, _, _, _ in cards}
    if len(kinds) != 1 or not kinds <= {"image", "video"}:
        raise PayloadError(field, _HEADERS_DIFFER)
    built = [
        {
            "card_index": index,
            "type": "cta_url",
            "header": header,
            "body": {"text": checks.text(f"{field}.{index}.body.text", text, _LONGEST_CARD)},
            "action": {"name": "cta_url", "parameters": _link(f"{field}.{index}.action.parameters", button, url)},
        }
        for index, (header, text, button, url) in enumerate(cards)
    ]
    return _interactive("carousel", checks.text(_BODY, body, _LONGEST_BODY), {"cards": built}, None, None)


def _interactive(kind: str, body: str | None, action: Json, header: Json | None, footer: str | None) -> Json:
    interactive: Json = {"type": kind}
    if header:
        interactive["header"] = header
    if body:
        interactive["body"] = {"text": body}
    if footer:
        interactive["footer"] = {"text": checks.text("interactive.footer.text", footer, _LONGEST_LINE)}
    interactive["action"] = action
    return {"type": "interactive", "interactive": interactive}


def _section(field: str, title: str | None, rows: Sequence[tuple[str, str, str | None]], needs_title: bool) -> Json:
    checks.count(f"{field}.rows", rows, 1, _MOST_ROWS)
    return {
        **_titled(f"{field}.title", title, needs_title),
        "rows": [_row(f"{field}.rows.{index}", *row) for index, row in enumerate(rows)],
    }


def _row(field: str, row_id: str, title: str, description: str | None) -> Json:
    row = {"id": checks.text(f"{field}.id", row_id, 200), "title": checks.text(f"{field}.title", title, 24)}
    if description:
        row["description"] = checks.text(f"{field}.description", description, 72)
    return row


def _titled(field: str, title: str | None, needs_title: bool) -> Json:
    if needs_title and not title:
        raise PayloadError(field, _SECTIONS_NEED_TITLES)
    return {"title": checks.text(field, title, 24)} if title else {}


def _link(field: str, button: str, url: str) -> Json:
    return {
        "display_text": checks.text(f"{field}.display_text", button, _LONGEST_BUTTON),
        "url": checks.link(f"{field}.url", url),
    }
