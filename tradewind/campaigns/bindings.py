"""Which value goes into which variable of a template.

A binding is {"key": "body.1", "field": "name", "fallback": "there"}: `key` is a variable's slot (whatsapp.payloads),
`field` one of FIELDS, "fields.<own field>", or "" for a fixed text, which then stands in `fallback`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.campaigns.errors import BindingError
from tradewind.lib import publicid
from tradewind.lib.text import storable
from tradewind.messages.media.models import MediaFile
from tradewind.whatsapp.payloads import FreeMessage, PayloadError, Template, Variable

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
# ("media:<public id>"), or a place ("geo:<latitude>,<longitude>|<name>|<address>").
MEDIA = "header.media"
OWN_FILE, PLACE = "media:", "geo:"
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
    kept = [cleaned(bound.get(variable.slot), variable) for variable in message.variables]
    link = storable(str(bound.get(MEDIA, {}).get("fallback", "")).strip())[:LONGEST_FALLBACK]
    if link and message.header_kind in MEDIA_SENTENCES:
        kept.append({"key": MEDIA, "field": "", "fallback": link})
    check_file(kept, message.header_kind, workspace_id)
    check_sendable(kept, message)
    return kept


def cleaned(binding: dict[str, Any] | None, variable: Variable) -> dict[str, str]:
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
    return {"key": variable.slot, "field": field, "fallback": fallback}


def named(variable: Variable) -> dict[str, str]:
    return {"name": variable.slot if variable.where != "body" else f"{{{{{variable.key}}}}}"}


def check_file(bindings: list[dict[str, str]], header_kind: str | None, workspace_id: int) -> None:
    """The file on top: an address, one of our own files of the right kind, or a place on the map."""
    if header_kind not in MEDIA_SENTENCES:
        return
    link = media_link(bindings)
    if header_kind == "location":
        is_good = place_of(link) is not None
    elif link.startswith(OWN_FILE):
        file = own_file(link, workspace_id)
        is_good = file is not None and file.kind == header_kind
    else:
        is_good = link.startswith("https://")
    if not is_good:
        raise BindingError(str(MEDIA_SENTENCES[header_kind]))


def check_sendable(bindings: list[dict[str, str]], message: Template | FreeMessage) -> None:
    """What no value could mend: a part that we cannot send, a carousel without files, a fixed text that is too long."""
    fixed = {each["key"]: each["fallback"] for each in bindings if not each["field"]}
    values = {variable.slot: fixed.get(variable.slot) or stand_in(variable) for variable in message.variables}
    try:
        message.message(values, header_media=stand_in_media(media_link(bindings)))
    except PayloadError as problem:
        raise BindingError(_(problem.sentence) % problem.values) from problem


def stand_in(variable: Variable) -> str:
    """A value that fits everywhere; the end of an offer is a time."""
    return "1900000000" if variable.where == "limited_time_offer" else "1"


def stand_in_media(link: str) -> dict[str, Any] | None:
    """The header's file as Meta takes it; for one of our own, which has no id at Meta yet, some id."""
    if link.startswith(OWN_FILE):
        return {"id": "0"}
    return place_of(link) or ({"link": link} if link else None)


def media_link(bindings: Sequence[Mapping[str, str]]) -> str:
    """The address of the header's picture, video or document, or "media:…" or "geo:…"; "" without one."""
    return next((str(binding["fallback"]) for binding in bindings if binding["key"] == MEDIA), "")


def own_file(link: str, workspace_id: int) -> MediaFile | None:
    """The file of ours that a header names; None when it names none that is there."""
    row = row_of_file(link)
    return None if row is None else MediaFile.objects.filter(workspace_id=workspace_id, pk=row).first()


def row_of_file(link: str) -> int | None:
    """The row number of the file of ours that a header names; None when it names none."""
    try:
        return publicid.decode("mediafile", link.removeprefix(OWN_FILE)) if link.startswith(OWN_FILE) else None
    except ValueError:
        return None


def place_of(link: str) -> dict[str, Any] | None:
    """The place that a header shows, as Meta takes it; None when it is none."""
    where, _bar, words = link.removeprefix(PLACE).partition("|")
    found = _PLACE.fullmatch(where) if link.startswith(PLACE) else None
    if found is None or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        return None
    name, _bar, address = (part.strip() for part in words.partition("|"))
    place = {"latitude": float(found[1]), "longitude": float(found[2]), "name": name, "address": address}
    return {key: value for key, value in place.items() if value != ""}


def header_media(bindings: Sequence[Mapping[str, str]], workspace_id: int) -> dict[str, Any] | None:
    """What a content keeps of the header: {"link"}, a place, or {"file", "filename"}, which the sender resolves."""
    link = media_link(bindings)
    if (file := own_file(link, workspace_id)) is not None:
        return {"file": file.pk, "filename": file.name}
    return stand_in_media(link)
