"""Which value goes into which variable of a template.

A binding is {"key": "body.1", "field": "name", "fallback": "there"}: `key` is a variable's slot (whatsapp.payloads),
`field` one of FIELDS, "fields.<own field>", or "" for a fixed text, which then stands in `fallback`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.campaigns.errors import BindingError
from tradewind.lib import clock
from tradewind.lib.text import storable
from tradewind.lib.zones import moment_at, usable
from tradewind.messages.media.models import MediaFile
from tradewind.messages.media.refs import OWN_FILE as OWN_FILE
from tradewind.messages.media.refs import STAND_IN, in_content, row_of_file
from tradewind.messages.media.refs import own_file as own_file
from tradewind.templates.rendering import OFFER_END
from tradewind.whatsapp.payloads import FreeMessage, PayloadError, Template, Variable
from tradewind.workspaces.models import Workspace

# What a variable can be filled with; everything else is a field of the business's own ("fields.order_number").
FIELDS = {
    "name": gettext_lazy("Name"),
    "first_name": gettext_lazy("First name"),
    "company": gettext_lazy("Company"),
    "city": gettext_lazy("City"),
    "country": gettext_lazy("Country"),
}
OWN = "fields."
LONGEST_FIELD, LONGEST_FALLBACK = 80, 2_000
# The key under which the header's file is kept beside the variables: an address (https://…), a file of ours
# ("media:<public id>"), or a place ("geo:<latitude>,<longitude>|<name>|<address>"). On cards: "card.0.media" …
MEDIA = "header.media"
_CARD = re.compile(r"card\.(\d{1,2})\.media")
PLACE = "geo:"
MEDIA_SENTENCES = {
    "image": gettext_lazy(
        "This message begins with a picture. Upload one, or give an address that starts with https://."
    ),
    "video": gettext_lazy(
        "This message begins with a video. Upload one, or give an address that starts with https://."
    ),
    "document": gettext_lazy(
        "This message begins with a document. Upload one, or give an address that starts with https://."
    ),
    "location": gettext_lazy(
        "This message begins with a map. Give its latitude and longitude, such as 53.5511, 9.9937."
    ),
}
_PLACE = re.compile(r"\s*(-?\d{1,2}(?:\.\d{1,8})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,8})?)\s*")


def clean(given: Sequence[Any], message: Template | FreeMessage, *, workspace_id: int) -> list[dict[str, str]]:
    """The bindings as a campaign keeps them: one for each variable of the message, and the header's file.

    Raises BindingError for a variable without a source, and for a message that cannot be sent as it is bound.
    """
    bound = {str(each.get("key")): each for each in given if isinstance(each, dict)}
    kept = [cleaned(bound.get(variable.slot), variable, workspace_id) for variable in message.variables]
    for key, kind in files_of(message).items():
        link = storable(str(bound.get(key, {}).get("fallback", "")).strip())[:LONGEST_FALLBACK]
        check_file(link, key, kind, workspace_id)
        kept.append({"key": key, "field": "", "fallback": link})
    check_sendable(kept, message)
    check_offer(kept)
    return kept


def card_key(card: int) -> str:
    """The key under which the file of a carousel's card is bound."""
    return f"card.{card}.media"


def files_of(message: Template | FreeMessage) -> dict[str, str]:
    """The files that a message needs: the key under which each is bound, and its kind."""
    kinds = {MEDIA: message.header_kind}
    kinds |= {card_key(card): kind for card, kind in enumerate(message.card_header_kinds)}
    return {key: kind for key, kind in kinds.items() if kind in MEDIA_SENTENCES}


def cleaned(binding: dict[str, Any] | None, variable: Variable, workspace_id: int) -> dict[str, str]:
    if binding is None:
        raise BindingError(
            _("The variable %(name)s has no value yet. Choose a field or a fixed text for it.") % named(variable)
        )
    field = storable(str(binding.get("field") or "")).strip()[:LONGEST_FIELD]
    fallback = " ".join(storable(str(binding.get("fallback") or "")).split())[:LONGEST_FALLBACK]
    if field == OWN:
        raise BindingError(_("Say which own field the variable %(name)s takes.") % named(variable))
    if field and field not in FIELDS and not field.startswith(OWN):
        raise BindingError(_("There is no field called %(field)s.") % {"field": field})
    if not field and not fallback:
        raise BindingError(_("The variable %(name)s has neither a field nor a text.") % named(variable))
    if variable.where == "limited_time_offer" and fallback:
        fallback = str(end_of_offer(fallback, workspace_id))
    return {"key": variable.slot, "field": field, "fallback": fallback}


def end_of_offer(said: str, workspace_id: int) -> int:
    """Unix seconds, from those or from an ISO date (its last second) or time; without a zone, in the workspace's."""
    if re.fullmatch(r"[0-9]{10}", said):
        return int(said)
    zone = usable(Workspace.objects.values_list("timezone", flat=True).get(pk=workspace_id))
    try:
        if len(said) == len("2026-03-08"):
            return int(moment_at(date.fromisoformat(said) + timedelta(days=1), time(), zone).timestamp()) - 1
        at = datetime.fromisoformat(said)
        return int((at if at.tzinfo else moment_at(at.date(), at.time(), zone)).timestamp())
    except (ValueError, OverflowError):
        raise BindingError(
            _("“%(said)s” is no time. Write the end of the offer like 2026-03-08 18:00.") % {"said": said[:40]}
        ) from None


