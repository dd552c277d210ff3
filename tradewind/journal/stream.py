"""The live stream: server-sent events that say that something has changed, never what. Raw ASGI on /live.

`GET /live?topic=run:<public id>&topic=templates` with the session's cookie. For each change: `event: run` and `event:
run:<public id>`, with the newest journal entry as id. A comment every 15 s; the stream ends after 10 minutes, and the
browser comes back by itself. Rights are asked anew at each heartbeat, and at once when anything about members changes:
who may listen no more hears `event: over`, and the page looks where it stands.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

import psycopg
from django.db import Error as DatabaseError

from tradewind.journal.hub import Hub, Listener
from tradewind.journal.topics import BadTopic, Topic, topics_of
from tradewind.journal.visitors import LookUp, Visitor, visitor_of
from tradewind.lib import logs

log = logs.get(__name__)

HEARTBEAT_SECONDS = 15.0
LIFE_SECONDS = 600.0
RETRY_MILLISECONDS = 1_000
OVER = "event: over\ndata: \n\n"
# News of the same topic within this time are told once.
PACE_SECONDS = 0.1

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Refused(Exception):
    """No stream; the status says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub_here() -> Hub:
    """The hub of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


class Stream:
    """The ASGI application for /live; `look_up` says who a session's key belongs to."""

    def __init__(self, look_up: LookUp) -> None:
        self.look_up = look_up

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            visit = await admit(scope, self.look_up)
        except Refused as refusal:
            head = {"type": "http.response.start", "status": refusal.status, "headers": [(b"content-length", b"0")]}
            await send(head)
            await send({"type": "http.response.body", "body": b""})
            return
        await serve(visit, receive, send)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who listens to what, from which entry on."""

    scope: Scope
    look_up: LookUp
    visitor: Visitor
    topics: list[Topic]
    last_seen: int | None

    async def is_welcome_still(self) -> bool:
        """Asked anew. A database that is away for a moment is no reason to throw anybody out."""
        try:
            visitor = await ask(self.scope, self.look_up)
        except Refused:
            return True
        return visitor is not None and may_hear(visitor, self.topics)


async def serve(visit: Visit, receive: Receive, send: Send) -> None:
    listener = Listener(visit.visitor.workspace_id, {topic.inner: topic for topic in visit.topics})
    hub = hub_here()
    hub.join(listener, visit.last_seen)
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await tell(send, f"retry: {RETRY_MILLISECONDS}\n\n")
        await until_gone(receive, speak(visit, send, listener))
    finally:
        hub.leave(listener)


async def admit(scope: Scope, look_up: LookUp) -> Visit:
    """Let a request in. Raises Refused."""
    if scope["method"] != "GET":
        raise Refused(405)
    given = parse_qs(scope["query_string"].decode("latin-1"))
    try:
        topics = topics_of(given.get("topic", []))
    except BadTopic as error:
        raise Refused(404) from error
    visitor = await ask(scope, look_up)
    if visitor is None:
        raise Refused(401)
    if not may_hear(visitor, topics):
        raise Refused(403)
    return Visit(scope, look_up, visitor, topics, last_seen_of(scope, given))


async def ask(scope: Scope, look_up: LookUp) -> Visitor | None:
    try:
        return await visitor_of(scope["headers"], look_up)
    except (DatabaseError, psycopg.Error) as error:
        log.warning("live visitor unknown, no database", error=str(error).strip())
        raise Refused(503) from error


def may_hear(visitor: Visitor, topics: list[Topic]) -> bool:
    return all(not topic.right or topic.right in visitor.rights for topic in topics)


def last_seen_of(scope: Scope, given: dict[str, list[str]]) -> int | None:
    """The browser's own header, or our parameter where the page opened the stream anew."""
    header = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"last-event-id"), "")
    text = header or given.get("last_event_id", [""])[-1]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


async def until_gone(receive: Receive, speaking: Awaitable[None]) -> None:
    """Speak until that ends or the other side hangs up."""
    talk = asyncio.ensure_future(speaking)
    gone = asyncio.ensure_future(hung_up(receive))
    try:
        await asyncio.wait({talk, gone}, return_when=asyncio.FIRST_COMPLETED)
        if talk.done():
            talk.result()
    finally:
        for task in (talk, gone):
            task.cancel()
        await asyncio.gather(talk, gone, return_exceptions=True)


async def hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def speak(visit: Visit, send: Send, listener: Listener) -> None:
    """Tell news as they come, a heartbeat in silence, and end when the time is over or the right is gone."""
    clock = asyncio.get_running_loop().time
    end = clock() + LIFE_SECONDS * random.uniform(0.9, 1.1)  # so that not all come back at once
    next_beat = clock() + HEARTBEAT_SECONDS
    while clock() < end:
        if await has_news(listener, min(next_beat, end) - clock()):
            if not await may_go_on(visit, listener):
                await tell(send, OVER)
                break
            await tell(send, "".join(lines_of(listener.take())))
            await asyncio.sleep(PACE_SECONDS)
        if clock() >= next_beat:
            if not await visit.is_welcome_still():
                await tell(send, OVER)
                break
            await tell(send, ": still here\n\n")
            next_beat = clock() + HEARTBEAT_SECONDS
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def may_go_on(visit: Visit, listener: Listener) -> bool:
    """Whether the visitor is welcome still, asked only where something about members has changed."""
    if not listener.must_ask:
        return True
    listener.must_ask = False
    return await visit.is_welcome_still()


async def has_news(listener: Listener, seconds: float) -> bool:
    try:
        await asyncio.wait_for(listener.has_news.wait(), max(seconds, 0.0))
    except TimeoutError:
        return False
    return True


def lines_of(news: list[tuple[Topic, int]]) -> list[str]:
    return [f"event: {event}\nid: {entry}\ndata: {entry}\n\n" for topic, entry in news for event in topic.events]


async def tell(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
