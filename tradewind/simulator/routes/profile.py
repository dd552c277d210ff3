"""The business profile of a number."""

import re
from typing import Any

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.graph.fields import Value, asked_fields, constant, select
from tradewind.simulator.graph.request import Call
from tradewind.simulator.routes.table import NUMBER
from tradewind.simulator.world.shapes import Number

MOST = {"about": 139, "address": 256, "description": 512, "email": 128}
MOST_WEBSITE, MOST_WEBSITES = 256, 2
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
WEBSITE = re.compile(r"https?://\S+", re.IGNORECASE)
VERTICALS = frozenset(
    [
        "UNDEFINED",
        "OTHER",
        "AUTO",
        "BEAUTY",
        "APPAREL",
        "EDU",
        "ENTERTAIN",
        "EVENT_PLAN",
        "FINANCE",
        "GROCERY",
        "GOVT",
        "HOTEL",
        "HEALTH",
        "NONPROFIT",
        "PROF_SERVICES",
        "RETAIL",
        "TRAVEL",
        "RESTAURANT",
        "NOT_A_BIZ",
        "ALCOHOL",
        "ONLINE_GAMBLING",
        "PHYSICAL_GAMBLING",
        "OTC_DRUGS",
        "MATRIMONY_SERVICE",
    ]
)
PARTS = ("about", "address", "description", "email", "profile_picture_url", "websites", "vertical")


@NUMBER.on("GET", "whatsapp_business_profile")
def profile(call: Call, number: Number) -> dict[str, Any]:
    """The profile as a list of one."""
    kept = _profile(call, number)
    known: dict[str, Value] = {name: constant(kept.get(name)) for name in PARTS}
    known["messaging_product"] = constant("whatsapp")
    asked = asked_fields(call, ("messaging_product",))
    chosen = select(asked, known, "WhatsAppBusinessProfile")
    return {"data": [{**chosen, "messaging_product": "whatsapp"}]}


@NUMBER.on("POST", "whatsapp_business_profile")
def change_profile(call: Call, number: Number) -> dict[str, bool]:
    """Change what is named."""
    params = call.params
    if params.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    changes = {name: params[name] for name in (*MOST, "websites", "vertical") if name in params}
    for name, value in changes.items():
        _check(name, value)
    if "profile_picture_handle" in params:
        changes["profile_picture_url"] = _picture(call, str(params["profile_picture_handle"]))
    _profile(call, number).update(changes)
    return {"success": True}


def _profile(call: Call, number: Number) -> dict[str, Any]:
    default = {"about": "Hey there! I am using WhatsApp.", "vertical": "RETAIL"}
    kept: dict[str, Any] = call.simulation.kept(number.phone_number_id, "profile", default)
    return kept


def _check(name: str, value: Any) -> None:
    if name == "websites":
        _check_websites(value)
    elif name == "vertical":
        if value not in VERTICALS and value != "":
            raise GraphError(100, message=f"(#100) Param vertical must be one of {{{', '.join(sorted(VERTICALS))}}}.")
    elif not isinstance(value, str) or len(value) > MOST[name] or (name == "about" and not value):
        raise GraphError(100, message=f"(#100) Param {name} must be a text of at most {MOST[name]} characters.")
    elif name == "email" and value and not EMAIL.fullmatch(value):
        raise GraphError(100, message="(#100) Param email is not a valid e-mail address.")


def _check_websites(value: Any) -> None:
    if not isinstance(value, list) or len(value) > MOST_WEBSITES:
        raise GraphError(100, message=f"(#100) Param websites must have at most {MOST_WEBSITES} addresses.")
    for address in value:
        if not isinstance(address, str) or len(address) > MOST_WEBSITE or (address and not WEBSITE.fullmatch(address)):
            raise GraphError(100, message="(#100) Param websites holds what is not a web address.")


def _picture(call: Call, handle: str) -> str:
    if handle not in call.simulation.kept("uploads", "handles", {}):
        raise GraphError(100, message="(#100) Param profile_picture_handle is not a handle of an upload.")
    return f"{call.simulation.address}/profile/{handle[-12:]}.jpg"
