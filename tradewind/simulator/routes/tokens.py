"""Tokens and app webhooks."""

import hashlib
import hmac
from typing import Any

from tradewind.simulator.graph.errors import GraphError, missing
from tradewind.simulator.graph.handshake import verify
from tradewind.simulator.graph.request import Call
from tradewind.simulator.graph.tokens import token_of
from tradewind.simulator.routes.table import APP, PLAIN
from tradewind.simulator.world.shapes import ALL_SCOPES, App, Token

SIXTY_DAYS_SECONDS = 60 * 86_400


@PLAIN.on("GET", "oauth")
@PLAIN.on("POST", "oauth")
def access_token(call: Call) -> dict[str, Any]:
    """`/oauth/access_token`: an app token, a code of embedded signup, or a longer life for a token."""
    if call.edge != "access_token":
        raise GraphError(100, message="(#100) Unknown path components: /oauth")
    params, simulation = call.params, call.simulation
    app = simulation.apps.get(str(params.get("client_id", "")))
    secret = str(params.get("client_secret", ""))
    if app is None or not hmac.compare_digest(secret.encode(), app.app_secret.encode()):
        raise GraphError(1, message="Error validating client secret.", status=400)
    grant = params.get("grant_type")
    if grant == "client_credentials":
        return {"access_token": f"{app.app_id}|{app.app_secret}", "token_type": "bearer"}
    if grant == "fb_exchange_token":
        known = token_of(simulation, str(params.get("fb_exchange_token", "")), None)
        return _issue(call, app, f"long:{known.value}", known.waba_ids, SIXTY_DAYS_SECONDS)
    if not params.get("code"):
        raise missing("code")
    return _issue(call, app, f"code:{params['code']}", [], 0)


def _issue(call: Call, app: App, seed: str, waba_ids: list[str], seconds: int) -> dict[str, Any]:
    value = "EAA" + hashlib.blake2b(f"{call.simulation.world.seed}:{seed}".encode(), digest_size=20).hexdigest()
    expires_at = call.simulation.clock.time() + seconds if seconds else 0.0
    call.simulation.tokens[value] = Token(value, app.app_id, list(ALL_SCOPES), list(waba_ids), expires_at)
    answer: dict[str, Any] = {"access_token": value, "token_type": "bearer"}
    return answer | {"expires_in": seconds} if seconds else answer


@PLAIN.on("GET", "debug_token")
def debug_token(call: Call) -> dict[str, Any]:
    """What a token is and may."""
    token_of(call.simulation, call.bearer, None)
    value = str(call.params.get("input_token", ""))
    known = call.simulation.tokens.get(value)
    if known is None:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    valid = not known.revoked and (not known.expires_at or call.simulation.clock.time() < known.expires_at)
    targets = known.waba_ids or list(call.simulation.accounts)
    return {
        "data": {
            "app_id": known.app_id,
            "type": "SYSTEM_USER",
            "application": call.simulation.apps[known.app_id].name,
            "expires_at": int(known.expires_at),
            "data_access_expires_at": 0,
            "is_valid": valid,
            "scopes": known.scopes,
            "granular_scopes": [
                {"scope": scope, "target_ids": targets} for scope in known.scopes if scope.startswith("whatsapp")
            ],
            "user_id": "1" + known.app_id[1:],
        }
    }


@APP.on("GET", "subscriptions")
def subscriptions(call: Call, app: App) -> dict[str, Any]:
    """The app's webhook."""
    _own(call, app)
    if not app.callback_url:
        return {"data": []}
    fields = [{"name": name, "version": "v26.0"} for name in app.webhook_fields or ["messages"]]
    return {
        "data": [
            {"object": "whatsapp_business_account", "callback_url": app.callback_url, "active": True, "fields": fields}
        ]
    }


@APP.on("POST", "subscriptions")
async def subscribe(call: Call, app: App) -> dict[str, bool]:
    """Set the app's webhook, after the handshake."""
    _own(call, app)
    if call.params.get("object") != "whatsapp_business_account":
        raise GraphError(100, message="(#100) Param object must be one of {WHATSAPP_BUSINESS_ACCOUNT}.")
    app.callback_url = await verify(call.params.get("callback_url"), call.params.get("verify_token"))
    app.verify_token = str(call.params["verify_token"])
    fields = call.params.get("fields", "messages")
    names = fields if isinstance(fields, list) else str(fields).split(",")
    app.webhook_fields = [str(name).strip() for name in names if str(name).strip()]
    return {"success": True}


@APP.on("DELETE", "subscriptions")
def unsubscribe(call: Call, app: App) -> dict[str, bool]:
    """Take the app's webhook away."""
    _own(call, app)
    app.callback_url = ""
    return {"success": True}


@APP.on("GET")
def node(call: Call, app: App) -> dict[str, Any]:
    """The app."""
    return {"id": app.app_id, "name": app.name, "link": f"https://www.facebook.com/games/?app_id={app.app_id}"}


def _own(call: Call, app: App) -> None:
    if call.token is None or call.token.app_id != app.app_id:
        raise GraphError(200, message="(#200) The token belongs to another app")
