"""The raw ASGI application: reads a request, lets the door or the admin answer, and breaks what a fault wants
broken.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from tradewind.simulator.admin.door import administer
from tradewind.simulator.graph.answers import Answer, refused
from tradewind.simulator.graph.door import answer
from tradewind.simulator.graph.errors import GraphError
from tradewind.simulator.graph.request import Call
from tradewind.simulator.protocol import cut
from tradewind.simulator.routes.messages import Cut, Hang
from tradewind.simulator.simulation import Simulation

JSON_MOST_BYTES = 4 * 1024 * 1024
MEDIA_MOST_BYTES = 105 * 1024 * 1024

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class TooLarge(Exception):
    """A body above what is read."""


class Application:
    """ASGI over one simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One connection event; only HTTP is served."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        try:
            body = await _body(scope, receive, MEDIA_MOST_BYTES if _may_be_large(path) else JSON_MOST_BYTES)
        except TooLarge:
            error = GraphError(
                1, message="Please reduce the amount of data you're asking for, then retry your request", status=413
            )
            await _write(send, refused(error, self.simulation.audit.requests), self.simulation.audit.requests, "v26.0")
            return
        if path.startswith("/_simulator"):
            await administer(self.simulation, scope, body, send)
            return
        await self._graph(scope, body, receive, send)

    async def _graph(self, scope: dict[str, Any], body: bytes, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        call = Call(self.simulation, scope["method"], scope["path"], scope["query_string"], headers, body)
        try:
            finished = await answer(call)
        except Hang:
            while (await receive())["type"] != "http.disconnect":
                continue
            return
        except Cut as wish:
            if wish.sent:
                await _write_half(send, wish.sent)
            cut(scope["transport"])
            return
        await _write(send, finished, self.simulation.audit.requests, call.version)


def _may_be_large(path: str) -> bool:
    return path.endswith("/media") or "/upload:" in path or path.startswith("/_simulator")


async def _body(scope: dict[str, Any], receive: Receive, most: int) -> bytes:
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not declared.isdigit() or int(declared) > most:
        raise TooLarge
    event = await receive()
    body: bytes = event.get("body", b"")
    if not event.get("more_body"):
        return body
    parts, size = [body], len(body)
    while event.get("more_body"):
        event = await receive()
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise TooLarge
    return b"".join(parts)


async def _write(send: Send, finished: Answer, count: int, version: str) -> None:
    await send(
        {"type": "http.response.start", "status": finished.status, "headers": finished.all_headers(count, version)}
    )
    await send({"type": "http.response.body", "body": finished.body})


async def _write_half(send: Send, finished: Answer) -> None:
    await send({"type": "http.response.start", "status": finished.status, "headers": finished.all_headers(0, "v26.0")})
    await send({"type": "http.response.body", "body": finished.body[: len(finished.body) // 2], "more_body": True})