def named(variable: Variable) -> dict[str, str]:
    return {"name": variable.slot if variable.where != "body" else f"{{{{{variable.key}}}}}"}


def check_file(link: str, key: str, kind: str, workspace_id: int) -> None:
    """The file on top, or on a card: an address, one of our own files of the right kind, or a place on the map."""
    if kind == "location":
        is_good = place_of(link) is not None
    elif link.startswith(OWN_FILE):
        file = own_file(link, workspace_id)
        is_good = file is not None and file.kind == kind
    else:
        is_good = link.startswith("https://")
    if not is_good:
        raise BindingError(on_card(key, str(MEDIA_SENTENCES[kind])))


def on_card(key: str, sentence: str) -> str:
    card = _CARD.fullmatch(key)
    return _("Card %(n)s: %(problem)s") % {"n": int(card[1]) + 1, "problem": sentence} if card else sentence


def check_offer(bindings: Sequence[Mapping[str, str]]) -> None:
    """An offer that is over before anybody reads of it is a mistake."""
    ends = [each["fallback"] for each in bindings if each["key"] == OFFER_END and not each["field"]]
    if any(each.isdecimal() and int(each) <= clock.time() for each in ends):
        raise BindingError(_("The offer would be over already. Say when it ends."))


def check_sendable(bindings: list[dict[str, str]], message: Template | FreeMessage) -> None:
    """What no value could mend: a part that we cannot send, a carousel without files, a fixed text that is too long."""
    fixed = {each["key"]: each["fallback"] for each in bindings if not each["field"]}
    values = {variable.slot: fixed.get(variable.slot) or stand_in(variable) for variable in message.variables}
    try:
        message.message(values, **stand_in_files(bindings))
    except PayloadError as problem:
        raise BindingError(_(problem.sentence) % problem.values) from problem


def stand_in(variable: Variable) -> str:
    """A value that fits everywhere; the end of an offer is a time."""
    return "1900000000" if variable.where == "limited_time_offer" else "1"


def stand_in_files(bindings: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The files as a message takes them, with some id for those that are not at Meta yet."""
    on_cards = [stand_in_media(link) or {} for link in card_links(bindings)]
    found: dict[str, Any] = {"header_media": stand_in_media(media_link(bindings))}
    return found | {"card_media": on_cards} if on_cards else found


def stand_in_media(link: str) -> dict[str, Any] | None:
    """The header's file as Meta takes it; for one of our own, which has no id at Meta yet, some id."""
    if link.startswith(OWN_FILE):
        return STAND_IN
    return place_of(link) or ({"link": link} if link else None)


def media_link(bindings: Sequence[Mapping[str, str]], key: str = MEDIA) -> str:
    """The address of the header's picture, video or document, or "media:…" or "geo:…"; "" without one."""
    return next((str(binding["fallback"]) for binding in bindings if binding["key"] == key), "")


def card_links(bindings: Sequence[Mapping[str, str]]) -> list[str]:
    """The same for each card of a carousel, in their order."""
    found = {int(card[1]): str(each["fallback"]) for each in bindings if (card := _CARD.fullmatch(each["key"]))}
    return [found[card] for card in sorted(found)]


def links_in(bindings: Sequence[Mapping[str, str]]) -> list[str]:
    """The addresses of all files that a message carries: on top, and on its cards."""
    return [media_link(bindings), *card_links(bindings)]


def own_files(bindings: Sequence[Mapping[str, str]], workspace_id: int) -> list[MediaFile]:
    """The files of ours that a message carries."""
    return [file for link in links_in(bindings) if (file := own_file(link, workspace_id)) is not None]


def rows_of_files(bindings: Sequence[Mapping[str, str]]) -> set[int]:
    """The row numbers of the files of ours that bindings name, on top and on cards."""
    return {row for link in links_in(bindings) if (row := row_of_file(link)) is not None}


def place_of(link: str) -> dict[str, Any] | None:
    """The place that a header shows, as Meta takes it; None when it is none."""
    where, _bar, words = link.removeprefix(PLACE).partition("|")
    found = _PLACE.fullmatch(where) if link.startswith(PLACE) else None
    if found is None or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        return None
    name, _bar, address = (part.strip() for part in words.partition("|"))
    place = {"latitude": float(found[1]), "longitude": float(found[2]), "name": name, "address": address}
    return {key: value for key, value in place.items() if value != ""}


def media_of(bindings: Sequence[Mapping[str, str]], workspace_id: int) -> dict[str, Any]:
    """What a content keeps of its files: {"header_media", "card_media"}, those that there are."""
    top = kept_file(media_link(bindings), workspace_id)
    on_cards = [kept_file(link, workspace_id) for link in card_links(bindings)]
    return {key: value for key, value in (("header_media", top), ("card_media", on_cards)) if value}


def kept_file(link: str, workspace_id: int) -> dict[str, Any] | None:
    """{"link"}, a place, or {"file", "filename"}, which the sender resolves."""
    if (file := own_file(link, workspace_id)) is not None:
        return in_content(file)
    return stand_in_media(link)
