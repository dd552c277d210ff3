"""One ASGI application: two raw functions for what is hot or long-lived, Django (WSGI, in threads) for the rest.

Why threads: a plain view costs 1.9 ms under Django's ASGI handler and 0.4 ms through a2wsgi (docs/architecture.md).
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradewind.settings")
django.setup()

# What follows needs Django to be set up.
from a2wsgi import WSGIMiddleware  # noqa: E402

from tradewind.intake.door import door  # noqa: E402
from tradewind.journal.stream import Stream  # noqa: E402
from tradewind.workspaces.live import listener_of  # noqa: E402
from tradewind.wsgi import application as pages  # noqa: E402

THREADS = 12

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

console = WSGIMiddleware(pages, workers=THREADS)
stream = Stream(listener_of)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Route by path: /webhooks/… to the door, /live to the stream, all else to the console."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http":
        await handler_of(scope["path"])(scope, receive, send)


def handler_of(path: str) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    if path.startswith("/webhooks/"):
        return door
    if path == "/live":
        return stream
    return console  # type: ignore[return-value]


async def lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
