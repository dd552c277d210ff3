"""Files that a message names by id: Meta must know them, for this number."""

from collections.abc import Iterator
from typing import Any

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.media import MediaStore

KINDS = ("image", "video", "document", "audio", "sticker", "gif")


def check_media_ids(body: dict[str, Any], media: MediaStore, phone_number_id: str, now: float) -> None:
    """Meta's code 100 for an id that was never given, has expired, or belongs to another number."""
    for where, media_id in _named(body):
        kept = media.find(media_id, now)
        if kept is None or kept.phone_number_id != phone_number_id:
            text = f"(#100) Param {where}['id'] is not a valid whatsapp business account media attachment ID"
            raise GraphError(100, message=text)


def _named(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kind = body.get("type")
    if kind in KINDS:
        yield from _in(body, str(kind), str(kind))
    elif kind == "template" and isinstance(body.get("template"), dict):
        yield from _in_components(body["template"].get("components"), "template")
    elif kind == "interactive" and isinstance(body.get("interactive"), dict):
        header = body["interactive"].get("header")
        for each in KINDS if isinstance(header, dict) else ():
            yield from _in(header, each, f"interactive['header']['{each}']")


def _in_components(components: Any, where: str) -> Iterator[tuple[str, str]]:
    """Headers, and those of a carousel's cards."""
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict):
            continue
        for card in component.get("cards") or ():
            yield from _in_components(card.get("components") if isinstance(card, dict) else None, where)
        parameters = component.get("parameters")
        for parameter in parameters if isinstance(parameters, list) else ():
            kind = parameter.get("type") if isinstance(parameter, dict) else None
            if kind in KINDS:
                yield from _in(parameter, str(kind), f"{where}['components']['{kind}']")


def _in(holder: dict[str, Any], kind: str, where: str) -> Iterator[tuple[str, str]]:
    part = holder.get(kind)
    if isinstance(part, dict) and str(part.get("id") or "").isdigit() and not part.get("link"):
        yield where, str(part["id"])
