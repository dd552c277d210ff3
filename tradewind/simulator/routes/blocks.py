"""The block list of a number."""

from typing import Any

import orjson

from tradewind.simulator.graph.answers import Answer
from tradewind.simulator.graph.errors import GraphError, missing, status_error
from tradewind.simulator.graph.paging import page
from tradewind.simulator.graph.request import Call
from tradewind.simulator.limits.people import DAY_SECONDS
from tradewind.simulator.phones import USER_ID, digits_of, wa_id_of
from tradewind.simulator.routes.table import NUMBER
from tradewind.simulator.world.shapes import Number

MOST_IN_A_CALL, MOST_IN_ALL = 1_000, 64_000


@NUMBER.on("GET", "block_users")
def blocked(call: Call, number: Number) -> dict[str, Any]:
    """Whom the number has blocked."""
    return page(call, _list(call, number), _listed)


@NUMBER.on("POST", "block_users")
def block(call: Call, number: Number) -> Any:
    """Block people who wrote in the last 24 hours."""
    return _change(call, number, adding=True)


@NUMBER.on("DELETE", "block_users")
def unblock(call: Call, number: Number) -> Any:
    """Take people off the list."""
    return _change(call, number, adding=False)


def _list(call: Call, number: Number) -> list[str]:
    kept: list[str] = call.simulation.kept(number.phone_number_id, "blocked", [])
    return kept


def _listed(wa_id: str) -> dict[str, str]:
    # `input` is not in Meta's example, but its 2026 clients read it
    return {"messaging_product": "whatsapp", "wa_id": wa_id, "input": wa_id}


def _change(call: Call, number: Number, *, adding: bool) -> Any:
    users = call.params.get("block_users")
    if call.params.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if not isinstance(users, list) or not users:
        raise missing("block_users")
    if len(users) > MOST_IN_A_CALL:
        raise GraphError(100, f"At most {MOST_IN_A_CALL} users in one call.")
    done, failed = [], []
    for user in users:
        asked = str(user.get("user") or user.get("user_id") or "") if isinstance(user, dict) else ""
        wa_id = _wa_id(call, number, asked)
        code = _add(call, number, wa_id) if adding else _remove(call, number, wa_id)
        item = {"input": asked, "wa_id": wa_id or asked}
        if USER_ID.fullmatch(asked):
            item = {"input": asked, "user_id": asked}
        if code:
            failed.append(
                {
                    "input": asked,
                    "wa_id": wa_id,
                    "errors": [status_error(code, "Failed to block or unblock this user.")],
                }
            )
        else:
            done.append(item)
    return _answer(done, failed, adding)


def _answer(done: list[dict[str, Any]], failed: list[dict[str, Any]], adding: bool) -> Any:
    result: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "block_users": {"added_users" if adding else "removed_users": done},
    }
    if not failed:
        return result
    result["block_users"]["failed_users"] = failed
    error = GraphError(139100, "Failed to block or unblock some users.").envelope("A0")["error"]
    if done:  # some went: Meta has been seen to answer 200 with `errors`
        result["errors"] = error
        return result
    return Answer(400, orjson.dumps({**result, "error": error}))


def _wa_id(call: Call, number: Number, asked: str) -> str:
    if USER_ID.fullmatch(asked):
        person = call.simulation.people.by_user_id(number.portfolio_id, asked)
        return person.wa_id if person else ""
    digits = digits_of(asked, number.country_code) if asked else None
    return wa_id_of(digits) if digits else ""


def _add(call: Call, number: Number, wa_id: str) -> int:
    wrote = call.simulation.windows.wrote_at((number.phone_number_id, wa_id))
    if not wa_id or wrote is None or call.simulation.clock.time() - wrote > DAY_SECONDS:
        return 139100
    kept = _list(call, number)
    if len(kept) >= MOST_IN_ALL:
        return 139101
    if wa_id not in kept:
        kept.append(wa_id)
    return 0


def _remove(call: Call, number: Number, wa_id: str) -> int:
    kept = _list(call, number)
    if wa_id not in kept:
        return 139100
    kept.remove(wa_id)
    return 0
