"""Messages within the 24 hours: text, files, places, contact cards, reactions (cloud-api.md §3.1)."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tradewind.whatsapp.payloads import checks
from tradewind.whatsapp.payloads.checks import PayloadError
from tradewind.whatsapp.words import gettext_noop

Json = dict[str, Any]

LONGEST_TEXT = 4_096
LONGEST_CAPTION = 1_024
_MOST_CONTACTS = 257
_NAME_PARTS = ("first_name", "last_name", "middle_name", "suffix", "prefix")
_BIRTHDAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_NO_PLACE = gettext_noop("This is not a place on earth: latitude is from −90 to 90, longitude from −180 to 180.")
_NO_NAME_PART = gettext_noop("A contact card needs a first or last name besides the full name.")
_NO_BIRTHDAY = gettext_noop("A birthday is written like 1990-12-31.")


def text(body: str, *, has_preview: bool = False) -> Json:
    """A text of up to 4,096 characters; `has_preview` shows a picture of its first address."""
    body = checks.text("text.body", body, LONGEST_TEXT)
    return {"type": "text", "text": {"body": body, "preview_url": has_preview}}


def image(file: Mapping[str, Any], caption: str | None = None) -> Json:
    """A picture, as `{"id": …}` of an uploaded file or `{"link": …}`."""
    return _file("image", file, caption)


def video(file: Mapping[str, Any], caption: str | None = None) -> Json:
    """A video."""
    return _file("video", file, caption)


def document(file: Mapping[str, Any], caption: str | None = None, filename: str | None = None) -> Json:
    """Any other file; the file name is what the person sees."""
    message = _file("document", file, caption)
    if filename:
        message["document"]["filename"] = checks.text("document.filename", filename, 240)
    return message


def audio(file: Mapping[str, Any], *, is_voice: bool = False) -> Json:
    """Sound; a voice message must be ogg with opus."""
    message = _file("audio", file, None)
    if is_voice:
        message["audio"]["voice"] = True
    return message


def sticker(file: Mapping[str, Any]) -> Json:
    """A sticker (webp)."""
    return _file("sticker", file, None)


def location(latitude: float, longitude: float, name: str | None = None, address: str | None = None) -> Json:
    """A place, in degrees."""
    if not (math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise PayloadError("location", _NO_PLACE)
    place: Json = {"latitude": latitude, "longitude": longitude}
    _put(place, "name", checks.optional("location.name", name, 1_000))
    _put(place, "address", checks.optional("location.address", address, 1_000))
    return {"type": "location", "location": place}


def contacts(cards: Sequence[Mapping[str, Any]]) -> Json:
    """1 to 257 contact cards in Meta's own form: `{"name": {"formatted_name", "first_name", …}, "phones": […], …}`."""
    checks.count("contacts", cards, 1, _MOST_CONTACTS)
    for index, card in enumerate(cards):
        _check_card(f"contacts.{index}", card)
    return {"type": "contacts", "contacts": [dict(card) for card in cards]}


def reaction(message_id: str, emoji: str) -> Json:
    """An emoji put to a message; "" takes it away."""
    checks.text("reaction.message_id", message_id, 512)
    if emoji:
        checks.text("reaction.emoji", emoji, 32)
    return {"type": "reaction", "reaction": {"message_id": message_id, "emoji": emoji}}


def _file(kind: str, file: Mapping[str, Any], caption: str | None) -> Json:
    content = checks.media(kind, file)
    _put(content, "caption", checks.optional(f"{kind}.caption", caption, LONGEST_CAPTION))
    return {"type": kind, kind: content}


def _check_card(field: str, card: Mapping[str, Any]) -> None:
    name = card.get("name")
    if not isinstance(name, Mapping):
        raise PayloadError(f"{field}.name", checks.EMPTY)
    checks.text(f"{field}.name.formatted_name", str(name.get("formatted_name") or ""), 1_000)
    if not any(name.get(part) for part in _NAME_PARTS):
        raise PayloadError(f"{field}.name", _NO_NAME_PART)
    birthday = card.get("birthday")
    if birthday is not None and not _BIRTHDAY.fullmatch(str(birthday)):
        raise PayloadError(f"{field}.birthday", _NO_BIRTHDAY)


def _put(holder: Json, key: str, value: Any) -> None:
    if value is not None:
        holder[key] = value
