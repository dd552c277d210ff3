"""From content and variables to the bytes of a call. Each content is taken apart once and kept."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import orjson

from tradewind.lib import clock
from tradewind.messages import marks
from tradewind.messages.sender.media import Key, MediaIds
from tradewind.messages.sender.row import Claimed
from tradewind.whatsapp.payloads import FreeMessage, PayloadError, Template, addressed, said_by

MOST_KEPT = 2_000


class FileMissing(Exception):
    """The message waits: the file on top of it is not at Meta yet."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of ours in a content: on top of it (`card` None) or on a card of a carousel."""

    card: int | None
    file: int
    filename: str


class Contents:
    """The contents in use; `missing` says which to load before `render`."""

    def __init__(self) -> None:
        self._said: OrderedDict[int, tuple[Template | FreeMessage, dict[str, Any]]] = OrderedDict()
        self._broken: dict[int, PayloadError] = {}
        self._files: dict[int, list[Upload]] = {}
        self.ids = MediaIds()

    def missing(self, rows: list[Claimed]) -> list[int]:
        """Ids of contents that are not known yet."""
        return sorted(
            {row.content_id for row in rows if row.content_id is not None and not self._knows(row.content_id)}
        )

    def learn(self, content_id: int, payload: dict[str, Any]) -> None:
        """Take in a content's payload (Content.payload)."""
        try:
            said = said_by(payload)
        except PayloadError as problem:
            self._broken[content_id] = problem
            return
        extras = {key: payload[key] for key in ("header_media", "card_media", "flow_token") if payload.get(key)}
        if uploads := uploads_in(extras):
            self._files[content_id] = uploads
        self._said[content_id] = (said, extras)
        if len(self._said) > MOST_KEPT:
            forgotten, _ = self._said.popitem(last=False)
            self._files.pop(forgotten, None)

    def files_of(self, rows: list[Claimed]) -> set[Key]:
        """The files, each with its number, whose ids at Meta these messages need and that are not known."""
        keys = {key for row in rows for key in self.keys_of(row)}
        now = clock.time()
        return {key for key in keys if not self.ids.find(key, now)}

    def keys_of(self, row: Claimed) -> list[Key]:
        """The files of a message, each with the number that it leaves from."""
        return [(upload.file, row.number_id) for upload in self._files.get(row.content_id or 0, ())]

    def render(self, row: Claimed) -> bytes:
        """The call's JSON. Raises PayloadError for what Meta would refuse, before anything leaves; FileMissing."""
        message = self._own(row) if row.content_id is None else self._kept(row)
        payload = addressed(
            message,
            phone=row.phone,
            bsuid=row.bsuid,
            callback=marks.seal(row.attempt_id),
            reply_to=row.reply_to_wamid or None,
        )
        return orjson.dumps(payload)

    def _kept(self, row: Claimed) -> dict[str, Any]:
        assert row.content_id is not None
        if row.content_id in self._broken:
            raise self._broken[row.content_id]
        said, extras = self._said[row.content_id]
        if uploads := self._files.get(row.content_id):
            extras = self._with_ids(extras, uploads, row.number_id)
        return said.message(orjson.loads(row.variables) if row.variables else {}, **extras)

    def _with_ids(self, extras: dict[str, Any], uploads: list[Upload], number_id: int) -> dict[str, Any]:
        """The extras with Meta's ids in the places of our own files. Raises FileMissing."""
        filled = {**extras, "card_media": [*extras["card_media"]]} if "card_media" in extras else dict(extras)
        for upload in uploads:
            media_id = self.ids.find((upload.file, number_id), clock.time())
            if not media_id:
                raise FileMissing
            reference = {"id": media_id, "filename": upload.filename}
            if upload.card is None:
                filled["header_media"] = reference
            else:
                filled["card_media"][upload.card] = reference
        return filled

    def _own(self, row: Claimed) -> dict[str, Any]:
        payload: dict[str, Any] = orjson.loads(row.payload or "{}")
        return payload

    def _knows(self, content_id: int) -> bool:
        return content_id in self._said or content_id in self._broken


def uploads_in(extras: dict[str, Any]) -> list[Upload]:
    """The files of ours among a content's files."""
    places = [(None, extras.get("header_media") or {}), *enumerate(extras.get("card_media") or ())]
    return [
        Upload(card, int(each["file"]), str(each.get("filename") or "")) for card, each in places if each.get("file")
    ]
