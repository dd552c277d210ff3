"""The account node (WABA): fields, numbers, subscriptions, small lists."""

from typing import Any

from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.graph.fields import Field, Value, asked_fields, constant, select
from tradewind.simulator.graph.handshake import verify
from tradewind.simulator.graph.paging import page
from tradewind.simulator.graph.request import Call
from tradewind.simulator.routes import health
from tradewind.simulator.routes.analytics import analytics_fields
from tradewind.simulator.routes.numbers import DEFAULT as NUMBER_DEFAULT
from tradewind.simulator.routes.numbers import shown as number_shown
from tradewind.simulator.routes.table import ACCOUNT
from tradewind.simulator.world.shapes import Account

DEFAULT = ("id", "name", "timezone_id", "message_template_namespace")
FORBIDDEN = frozenset({"owner_business_info", "on_behalf_of_business_info", "owner_business", "primary_funding_id"})


@ACCOUNT.on("GET")
def node(call: Call, account: Account) -> dict[str, Any]:
    """The asked fields of an account, analytics among them."""
    assert call.token is not None
    may = "business_management" in call.token.scopes
    fields = _fields(call, account) | analytics_fields(call, account)
    return select(asked_fields(call, DEFAULT), fields, "WhatsAppBusinessAccount", forbidden=FORBIDDEN, may=may)


def _fields(call: Call, account: Account) -> dict[str, Value]:
    simulation = call.simulation
    portfolio = simulation.portfolios[account.portfolio_id]
    business = {"id": portfolio.portfolio_id, "name": portfolio.name}
    fixed: dict[str, Any] = {
        "id": account.waba_id,
        "name": account.name,
        "timezone_id": account.timezone_id,
        "currency": account.currency,
        "country": account.country,
        "status": account.status,
        "account_review_status": "APPROVED",
        "ownership_type": "SELF",
        "message_template_namespace": account.namespace or f"{account.waba_id[-8:]}_ns",
        "business_verification_status": "verified" if portfolio.verified else "not_verified",
        "is_enabled_for_insights": True,
        "marketing_messages_onboarding_status": account.marketing_messages_onboarding_status,
        "marketing_messages_lite_api_status": account.marketing_messages_onboarding_status,
        "disable_marketing_messages_on_cloud_api": not account.marketing_on_messages,
        "whatsapp_business_manager_messaging_limit": portfolio.messaging_limit_tier,
        "owner_business_info": business,
        "on_behalf_of_business_info": None,
        "owner_business": business,
        "primary_funding_id": None,
    }
    fields: dict[str, Value] = {name: constant(value) for name, value in fixed.items()}
    fields["health_status"] = lambda _field: health.of_account(simulation, account)
    fields["phone_numbers"] = lambda field: {"data": _numbers(call, account, field.children)}
    fields["subscribed_apps"] = lambda _field: subscriptions(call, account)
    return fields


def _numbers(call: Call, account: Account, asked: list[Field]) -> list[dict[str, Any]]:
    chosen = asked or [Field(name) for name in NUMBER_DEFAULT]
    own = [number for number in call.simulation.numbers.values() if number.waba_id == account.waba_id]
    return [number_shown(call, number, chosen) for number in own]


@ACCOUNT.on("POST")
def change(call: Call, account: Account) -> dict[str, Any]:
    """Set the time zone, or switch marketing on /messages off."""
    params, changed = call.params, False
    if "timezone_id" in params:
        account.timezone_id, changed = str(params["timezone_id"]), True
    if "disable_marketing_messages_on_cloud_api" in params:
        account.marketing_on_messages = str(params["disable_marketing_messages_on_cloud_api"]).lower() != "true"
        changed = True
    if not changed and "is_enabled_for_insights" not in params:
        raise GraphError(100, message="(#100) Nothing that can be set was named.")
    return {"success": True, "id": account.waba_id}


@ACCOUNT.on("GET", "phone_numbers")
def numbers(call: Call, account: Account) -> dict[str, Any]:
    """The account's numbers, by pages."""
    asked = asked_fields(call, NUMBER_DEFAULT)
    own = [number for number in call.simulation.numbers.values() if number.waba_id == account.waba_id]
    return page(call, own, lambda number: number_shown(call, number, asked))


@ACCOUNT.on("GET", "subscribed_apps")
def subscriptions(call: Call, account: Account) -> dict[str, Any]:
    """The apps that get this account's webhooks."""
    listed = []
    for app_id in account.subscribed_app_ids:
        app = call.simulation.apps[app_id]
        link = f"https://www.facebook.com/games/?app_id={app_id}"
        item: dict[str, Any] = {"whatsapp_business_api_data": {"id": app_id, "name": app.name, "link": link}}
        if account.override_callback_uri:
            item["override_callback_uri"] = account.override_callback_uri
        listed.append(item)
    return {"data": listed}


@ACCOUNT.on("POST", "subscribed_apps")
async def subscribe(call: Call, account: Account) -> dict[str, bool]:
    """Subscribe the token's app, with or without a callback of the account's own."""
    assert call.token is not None
    url = call.params.get("override_callback_uri")
    account.override_callback_uri = await verify(url, call.params.get("verify_token")) if url else ""
    if call.token.app_id not in account.subscribed_app_ids:
        account.subscribed_app_ids.append(call.token.app_id)
    return {"success": True}


@ACCOUNT.on("DELETE", "subscribed_apps")
def unsubscribe(call: Call, account: Account) -> dict[str, bool]:
    """End the app's webhooks for this account."""
    assert call.token is not None
    if call.token.app_id in account.subscribed_app_ids:
        account.subscribed_app_ids.remove(call.token.app_id)
    account.override_callback_uri = ""
    return {"success": True}


@ACCOUNT.on("GET", "assigned_users")
def users(call: Call, account: Account) -> dict[str, Any]:
    """People of the portfolio that may work with the account."""
    return page(call, [{"id": "1" + account.waba_id[1:], "name": "Admin", "tasks": ["MANAGE"]}], lambda item: item)


@ACCOUNT.on("GET", "flows")
@ACCOUNT.on("GET", "activities")
@ACCOUNT.on("GET", "schedules")
def nothing(call: Call, _account: Account) -> dict[str, Any]:
    """Lists that are empty in this world."""
    return page(call, [], lambda item: item)
