"""Which value goes into which variable of a template.

A binding is {"key": "body.1", "field": "name", "fallback": "there"}: `key` is a variable's slot (whatsapp.payloads),
`field` one of FIELDS, "fields.<own field>", or "" for a fixed text, which then stands in `fallback`.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.campaigns.errors import BindingError
from tradewind.lib.text import storable
from tradewind.whatsapp.payloads import PayloadError, Template, Variable

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
# The key under which the link of a header's picture, video or document is kept beside the variables.
MEDIA = "header.media"
MEDIA_SENTENCES = {
    "image": gettext_lazy("This template begins with a picture. Give its address, starting with https://."),
    "video": gettext_lazy("This template begins with a video. Give its address, starting with https://."),
    "document": gettext_lazy("This template begins with a document. Give its address, starting with https://."),
}


def clean(given: Sequence[Any], template: Template) -> list[dict[str, str]]:
    """The bindings as a campaign keeps them: one for each variable of the template, and the header's file.

    Raises BindingError for a variable without a source, and for a template that cannot be sent as it is bound.
    """
    bound = {str(each.get("key")): each for each in given if isinstance(each, dict)}
    kept = [cleaned(bound.get(variable.slot), variable) for variable in template.variables]
    if link := str(bound.get(MEDIA, {}).get("fallback", "")).strip():
        kept.append({"key": MEDIA, "field": "", "fallback": storable(link)[:LONGEST_FALLBACK]})
    check_file(kept, template.header_kind)
    check_sendable(kept, template)
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


def check_file(bindings: list[dict[str, str]], header_kind: str | None) -> None:
    if header_kind in MEDIA_SENTENCES and not media_link(bindings).startswith("https://"):
        raise BindingError(str(MEDIA_SENTENCES[header_kind]))


def check_sendable(bindings: list[dict[str, str]], template: Template) -> None:
    """What no value could mend: a part that we cannot send, a carousel without files, a fixed text that is too long."""
    fixed = {each["key"]: each["fallback"] for each in bindings if not each["field"]}
    values = {variable.slot: fixed.get(variable.slot) or stand_in(variable) for variable in template.variables}
    link = media_link(bindings)
    try:
        template.message(values, header_media={"link": link} if link else None)
    except PayloadError as problem:
        raise BindingError(_(problem.sentence) % problem.values) from problem


def stand_in(variable: Variable) -> str:
    """A value that fits everywhere; the end of an offer is a time."""
    return "1900000000" if variable.where == "limited_time_offer" else "1"


def media_link(bindings: list[dict[str, str]]) -> str:
    """The address of the header's picture, video or document; "" without one."""
    return next((str(binding["fallback"]) for binding in bindings if binding["key"] == MEDIA), "")
