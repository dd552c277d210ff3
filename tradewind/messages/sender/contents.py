"""From content and variables to the bytes of a call. Each content is taken apart once and kept."""

from collections import OrderedDict
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


class Contents:
    """The contents in use; `missing` says which to load before `render`."""

    def __init__(self) -> None:
        self._said: OrderedDict[int, tuple[Template | FreeMessage, dict[str, Any]]] = OrderedDict()
        self._broken: dict[int, PayloadError] = {}
        self._files: dict[int, tuple[int, str]] = {}
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
        if file := extras.get("header_media", {}).get("file"):
            self._files[content_id] = (int(file), str(extras.pop("header_media").get("filename") or ""))
        self._said[content_id] = (said, extras)
        if len(self._said) > MOST_KEPT:
            forgotten, _ = self._said.popitem(last=False)
            self._files.pop(forgotten, None)

    def files_of(self, rows: list[Claimed]) -> set[Key]:
        """The files, each with its number, whose ids at Meta these messages need and that are not known."""
        keys = {key for row in rows if (key := self.file_of(row)) is not None}
        now = clock.time()
        return {key for key in keys if not self.ids.find(key, now)}

    def file_of(self, row: Claimed) -> Key | None:
        """The file on top of a message, with the number that it leaves from."""
        if row.content_id is None or row.content_id not in self._files:
            return None
        return (self._files[row.content_id][0], row.number_id)

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
        if (key := self.file_of(row)) is not None:
            extras = {**extras, "header_media": self._uploaded(key, self._files[row.content_id][1])}
        return said.message(orjson.loads(row.variables) if row.variables else {}, **extras)

    def _uploaded(self, key: Key, filename: str) -> dict[str, str]:
        media_id = self.ids.find(key, clock.time())
        if not media_id:
            raise FileMissing
        return {"id": media_id, "filename": filename}

    def _own(self, row: Claimed) -> dict[str, Any]:
        payload: dict[str, Any] = orjson.loads(row.payload or "{}")
        return payload

    def _knows(self, content_id: int) -> bool:
        return content_id in self._said or content_id in self._broken
