"""What several pages of campaigns share: the way back, the steps, the message on the phone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.campaigns import bindings, card_fields
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.wording import Said, parts_of
from tradewind.lib import publicid
from tradewind.messages.media import removing
from tradewind.templates import rendering
from tradewind.workspaces.door import public_id


def row_of(kind: str, text: str) -> int | None:
    """The row behind a public id in an address; a spoilt one counts as none."""
    try:
        return publicid.decode(kind, text) if text else None
    except ValueError:
        return None


def crumbs(campaign: Campaign | None = None) -> list[dict[str, str]]:
    """The way back: the list, and the campaign for pages below it."""
    way = [{"name": _("Campaigns"), "url": reverse("campaigns:list")}]
    if campaign is not None:
        way.append({"name": campaign.name, "url": reverse("campaigns:show", args=[public_id(campaign)])})
    return way


def steps(campaign: Campaign, here: str) -> list[dict[str, Any]]:
    """The way of a campaign: message and audience, flight plan, live."""
    names = [
        ("compose", _("Message and audience")),
        ("trial", _("A few first")),
        ("plan", _("Flight plan")),
        ("live", _("Live")),
        ("report", _("Report")),
    ]
    is_open = {
        "compose": campaign.state in ("draft", "planned"),
        "trial": campaign.state in ("draft", "planned") and campaign.template_id is not None,
        "plan": campaign.plan is not None or campaign.state == "planning",
        "live": campaign.run_id is not None,
        "report": campaign.run_id is not None,
    }
    return [
        {"name": name, "url": reverse(f"campaigns:{page}", args=[public_id(campaign)]), "current": page == here}
        for page, name in names
        if is_open[page] or page == here
    ]


def sample(said: Said | None) -> dict[str, Any] | None:
    """A message filled with its own examples, for the phone."""
    if said is None:
        return None
    return shown_message(said, {variable.slot: variable.example for variable in parts_of(said).variables})


def shown_message(said: Said, values: Mapping[str, str]) -> dict[str, Any]:
    """What the c-phone component takes."""
    parts = parts_of(said)
    preview = parts.preview(values)
    drawn = rendering.drawn(preview)
    return {
        "header": preview.header,
        "header_kind": parts.header_kind,
        "body": preview.body,
        "footer": preview.footer,
        "buttons": drawn.buttons,
        "lang": said.language.replace("_", "-"),
        "cards": drawn.cards,
        "offer": preview.offer,
        "offer_ends": rendering.end_of(values.get(rendering.OFFER_END, "")),
    }


def with_card_pictures(shown: dict[str, Any], campaign: Campaign) -> dict[str, Any]:
    """The same with the campaign's own pictures on the cards."""
    pictures = card_fields.pictures(bindings.card_links(campaign.bindings), campaign.workspace_id)
    known = [*pictures, *[""] * len(shown["cards"])]
    return {**shown, "cards": [replace(card, picture=known[n]) for n, card in enumerate(shown["cards"])]}


def header_file(campaign: Campaign, kind: str | None) -> dict[str, Any]:
    """What the phone draws on top of a campaign's message: its picture, the document's name, or a place for either."""
    file = bindings.own_file(bindings.media_link(campaign.bindings), campaign.workspace_id)
    is_picture = file is not None and file.kind == "image"
    return {
        "image": reverse("messages:media", args=[public_id(file)]) if file and is_picture else "",
        "file": (file.name if file else _("Document")) if kind == "document" else "",
        "place": kind if kind in ("image", "video") and not is_picture else "",
    }


def gone_files(campaign: Campaign) -> list[removing.Gone]:
    """Files on its message that somebody has removed since."""
    return removing.gone(bindings.rows_of_files(campaign.bindings), campaign.workspace_id)
