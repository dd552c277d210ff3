"""The fields of a carousel's cards on the page of a campaign: a picture or video for each, ours or by its address."""

from collections.abc import Mapping
from typing import Any

from tradewind.campaigns import bindings
from tradewind.campaigns.wording import Said, parts_of
from tradewind.messages.media import views as media
from tradewind.messages.media import words


def read(said: Said, data: Mapping[str, str]) -> list[dict[str, str]]:
    """The bindings of the cards' files, as the page named them: an uploaded file before an address."""
    return [
        {"key": bindings.card_key(card), "field": "", "fallback": link}
        for card, link in enumerate(posted(said, data))
        if link
    ]


def posted(said: Said, data: Mapping[str, str]) -> list[str]:
    cards = range(len(parts_of(said).card_header_kinds))
    return [
        str(data.get(f"card-{card}-file", "").strip() or data.get(f"card-{card}-link", "").strip()) for card in cards
    ]


def of(said: Said | None, links: list[str], workspace_id: int, prefix: str = "") -> list[dict[str, Any]]:
    """What the page shows of each card: its words, and the file or address so far. `prefix` of its fields' names."""
    if said is None:
        return []
    craft = parts_of(said)
    shown = craft.preview({variable.slot: variable.example for variable in craft.variables if variable.example})
    links = [*links, *[""] * len(shown.cards)]
    return [
        one(card, kind or "", shown.cards[card].body, links[card], workspace_id) | {"field": f"{prefix}card-{card}"}
        for card, kind in enumerate(craft.card_header_kinds)
    ]


def one(card: int, kind: str, text: str, link: str, workspace_id: int) -> dict[str, Any]:
    file = bindings.own_file(link, workspace_id)
    return {
        "n": card + 1,
        "kind": kind,
        "text": text,
        "file": media.shown(file) if file else None,
        "standing": words.standing(file) if file else ("", ""),
        "link": link if link.startswith("http") else "",
    }


def pictures(links: list[str], workspace_id: int) -> list[str]:
    """The addresses of our own pictures on the cards; "" for films and for what Meta fetches elsewhere."""
    files = [bindings.own_file(link, workspace_id) for link in links]
    return [media.shown(file)["url"] if file and file.kind == "image" else "" for file in files]
