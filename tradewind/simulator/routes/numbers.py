"""The number node: its fields, and the few that can be set."""

from typing import Any

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.graph.fields import Field, Value, asked_fields, constant, select
from tradewind.simulator.graph.handshake import verify
from tradewind.simulator.graph.request import Call
from tradewind.simulator.phones import country_of_prefix
from tradewind.simulator.routes import health
from tradewind.simulator.routes.lifecycle import check_pin
from tradewind.simulator.routes.settings import automation_of
from tradewind.simulator.routes.table import NUMBER
from tradewind.simulator.simulation import Simulation
from tradewind.simulator.world.shapes import Number

DEFAULT = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "last_onboarded_time",
    "id",
)
FORBIDDEN = frozenset({"certificate", "new_certificate", "eligibility_for_api_business_global_search"})
LEVEL = {"STANDARD": "STANDARD", "HIGH": "HIGH", "COEXISTENCE": "STANDARD"}
NAME_LEAST, NAME_MOST = 3, 512


@NUMBER.on("GET")
def node(call: Call, number: Number) -> dict[str, Any]:
    """The asked fields of a number."""
    return shown(call, number, asked_fields(call, DEFAULT))


def shown(call: Call, number: Number, asked: list[Field]) -> dict[str, Any]:
    """A number as the node and the lists show it."""
    may = call.token is not None and "business_management" in call.token.scopes
    return select(asked, _fields(call, number), "WhatsAppBusinessPhoneNumber", forbidden=FORBIDDEN, may=may)


def _fields(call: Call, number: Number) -> dict[str, Value]:
    simulation = call.simulation
    fixed: dict[str, Any] = {
        "id": number.phone_number_id,
        "display_phone_number": number.display_phone_number,
        "verified_name": number.verified_name,
        "quality_rating": number.quality_rating,
        "quality_score": {"score": number.quality_rating},
        "status": number.status,
        "throughput": {"level": LEVEL.get(number.throughput, "NOT_APPLICABLE")},
        "name_status": number.name_status,
        "new_name_status": "NONE",
        "code_verification_status": number.code_verification_status,
        "platform_type": "CLOUD_API" if number.registered else "NOT_APPLICABLE",
        "account_mode": "LIVE",
        "is_official_business_account": False,
        "is_pin_enabled": bool(number.pin),
        "is_on_biz_app": number.throughput == "COEXISTENCE",
        "is_preverified_number": False,
        "certificate": "CpIBCk4I",
        "new_certificate": None,
        "search_visibility": "NON_VISIBLE",
        "last_onboarded_time": "2026-01-05T09:00:00+0000",
        "country_dial_code": number.country_code,
        "country_code": country_of_prefix(number.digits[:4]),
        "username": number.username or None,
        "messaging_limit_tier": simulation.portfolio_of(number).messaging_limit_tier,
        "eligibility_for_api_business_global_search": "NON_ELIGIBLE_UNDEFINED_COUNTRY",
    }
    fixed["whatsapp_business_manager_messaging_limit"] = fixed["messaging_limit_tier"]
    fields: dict[str, Value] = {name: constant(value) for name, value in fixed.items()}
    fields["health_status"] = lambda _field: health.of_number(simulation, number)
    fields["webhook_configuration"] = lambda _field: _callbacks(simulation, number)
    fields["conversational_automation"] = lambda _field: automation_of(call, number)
    return fields


def _callbacks(simulation: Simulation, number: Number) -> dict[str, str]:
    account = simulation.account_of(number)
    app_id = next(iter(account.subscribed_app_ids), "")
    known = {
        "application": simulation.apps[app_id].callback_url if app_id else "",
        "whatsapp_business_account": account.override_callback_uri,
        "phone_number": number.override_callback_uri,
    }
    return {name: value for name, value in known.items() if value}


@NUMBER.on("POST")
async def change(call: Call, number: Number) -> dict[str, bool]:
    """Set the pin, ask for a name, override the callback, set search visibility."""
    params, changed = call.params, False
    if "pin" in params:
        number.pin, changed = check_pin(params["pin"]), True
    if "new_display_name" in params:
        _rename(call.simulation, number, params["new_display_name"])
        changed = True
    if "webhook_configuration" in params:
        number.override_callback_uri, changed = await _override(params["webhook_configuration"]), True
    if "search_visibility" in params:
        changed = True
    if not changed:
        raise GraphError(
            100, message="(#100) Expected pin, new_display_name, webhook_configuration or search_visibility."
        )
    return {"success": True}


async def _override(wish: Any) -> str:
    if not isinstance(wish, dict):
        raise GraphError(100, message="(#100) Param webhook_configuration must be a JSON object.")
    url = wish.get("override_callback_uri", "")
    return await verify(url, wish.get("verify_token")) if url else ""


def _rename(simulation: Simulation, number: Number, name: Any) -> None:
    if not isinstance(name, str) or not NAME_LEAST <= len(name.strip()) <= NAME_MOST:
        raise GraphError(100, message="(#100) Param new_display_name must have 3 to 512 characters.")
    simulation.wheel.at(
        simulation.clock.time() + simulation.world.timing.review[1], _decide, simulation, number, name.strip()
    )


def _decide(at: float, simulation: Simulation, number: Number, name: str) -> None:
    refused = "whatsapp" in name.lower() or "test" in name.lower().split()
    if not refused:
        number.verified_name = name
    value = {
        "display_phone_number": number.digits,
        "decision": "REJECTED" if refused else "APPROVED",
        "requested_verified_name": name,
        "rejection_reason": "NAME_NOT_RELATED" if refused else None,
    }
    simulation.tell_field(number.waba_id, "phone_number_name_update", value, at)
