"""What a campaign says: an approved template, or a free message for people whose service window is open.

A free message is kept as `Campaign.free` = {"purpose", "components"}: its components have the shape of a template's, so
that variables, fallbacks, previews and advice are the same for both (whatsapp.payloads.FreeMessage).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.campaigns.errors import BindingError
from tradewind.lib.text import storable
from tradewind.messages import frozen
from tradewind.templates import rendering
from tradewind.templates.models import Template
from tradewind.whatsapp import payloads
from tradewind.whatsapp.payloads import FreeMessage, PayloadError

MARKETING, SERVICE = "marketing", "service"
PURPOSES: dict[str, str | Promise] = {
    MARKETING: gettext_lazy("Marketing: only to people who opted in"),
    SERVICE: gettext_lazy("Service: about what they asked or ordered"),
}
FILES: dict[str, str | Promise] = {
    "": gettext_lazy("No file"),
    "image": gettext_lazy("A picture"),
    "video": gettext_lazy("A video"),
    "document": gettext_lazy("A document or PDF"),
}
UNDER: dict[str, str | Promise] = {
    "": gettext_lazy("Nothing"),
    "answers": gettext_lazy("Up to three answers to tap"),
    "link": gettext_lazy("A link"),
    "catalog": gettext_lazy("Your catalogue"),
    "product": gettext_lazy("One product"),
}
MARGIN = timedelta(minutes=5)
"""A window that closes so soon after somebody's turn counts as closed: sending may take longer than planned."""
LONGEST = {"text": 4_096, "label": 20, "address": 2_000, "id": 100}


@dataclass(frozen=True, slots=True)
class Free:
    """A free message, with what the room asks of a template. `components`: see FreeMessage."""

    components: list[dict[str, Any]]
    purpose: str = MARKETING

    pk: ClassVar[None] = None
    account_id: ClassVar[None] = None
    name: ClassVar[str] = ""
    language: ClassVar[str] = ""
    parameter_format: ClassVar[str] = "NAMED"

    @property
    def category(self) -> str:
        """In capitals, as a template's: it decides on consent, caps and quiet hours."""
        return self.purpose.upper()


Said = Template | Free


def free_of(kept: Mapping[str, Any] | None) -> Free | None:
    """The free message that `Campaign.free` keeps."""
    return Free(list(kept["components"]), str(kept["purpose"])) if kept else None


def parts_of(said: Said) -> payloads.Template | FreeMessage:
    """The protocol's view: variables, preview, and what Meta would refuse."""
    return FreeMessage(said.components) if isinstance(said, Free) else rendering.craft_of(said)


def price_category(said: Said) -> str:
    """What Meta charges it as: a free message is a service message, whatever it is about."""
    return SERVICE if isinstance(said, Free) else said.category.lower()


def keeps_quiet(said: Said | None) -> bool:
    """Whether it must not wake anybody: marketing, and every free message, whatever it calls itself."""
    return said is not None and (isinstance(said, Free) or said.category == "MARKETING")


def payload_of(said: Said) -> dict[str, Any]:
    """The words frozen as they are now, as the sender renders them; without the file on top."""
    if isinstance(said, Free):
        return {"free": True, "kind": FreeMessage(said.components).kind, "components": said.components}
    return frozen.words_of(said)


def clean(given: Any) -> dict[str, Any]:
    """A free message as a campaign keeps it, from what a page or a program sent. Raises BindingError.

    {"purpose", "text", "file": kind of the file on top, "under", "answers": [texts], "link": {"text", "url"},
    "product": its id in the catalogue, "catalog": the catalogue's id at Meta}.
    """
    if not isinstance(given, Mapping) or given.get("purpose", MARKETING) not in PURPOSES:
        raise BindingError(_("Say whether the message is marketing or service."))
    file, under = str(given.get("file") or ""), str(given.get("under") or "")
    if file not in FILES or under not in UNDER:
        raise BindingError(_("A free message has no such part."))
    components: list[dict[str, Any]] = [{"type": "HEADER", "format": file.upper()}] if file else []
    if text := storable(str(given.get("text") or "")).strip().replace("\r\n", "\n"):
        components.append({"type": "BODY", "text": text})
    if buttons := buttons_of(under, given):
        components.append({"type": "BUTTONS", "buttons": buttons})
    message = FreeMessage(components)
    some = {variable.slot: "1" for variable in message.variables}
    for problem in message.problems(some, header_media={"id": "0"} if file else None):
        raise BindingError(sentence(problem))
    return {"purpose": str(given.get("purpose", MARKETING)), "components": components}


def sentence(problem: PayloadError) -> str:
    """A refusal in the reader's language."""
    return str(_(problem.sentence) % problem.values)


def buttons_of(under: str, given: Mapping[str, Any]) -> list[dict[str, str]]:
    if under == "answers":
        answers = [found for each in given.get("answers") or () if (found := line(each, "label"))]
        if not answers:
            raise BindingError(_("Write at least one answer to tap."))
        if len({each.casefold() for each in answers}) < len(answers):
            raise BindingError(_("Each answer must be different."))
        return [{"type": "QUICK_REPLY", "text": each} for each in answers]
    if under == "link":
        link = given.get("link") or {}
        return [{"type": "URL", "text": line(link.get("text"), "label"), "url": line(link.get("url"), "address")}]
    product, catalogue = line(given.get("product"), "id"), line(given.get("catalog"), "id")
    if under == "catalog":
        return [{"type": "CATALOG", "text": "", "product_retailer_id": product}]
    if under == "product":
        if not product or not catalogue:
            raise BindingError(_("Give the product's number and the id of its catalogue."))
        return [{"type": "PRODUCT", "text": "", "product_retailer_id": product, "catalog_id": catalogue}]
    return []


def line(said: Any, kind: str) -> str:
    """One line. Raises BindingError where it is too long; it is not cut, for half a sentence says something else."""
    text = " ".join(storable(str(said or "")).split())
    if len(text) > LONGEST[kind]:
        raise BindingError(
            _("“%(text)s” has %(n)s characters; at most %(most)s are allowed.")
            % {"text": f"{text[:30]}…", "n": len(text), "most": LONGEST[kind]}
        )
    return text


def fields_of(free: Free | None) -> dict[str, Any]:
    """The other way round: what `clean` takes, from a kept message; for the form and the API."""
    if free is None:
        return {}
    parts = FreeMessage(free.components).parts
    buttons = [each for part in free.components for each in part.get("buttons") or ()]
    first = buttons[0] if buttons else {}
    under = {"QUICK_REPLY": "answers", "URL": "link", "CATALOG": "catalog", "PRODUCT": "product"}
    return {
        "purpose": free.purpose,
        "text": parts.body.text if parts.body else "",
        "file": parts.header_kind or "",
        "under": under.get(first.get("type", ""), ""),
        "answers": [each["text"] for each in buttons if each["type"] == "QUICK_REPLY"],
        "link": {"text": first["text"], "url": first["url"]} if first.get("type") == "URL" else {},
        "product": first.get("product_retailer_id", ""),
        "catalog": first.get("catalog_id", ""),
    }
