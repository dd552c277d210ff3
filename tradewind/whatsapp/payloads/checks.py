"""Checks of what is about to be sent, with refusals that say where and what in plain words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tradewind.whatsapp.words import gettext_noop

_NOT_SENDABLE = re.compile(r"[\x00\ud800-\udfff]")
_LINK = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
_LONGEST_LINK = 2_000
_LONGEST_CALLBACK = 512

EMPTY = gettext_noop("This must not be empty.")
TOO_LONG = gettext_noop("This has %(length)s characters; at most %(most)s are allowed.")
NOT_SENDABLE = gettext_noop("This contains a character that cannot be sent.")
NOT_A_LINK = gettext_noop("This must be an address that begins with https:// or http://.")
TOO_FEW = gettext_noop("There are %(count)s; at least %(least)s are needed.")
TOO_MANY = gettext_noop("There are %(count)s; at most %(most)s are allowed.")
NOT_UNIQUE = gettext_noop("“%(text)s” occurs twice; each must be different.")
ID_OR_LINK = gettext_noop("A file needs either an uploaded file or an address, and not both.")


class PayloadError(ValueError):
    """Something that Meta would refuse.

    `field` is the path within the payload ("interactive.action.buttons.0.title"), or a template's slot ("body.1").
    `sentence` is an English sentence with %(name)s places for `values`: `gettext(error.sentence) % error.values`.
    """

    def __init__(self, field: str, sentence: str, **values: object) -> None:
        super().__init__(field, sentence)
        self.field = field
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        return f"{self.field}: {self.sentence % self.values}"


def text(field: str, value: str, most: int, *, least: int = 1) -> str:
    """The text, if it has from `least` to `most` characters and all can be sent."""
    if len(value) < least or (least and not value.strip()):
        raise PayloadError(field, EMPTY)
    if len(value) > most:
        raise PayloadError(field, TOO_LONG, length=len(value), most=most)
    if _NOT_SENDABLE.search(value):
        raise PayloadError(field, NOT_SENDABLE)
    return value


def optional(field: str, value: str | None, most: int) -> str | None:
    """The text if there is one, else None."""
    return text(field, value, most) if value else None


def link(field: str, value: str) -> str:
    """The address, if it is one of the web."""
    text(field, value, _LONGEST_LINK)
    if not _LINK.fullmatch(value):
        raise PayloadError(field, NOT_A_LINK)
    return value


def count(field: str, items: Sequence[Any], least: int, most: int) -> None:
    """Refuse too few and too many."""
    if len(items) < least:
        raise PayloadError(field, TOO_FEW, count=len(items), least=least)
    if len(items) > most:
        raise PayloadError(field, TOO_MANY, count=len(items), most=most)


def unique(field: str, words: Sequence[str]) -> None:
    """Refuse a word that occurs twice."""
    seen: set[str] = set()
    for word in words:
        if word in seen:
            raise PayloadError(field, NOT_UNIQUE, text=word)
        seen.add(word)


def media(field: str, reference: Mapping[str, Any]) -> dict[str, Any]:
    """A file by `{"id"}` or `{"link"}`; other keys are dropped."""
    media_id, address = reference.get("id"), reference.get("link")
    if bool(media_id) == bool(address):
        raise PayloadError(field, ID_OR_LINK)
    if media_id:
        return {"id": text(f"{field}.id", str(media_id), 512)}
    return {"link": link(f"{field}.link", str(address))}


def callback(value: str) -> str:
    """`biz_opaque_callback_data`, of at most 512 characters."""
    return text("biz_opaque_callback_data", value, _LONGEST_CALLBACK)
