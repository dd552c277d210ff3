"""The body of `POST /{phone}/messages`: the envelope and every free-form type."""

import re
from datetime import date
from typing import Any

from tradewind.simulator.graph.errors import GraphError, bad, missing
from tradewind.simulator.validation.interactive import check_interactive
from tradewind.simulator.validation.parts import (
    a_list,
    a_text,
    a_word,
    an_object,
    maybe_text,
    media_reference,
    required,
)

BODY_MOST, CAPTION_MOST, CALLBACK_MOST, CONTACTS_MOST = 4096, 1024, 512, 257
INBOUND_ONLY = frozenset(
    {"button", "order", "system", "unsupported", "unknown", "request_welcome", "edit", "revoke", "poll"}
)
NAME_PARTS = ("first_name", "last_name", "middle_name", "suffix", "prefix")
_EMOJI_MOST = 12  # code points of the longest joined emoji, with room
_LETTERS = re.compile(r"[A-Za-z]")


def check_message(body: dict[str, Any]) -> None:
    """Check the envelope and the part that belongs to its type; sets the default type. Raises GraphError."""
    if "messaging_product" not in body:
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if body["messaging_product"] != "whatsapp":
        raise GraphError(100, message="(#100) Param messaging_product must be one of {WHATSAPP}.")
    a_word(body.setdefault("recipient_type", "individual"), "recipient_type", ("individual", "group"))
    kind = body.setdefault("type", "text")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None and kind != "template":
        _refuse_type(kind)
    _check_extras(body)
    part = required(body, kind, "")
    if check is not None:
        check(part)


def _refuse_type(kind: Any) -> None:
    if isinstance(kind, str) and kind in INBOUND_ONLY:
        raise GraphError(131051, f"Messages of type {kind} cannot be sent.")
    allowed = ", ".join(sorted([*CHECKS, "template"])).upper()
    raise GraphError(100, message=f'(#100) Param type must be one of {{{allowed}}} - got "{kind}".')


def _check_extras(body: dict[str, Any]) -> None:
    if body.get("context") is not None:
        a_text(an_object(body["context"], "context"), "message_id", "context", 512)
    if body.get("biz_opaque_callback_data") is not None:
        a_text(body, "biz_opaque_callback_data", "", CALLBACK_MOST)
    if body.get("recipient_identity_key_hash") is not None:
        a_text(body, "recipient_identity_key_hash", "", 64)


def _text(part: Any) -> None:
    text = an_object(part, "text")
    a_text(text, "body", "text", BODY_MOST)
    if not isinstance(text.get("preview_url", False), bool):
        raise bad("text['preview_url']", "must be true or false.")


def _image(part: Any) -> None:
    maybe_text(media_reference(part, "image"), "caption", "image", CAPTION_MOST)


def _video(part: Any) -> None:
    maybe_text(media_reference(part, "video"), "caption", "video", CAPTION_MOST)


def _document(part: Any) -> None:
    document = media_reference(part, "document")
    maybe_text(document, "caption", "document", CAPTION_MOST)
    maybe_text(document, "filename", "document", 240)


def _audio(part: Any) -> None:
    if media_reference(part, "audio").get("caption") is not None:
        raise bad("audio['caption']", "audio messages have no caption.")


def _sticker(part: Any) -> None:
    if media_reference(part, "sticker").get("caption") is not None:
        raise bad("sticker['caption']", "stickers have no caption.")


def _location(part: Any) -> None:
    place = an_object(part, "location")
    for name, most in (("latitude", 90.0), ("longitude", 180.0)):
        value = required(place, name, "location")
        try:
            degrees = float(value)
        except (TypeError, ValueError):
            raise bad(f"location['{name}']", "must be a number.") from None
        if isinstance(value, bool) or not -most <= degrees <= most:
            raise bad(f"location['{name}']", f"must be from -{most:.0f} to {most:.0f}.")
    maybe_text(place, "name", "location", 1000)
    maybe_text(place, "address", "location", 1000)


def _contacts(part: Any) -> None:
    for rank, entry in enumerate(a_list(part, "contacts", 1, CONTACTS_MOST)):
        where = f"contacts[{rank}]"
        contact = an_object(entry, where)
        name = an_object(required(contact, "name", where), f"{where}['name']")
        a_text(name, "formatted_name", f"{where}['name']", 1000)
        if not any(name.get(piece) for piece in NAME_PARTS):
            raise missing(f"{where}['name'] with one of {', '.join(NAME_PARTS)}")
        _contact_details(contact, where)


def _contact_details(contact: dict[str, Any], where: str) -> None:
    for name in ("phones", "emails", "addresses", "urls"):
        if contact.get(name) is not None:
            for item in a_list(contact[name], f"{where}['{name}']", 0, 100):
                an_object(item, f"{where}['{name}'][]")
    birthday = contact.get("birthday")
    if birthday is None:
        return
    try:
        date.fromisoformat(birthday)
        written = len(birthday) == 10
    except (TypeError, ValueError):
        written = False
    if not written:
        raise bad(f"{where}['birthday']", "must be written YYYY-MM-DD.")


def _reaction(part: Any) -> None:
    reaction = an_object(part, "reaction")
    a_text(reaction, "message_id", "reaction", 512)
    emoji = required(reaction, "emoji", "reaction")
    if not isinstance(emoji, str) or len(emoji) > _EMOJI_MOST or _LETTERS.search(emoji):
        raise bad("reaction['emoji']", "must be one emoji, or an empty text to remove the reaction.")


def _interactive(part: Any) -> None:
    check_interactive(an_object(part, "interactive"))


def check_status_call(body: dict[str, Any]) -> str:
    """Check a mark-read or typing call; the id of the message that was read."""
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if body["status"] != "read":
        raise GraphError(100, message="(#100) Param status must be one of {READ}.")
    indicator = body.get("typing_indicator")
    if indicator is not None and an_object(indicator, "typing_indicator").get("type") != "text":
        raise GraphError(100, message="(#100) Param typing_indicator['type'] must be one of {TEXT}.")
    return a_text(body, "message_id", "", 512)


CHECKS = {
    "text": _text,
    "image": _image,
    "video": _video,
    "document": _document,
    "audio": _audio,
    "sticker": _sticker,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
}
