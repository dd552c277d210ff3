"""Which value goes into which variable of a template, and the SQL that freezes it for each person.

A binding is {"key": "body.1", "field": "name", "fallback": "there"}: `key` is a variable's slot (whatsapp.payloads),
`field` one of FIELDS, "fields.<own field>", or "" for a fixed text, which then stands in `fallback`.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

# What a variable can be filled with; everything else is a field of the business's own ("fields.order_number").
FIELDS = {
    "name": _("Name"),
    "first_name": _("First name"),
    "company": _("Company"),
    "city": _("City"),
    "country": _("Country"),
}
OWN = "fields."
# The key under which the link of a header's picture, video or document is kept beside the variables.
MEDIA = "header.media"
MEDIA_KINDS = ("image", "video", "document")


class BindingError(ValueError):
    """A variable has no source; the message names it, in the user's words."""


def check(bindings: list[dict[str, Any]], keys: list[str]) -> None:
    """Every variable of the template is bound, and to something that exists. Raises BindingError."""
    bound = {binding["key"]: binding for binding in bindings}
    for key in keys:
        if key not in bound:
            raise BindingError(f"The variable {key} has no value yet. Choose a field or a fixed text for it.")
        field = bound[key].get("field", "")
        if field and field not in FIELDS and not field.startswith(OWN):
            raise BindingError(f"There is no field called {field}.")
        if not field and not bound[key].get("fallback", "").strip():
            raise BindingError(f"The variable {key} has neither a field nor a text.")


def check_media(bindings: list[dict[str, Any]], header_kind: str | None) -> None:
    """A header with a picture, video or document needs the https address of one. Raises BindingError."""
    link = media_link(bindings)
    if header_kind in MEDIA_KINDS and not link.startswith("https://"):
        raise BindingError(f"This template begins with a {header_kind}. Give its address, starting with https://.")


def media_link(bindings: list[dict[str, Any]]) -> str:
    return next((str(binding["fallback"]) for binding in bindings if binding["key"] == MEDIA), "")


def variables_sql(bindings: list[dict[str, Any]], keys: list[str]) -> tuple[str, str, dict[str, Any]]:
    """SQL for the frozen variables (jsonb), SQL for "one of them is missing" (boolean), and their parameters."""
    bound = {binding["key"]: binding for binding in bindings}
    pairs, missing, params = [], [], {}
    for index, key in enumerate(keys):
        value = value_sql(bound[key], index, params)
        params[f"key_{index}"] = key
        pairs.append(f"%(key_{index})s::text, {value}")
        missing.append(f"{value} IS NULL")
    return f"jsonb_build_object({', '.join(pairs)})", " OR ".join(missing) or "false", params


def value_sql(binding: dict[str, Any], index: int, params: dict[str, Any]) -> str:
    """Meta refuses line breaks, tabs and runs of spaces in a value (131008/132018): white space is folded here."""
    params[f"fallback_{index}"] = " ".join(binding.get("fallback", "").split())
    fallback = f"nullif(%(fallback_{index})s::text, '')"
    field = binding.get("field", "")
    if not field:
        return fallback
    return (
        f"coalesce(nullif(btrim(regexp_replace({column_sql(field, index, params)}, '\\s+', ' ', 'g')), ''), {fallback})"
    )


def column_sql(field: str, index: int, params: dict[str, Any]) -> str:
    if field == "first_name":
        return "split_part(btrim(regexp_replace(contact.name, '\\s+', ' ', 'g')), ' ', 1)"
    if field in FIELDS:
        return f"contact.{field}"
    params[f"field_{index}"] = field.removeprefix(OWN)
    return f"(contact.fields ->> %(field_{index})s::text)"
