"""From content and variables to the bytes of a call. Each content is taken apart once and kept."""

from collections import OrderedDict
from typing import Any

import orjson

from tradewind.messages import marks
from tradewind.messages.sender.row import Claimed
from tradewind.whatsapp.payloads import PayloadError, Template, addressed

MOST_KEPT = 2_000


class Contents:
    """The contents in use; `missing` says which to load before `render`."""

    def __init__(self) -> None:
        self._templates: OrderedDict[int, tuple[Template, dict[str, Any]]] = OrderedDict()
        self._broken: dict[int, PayloadError] = {}

    def missing(self, rows: list[Claimed]) -> list[int]:
        """Ids of contents that are not known yet."""
        return sorted(
            {row.content_id for row in rows if row.content_id is not None and not self._knows(row.content_id)}
        )

    def learn(self, content_id: int, payload: dict[str, Any]) -> None:
        """Take in a content's payload (Content.payload)."""
        try:
            template = Template(
                payload.get("components") or [], payload["name"], payload["language"], payload.get("parameter_format")
            )
        except PayloadError as problem:
            self._broken[content_id] = problem
            return
        extras = {key: payload[key] for key in ("header_media", "card_media", "flow_token") if payload.get(key)}
        self._templates[content_id] = (template, extras)
        if len(self._templates) > MOST_KEPT:
            self._templates.popitem(last=False)

    def render(self, row: Claimed) -> bytes:
        """The call's JSON. Raises PayloadError for what Meta would refuse, before anything leaves."""
        message = self._free_form(row) if row.content_id is None else self._template(row)
        payload = addressed(
            message,
            phone=row.phone,
            bsuid=row.bsuid,
            callback=marks.seal(row.attempt_id),
            reply_to=row.reply_to_wamid or None,
        )
        return orjson.dumps(payload)

    def _template(self, row: Claimed) -> dict[str, Any]:
        assert row.content_id is not None
        if row.content_id in self._broken:
            raise self._broken[row.content_id]
        template, extras = self._templates[row.content_id]
        return template.message(orjson.loads(row.variables) if row.variables else {}, **extras)

    def _free_form(self, row: Claimed) -> dict[str, Any]:
        payload: dict[str, Any] = orjson.loads(row.payload or "{}")
        return payload

    def _knows(self, content_id: int) -> bool:
        return content_id in self._templates or content_id in self._broken
