"""The Graph API's front door: token, node, edge, handler, answer."""

import inspect
from typing import Any

from tradewind.simulator.graph.answers import Answer, Headers, ok, refused, usage
from tradewind.simulator.graph.errors import GraphError, no_such_object
from tradewind.simulator.graph.request import Call
from tradewind.simulator.graph.tokens import MANAGEMENT, MESSAGING, allow, token_of
from tradewind.simulator.routes import ACCOUNT, APP, MEDIA, NUMBER, PLAIN, TEMPLATE, UPLOAD
from tradewind.simulator.routes.table import Route, Table

CALLS_PER_HOUR = 5_000  # management calls for an app and an active account; sends are not counted


async def answer(call: Call) -> Answer:
    """Answer one call; every refusal in Meta's envelope."""
    simulation = call.simulation
    simulation.audit.requests += 1
    try:
        return await _handled(call)
    except GraphError as error:
        return refused(error, simulation.audit.requests)


async def _handled(call: Call) -> Answer:
    plain = PLAIN.find(call.method, call.node)
    if plain is not None:
        return await _run(plain, call, None, [])
    call.token = token_of(call.simulation, call.bearer, call.proof)
    table, node, waba_id = _node(call)
    if waba_id:
        allow(call.token, waba_id, MESSAGING if table is MEDIA or call.edge in MESSAGING_EDGES else MANAGEMENT)
    route = table.find(call.method, call.edge)
    if route is None:
        _refuse_edge(call, table)
        raise no_such_object(call.node, call.method)
    headers = usage(0, CALLS_PER_HOUR) if call.edge in MESSAGING_EDGES else _count(call, waba_id)
    return await _run(route, call, node, headers)


MESSAGING_EDGES = frozenset({"messages", "marketing_messages", "media", "block_users"})


async def _run(route: Route, call: Call, node: Any, headers: Headers) -> Answer:
    result = route(call, node) if node is not None else route(call)
    if inspect.isawaitable(result):
        result = await result
    return result if isinstance(result, Answer) else ok(result, headers)


def _node(call: Call) -> tuple[Table, Any, str]:
    """The table of routes for the node, the node, and the account it belongs to ("" for none)."""
    simulation, node = call.simulation, call.node
    if node in simulation.numbers:
        number = simulation.numbers[node]
        return NUMBER, number, number.waba_id
    if node in simulation.accounts:
        return ACCOUNT, simulation.accounts[node], node
    template = simulation.shelf.by_id(node)
    if template is not None:
        return TEMPLATE, template, template.waba_id
    media = simulation.media.find(node, simulation.clock.time())
    if media is not None:
        return MEDIA, media, simulation.numbers[media.phone_number_id].waba_id
    if node in simulation.apps or node == "app":
        assert call.token is not None
        return APP, simulation.apps[call.token.app_id if node == "app" else node], ""
    if node.startswith("upload:"):
        return UPLOAD, node, ""
    raise no_such_object(node, call.method)


def _refuse_edge(call: Call, table: Table) -> None:
    """A path that Meta does not have either is told from a method that does not fit."""
    if call.edge and not table.has(call.edge):
        raise GraphError(2500, message=f"Unknown path components: /{'/'.join([call.edge, *call.rest])}", status=400)


def _count(call: Call, waba_id: str) -> Headers:
    simulation = call.simulation
    assert call.token is not None
    hour = int(simulation.clock.time() // 3600)
    key = (call.token.app_id, waba_id, hour)
    simulation.calls[key] += 1
    if simulation.calls[key] > CALLS_PER_HOUR and not simulation.rules.lifted:
        raise GraphError(80007, "There have been too many calls to this WhatsApp Business account.")
    return usage(simulation.calls[key], CALLS_PER_HOUR, waba_id)
