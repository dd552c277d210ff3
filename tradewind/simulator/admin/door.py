"""`/_simulator/…`: routes of the admin."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import orjson

from tradewind.simulator.admin import commands, reports
from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.simulation import Simulation

Send = Callable[[dict[str, Any]], Awaitable[None]]
Command = Callable[[Simulation, Any], Any]

COMMANDS: dict[str, Command] = {
    "inbound": commands.inbound,
    "event": commands.event,
    "faults": commands.faults,
    "clock": commands.clock,
    "customers": commands.customers,
    "reset": commands.reset,
    "rules": commands.rules,
    "subscribe": commands.subscribe,
    "templates": commands.templates,
    "numbers": commands.numbers,
}
REPORTS: dict[str, Callable[[Simulation, dict[str, str]], Any]] = {
    "state": reports.state,
    "faults": reports.faults,
    "clock": reports.clock,
    "world": reports.world,
    "customer": reports.customer,
}


async def administer(simulation: Simulation, scope: dict[str, Any], body: bytes, send: Send) -> None:
    """Answer one call of the admin; what is wrong with it is told in a sentence, as 400."""
    parts = [part for part in scope["path"].split("/") if part][1:]
    name = parts[0] if parts else "state"
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    try:
        if scope["method"] == "GET" and name in ("accepted", "webhooks") and len(parts) == 1:
            log = simulation.accept_log if name == "accepted" else simulation.office.log
            await _stream(send, log.lines(_after(query)))
            return
        if scope["method"] == "GET" and name == "webhooks":
            await _bytes(send, 200, reports.webhook_body(simulation, parts[1]))
            return
        if scope["method"] == "POST" and name == "raw":
            await _json(send, 200, {"webhook": commands.raw(simulation, query, body)})
            return
        await _json(send, *_answer(simulation, scope["method"], name, query, body))
    except (ValueError, KeyError, TypeError) as error:
        await _json(
            send, 400, {"error": str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"}
        )
    except GraphError as error:
        await _json(send, 400, error.envelope("A0"))


def _answer(simulation: Simulation, method: str, name: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
    if method == "GET" and name in REPORTS:
        return 200, REPORTS[name](simulation, query)
    if method == "POST" and name in COMMANDS:
        wish = orjson.loads(body) if body else {}
        if not isinstance(wish, dict | list):
            raise ValueError("expected a JSON object or list")
        return 200, COMMANDS[name](simulation, wish)
    known = sorted({*COMMANDS, *REPORTS, "accepted", "webhooks", "raw"})
    return 404, {"error": f"unknown: {method} {name}", "known": known}


def _after(query: dict[str, str]) -> int:
    text = query.get("after", "0")
    if not text.isdigit():
        raise ValueError("after: expected a line number")
    return int(text)


async def _json(send: Send, status: int, value: Any) -> None:
    await _bytes(send, status, orjson.dumps(value), b"application/json")


async def _bytes(send: Send, status: int, body: bytes, kind: bytes = b"application/json") -> None:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _stream(send: Send, chunks: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/x-ndjson")]})
    for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
