"""The door: where Meta's webhooks come in. Raw ASGI, before the framework.

A body is signed, stored and committed, and only then answered with 200. What cannot be stored is answered with 503, so
that Meta sends it again. Nothing is read of it here but whether it may hold an opt-out (docs/decisions/0005).
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

import psycopg

from tradewind import config
from tradewind.intake.early_stop import stops_in, write_with_stops
from tradewind.intake.known_apps import KnownApp, KnownApps
from tradewind.intake.links import Link
from tradewind.intake.store import NotStored, Store, body_of, write_bodies
from tradewind.lib import clock, logs
from tradewind.whatsapp import signature

log = logs.get(__name__)

PREFIX = "/webhooks/"
SIGNATURE_HEADER = signature.HEADER.lower().encode()
LONGEST_CHALLENGE = 256
# Reading a body of this size takes milliseconds, in which the other requests go on.
LARGE_BYTES = 64 * 1024

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Refused(Exception):
    """The request ends here, with this status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Gone(Exception):
    """The other side hung up before its body was whole."""


class Door:
    """One process's door: its apps in memory, its connections, its batches."""

    def __init__(self) -> None:
        settings = config.load()
        self.limit_bytes = settings.webhook_limit_bytes
        self.read_seconds = settings.webhook_read_seconds
        self.links = [Link("door apps"), Link("door stops"), Link("door 1"), Link("door 2")]
        apps, stops, *bodies = [link.connection for link in self.links]
        self.apps = KnownApps(apps)
        self.store = Store(bodies, write_bodies, wait_seconds=settings.webhook_batch_seconds)
        self.stops = Store([stops], write_with_stops, wait_seconds=0.0)

    async def answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        app = await self.find_app(scope["path"].removeprefix(PREFIX))
        if scope["method"] == "GET":
            return 200, challenge_of(app, scope["query_string"])
        if scope["method"] != "POST":
            raise Refused(405, "Only GET and POST.")
        header = signature_of(scope["headers"], self.limit_bytes)
        content = await self.read(receive)
        if not app.secrets:
            raise Refused(503, "This app has no secret that opens here.")
        if not signature.is_valid(content, header, app.secrets):
            raise Refused(401, "The signature is not right.")
        await self.keep(app, content)
        return 200, b""

    async def close(self) -> None:
        """Close the connections; for the end of a process."""
        for link in self.links:
            await link.close()

    async def find_app(self, path: str) -> KnownApp:
        try:
            app = await self.apps.find(path)
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.error("apps could not be read", error=str(error).strip())
            raise Refused(503, "Come again later.") from error
        if app is None:
            raise Refused(404, "Nothing here.")
        return app

    async def read(self, receive: Receive) -> bytes:
        """The whole body. Raises Refused when it is too long or too slow, Gone when the other side hung up."""
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self.read_seconds):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise Gone
                    part = message.get("body", b"")
                    size += len(part)
                    if size > self.limit_bytes:
                        raise Refused(413, "The body is too long.")
                    parts.append(part)
                    if not message.get("more_body"):
                        return b"".join(parts)
        except TimeoutError as error:
            raise Refused(408, "The body came too slowly.") from error

    async def keep(self, app: KnownApp, content: bytes) -> None:
        """Store it, in one transaction with an opt-out that it may hold. Raises Refused (503) when that fails."""
        stops = stops_in(content) if len(content) < LARGE_BYTES else await asyncio.to_thread(stops_in, content)
        store = self.stops if stops else self.store
        try:
            await store.put(body_of(app.id, clock.now(), content, stops))
        except NotStored as error:
            raise Refused(503, "Not stored; send it again.") from error


def challenge_of(app: KnownApp, query: bytes) -> bytes:
    """The handshake: Meta's challenge goes back as it came when the token is right. Raises Refused (403)."""
    try:
        given = parse_qs(query.decode("latin-1"), max_num_fields=20)
    except ValueError as error:
        raise Refused(403, "The handshake is not right.") from error
    mode, token, challenge = (given.get(f"hub.{name}", [""])[-1] for name in ("mode", "verify_token", "challenge"))
    is_ours = bool(app.verify_token) and hmac.compare_digest(token.encode(), app.verify_token.encode())
    # Meta's challenge is a number. Whatever else comes (markup, a page) is not echoed.
    is_plain = challenge.isascii() and challenge.replace("-", "").replace("_", "").isalnum()
    if mode != "subscribe" or not is_ours or not is_plain or len(challenge) > LONGEST_CHALLENGE:
        raise Refused(403, "The handshake is not right.")
    return challenge.encode()


def signature_of(headers: list[tuple[bytes, bytes]], limit_bytes: int) -> str:
    """The one signature header. Raises Refused for none or two of them, and for a body that says it is too long."""
    signatures = []
    for name, value in headers:
        if name == SIGNATURE_HEADER:
            signatures.append(value)
        elif name == b"content-length" and value.isdigit() and int(value[:20]) > limit_bytes:
            raise Refused(413, "The body is too long.")
    if len(signatures) != 1:
        raise Refused(401, "Exactly one signature is needed.")
    return signatures[0].decode("latin-1")


# One door for each event loop: in a process of its own that is one; tests have many.
_doors: WeakKeyDictionary[asyncio.AbstractEventLoop, Door] = WeakKeyDictionary()


async def door(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI application for /webhooks/<path>."""
    loop = asyncio.get_running_loop()
    here = _doors.get(loop)
    if here is None:
        here = _doors[loop] = Door()
    try:
        status, text = await here.answer(scope, receive)
    except Refused as refusal:
        status, text = refusal.status, str(refusal).encode()
    except Gone:
        return
    await send({"type": "http.response.start", "status": status, "headers": headers_of(status, text)})
    await send({"type": "http.response.body", "body": text})


STORED = [(b"content-length", b"0")]


def headers_of(status: int, text: bytes) -> list[tuple[bytes, bytes]]:
    if not text:
        return STORED  # the hot path: the server looks through each header
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
    ]
    if status == 405:
        headers.append((b"allow", b"GET, POST"))
    if status == 503:
        headers.append((b"retry-after", b"5"))
    return headers
