"""One ASGI application: two raw functions for what is hot or long-lived, Django (WSGI, in threads) for the rest.

Why threads: a plain view costs 1.9 ms under Django's ASGI handler and 0.4 ms through a2wsgi (docs/architecture.md).
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradewind.settings")
django.setup()

# What follows needs Django to be set up.
from a2wsgi import WSGIMiddleware  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from tradewind.intake.door import door  # noqa: E402
from tradewind.journal.stream import Stream  # noqa: E402
from tradewind.lib.watchdog import Watchdog  # noqa: E402
from tradewind.workspaces.live import listener_of  # noqa: E402
from tradewind.wsgi import application as pages  # noqa: E402

THREADS = 12

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Handler = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY = 64 * 1024 * 1024  # files for messages; forms and JSON have Django's lower limit
REFUSALS = {
    411: b"Send the body with a Content-Length.\n",
    413: b"The body is too large: 64 MiB at most.\n",
}

console = WSGIMiddleware(pages, workers=THREADS)  # type: ignore[arg-type]
stream = Stream(listener_of)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Route by path: /webhooks/… to the door, /live to the stream, all else to the console."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http":
        await within_limits(handler_of(scope["path"]), scope, receive, send)


def handler_of(path: str) -> Handler:
    if path.startswith("/webhooks/"):
        return door
    if path == "/live":
        return stream
    return console  # type: ignore[return-value]


async def within_limits(handler: Handler, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuses bodies for the console that are too large, before a thread takes them. The door has limits of its own."""
    status = refusal(scope) if handler is console else None
    if status is None:
        await handler(scope, receive, send)
        return
    words = REFUSALS[status]
    head = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(words)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*head, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": words})


def refusal(scope: Scope) -> int | None:
    """413 for a body over LARGEST_BODY, 411 for one whose size is not told; None for all others."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return 411
    length = headers.get(b"content-length", b"0")
    return 413 if not length.isdigit() or int(length) > LARGEST_BODY else None


def warm_up() -> None:
    """Loads all pages and the API before the first request, instead of while somebody waits for it."""
    get_resolver().url_patterns  # noqa: B018 - reading it imports them


async def lifespan(receive: Receive, send: Send) -> None:
    """From the start of the process to its end, under a watchdog: an event loop that hangs takes the process down."""
    with Watchdog("web") as dog:
        beating = asyncio.create_task(keep_beating(dog))
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await asyncio.to_thread(warm_up)
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                beating.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def keep_beating(dog: Watchdog) -> None:
    while True:
        dog.beat()
        await asyncio.sleep(1)
