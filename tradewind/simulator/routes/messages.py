"""`POST /{phone}/messages` and `/marketing_messages`: send, mark as read, show typing; and what may go wrong on the
way.
"""

import asyncio
from typing import Any

import orjson

from tradewind.simulator.faults import Fault
from tradewind.simulator.graph.answers import Answer, ok
from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.graph.request import Call
from tradewind.simulator.routes.table import NUMBER
from tradewind.simulator.sending import Sending, send
from tradewind.simulator.validation.media_ids import check_media_ids
from tradewind.simulator.validation.messages import check_status_call
from tradewind.simulator.world.shapes import Number

READ_SECONDS = 30 * 86_400.0
PAGE = (
    b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>"
)


class Cut(Exception):
    """The connection is to be cut; `sent` is what of an answer still leaves."""

    def __init__(self, sent: Answer | None = None) -> None:
        super().__init__("cut")
        self.sent = sent


class Hang(Exception):
    """No answer, ever."""


@NUMBER.on("POST", "messages")
async def messages(call: Call, number: Number) -> Any:
    """Send, or mark as read."""
    body = call.json()
    if "status" in body and "type" not in body:
        return _mark_read(call, number, body)
    return await _send(call, number, body, is_marketing_api=False)


@NUMBER.on("POST", "marketing_messages")
async def marketing_messages(call: Call, number: Number) -> Any:
    """Send a marketing template by the Marketing Messages API."""
    body = call.json()
    policy = body.get("product_policy", "CLOUD_API_FALLBACK")
    if policy not in ("CLOUD_API_FALLBACK", "STRICT"):
        raise GraphError(100, message="(#100) Param product_policy must be one of {CLOUD_API_FALLBACK, STRICT}.")
    if not isinstance(body.get("message_activity_sharing", False), bool):
        raise GraphError(100, message="(#100) Param message_activity_sharing must be a boolean.")
    return await _send(call, number, body, is_marketing_api=True)


async def _send(call: Call, number: Number, body: dict[str, Any], *, is_marketing_api: bool) -> Any:
    simulation = call.simulation
    fault = simulation.faults.draw()
    if fault is None or fault.kind == "none":
        return _accepted(call, number, body, None, is_marketing_api)
    simulation.audit.faults[fault.kind] += 1
    if not fault.accepts:
        return _without_accepting(fault)
    value = _accepted(call, number, body, fault, is_marketing_api)
    return await _after_accepting(call, fault, value)


def _accepted(
    call: Call, number: Number, body: dict[str, Any], fault: Fault | None, is_marketing_api: bool
) -> dict[str, Any]:
    check_media_ids(body, call.simulation.media, number.phone_number_id, call.simulation.clock.time())
    value = send(Sending(call.simulation, number, body, is_marketing_api=is_marketing_api), fault)
    _strike_midway(call)
    return value


def _strike_midway(call: Call) -> None:
    simulation, faults = call.simulation, call.simulation.faults
    if faults.revoke_after is not None:
        faults.revoke_after -= 1
        if faults.revoke_after <= 0 and call.token:
            call.token.revoked, faults.revoke_after = True, None
    if faults.pause_after is not None:
        faults.pause_after -= 1
        if faults.pause_after <= 0:
            wanted, faults.pause_after = faults.pause_template, None
            for template in [item for item in simulation.shelf if wanted in (item.template_id, item.name)]:
                simulation.quality.pause(template, simulation.clock.time())


def _without_accepting(fault: Fault) -> Answer:
    if fault.kind == "hang":
        raise Hang
    if fault.kind == "cut_before_accept":
        raise Cut
    if fault.kind == "429":
        raise GraphError(4, "Too many calls.", status=429)
    if fault.kind == "graph":
        raise GraphError(int(fault.settings["code"]), "Injected by the simulator.", status=fault.settings.get("status"))
    if fault.kind == "error_in_200":
        return ok(GraphError(131000, "Injected by the simulator.").envelope("A0"))
    return _html(fault)


async def _after_accepting(call: Call, fault: Fault, value: dict[str, Any]) -> Any:
    if fault.kind == "slow":
        await asyncio.sleep(call.simulation.faults.seconds(fault))
        return value
    if fault.kind == "hang_after_accept":
        raise Hang
    if fault.kind == "cut_after_accept":
        raise Cut
    if fault.kind == "cut_in_body":
        raise Cut(Answer(200, orjson.dumps(value)))
    if fault.kind == "error_after_accept":
        raise GraphError(int(fault.settings.get("code", 131000)), "Injected by the simulator.", status=500)
    if fault.kind == "html":
        return _html(fault)
    if fault.kind == "empty":
        return Answer(200, b"")
    if fault.kind == "other_wa_id":
        value["contacts"][0]["wa_id"] = "1" + str(value["contacts"][0].get("wa_id", ""))[1:]
    return value


def _html(fault: Fault) -> Answer:
    return Answer(int(fault.settings.get("status", 502)), PAGE, b"text/html; charset=utf-8")


def _mark_read(call: Call, number: Number, body: dict[str, Any]) -> dict[str, bool]:
    wamid = check_status_call(body)
    known = call.simulation.wamids.read(wamid)
    if known is None or known[2]:
        raise GraphError(100, "No inbound message with this id.", message="(#100) Invalid parameter")
    if call.simulation.clock.time() - known[1] > READ_SECONDS:
        raise GraphError(131009, "The message is older than 30 days.")
    return {"success": True}
