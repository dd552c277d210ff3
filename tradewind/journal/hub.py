"""One LISTEN connection for a whole web process: what the relay tells reaches every stream that asked for it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg

from tradewind.journal.connections import address
from tradewind.journal.relay import CHANNEL, MANY
from tradewind.journal.topics import Topic
from tradewind.lib import logs

log = logs.get(__name__)

AGAIN_SECONDS = 1.0
ABOUT_RIGHTS = frozenset({"members", "workspace"})
QUIET_SECONDS = 10.0  # so often the connection is tried when nothing comes


@dataclass(eq=False, slots=True)
class Listener:
    """One stream: what it listens to, and what it has not been told yet (topic → newest entry)."""

    workspace_id: int
    topics: dict[str, Topic]
    news: dict[str, int] = field(default_factory=dict)
    has_news: asyncio.Event = field(default_factory=asyncio.Event)
    # Somebody's rights, or what the workspace demands of its members, may have changed.
    must_ask: bool = False

    def ask_again(self) -> None:
        """Have the stream find out at once whether it may go on."""
        self.must_ask = True
        self.has_news.set()

    def hear(self, inner: Iterable[str], entry: int) -> None:
        """Remember what concerns this stream; what comes again before it is told is told once."""
        for name in inner:
            if name in self.topics:
                self.news[name] = entry
                self.has_news.set()

    def hear_all(self, entry: int) -> None:
        self.hear(self.topics, entry)

    def take(self) -> list[tuple[Topic, int]]:
        """What is to be told now."""
        news, self.news = self.news, {}
        self.has_news.clear()
        return [(self.topics[name], entry) for name, entry in news.items()]


class Hub:
    """All streams of this process by workspace, and the newest entry that was told to each workspace."""

    def __init__(self) -> None:
        self.listeners: dict[int, set[Listener]] = {}
        self.newest: dict[int, int] = {}
        self.listening: asyncio.Task[None] | None = None

    def join(self, listener: Listener, last_seen: int | None) -> None:
        """Begin to tell a stream; one that comes back hears of all its topics, unless nothing can have been missed."""
        self.listeners.setdefault(listener.workspace_id, set()).add(listener)
        if self.listening is None or self.listening.done():
            self.listening = asyncio.create_task(self.listen_forever(), name="live hub")
        newest = self.newest.get(listener.workspace_id)
        if last_seen is not None and (newest is None or newest > last_seen):
            listener.hear_all(newest or last_seen)

    def leave(self, listener: Listener) -> None:
        there = self.listeners.get(listener.workspace_id, set())
        there.discard(listener)
        if not there:
            self.listeners.pop(listener.workspace_id, None)
        if not self.listeners and self.listening is not None:
            self.listening.cancel()
            self.listening = None

    async def listen_forever(self) -> None:
        """While the connection is away nothing is heard; afterwards every stream looks again."""
        is_first = True
        while True:
            try:
                await self.listen(is_first)
            except (psycopg.Error, OSError) as error:
                log.warning("live hub has no database", error=str(error).strip())
                await asyncio.sleep(AGAIN_SECONDS)
            is_first = False

    async def listen(self, is_first: bool) -> None:
        connection: psycopg.AsyncConnection[Any]
        connection = await psycopg.AsyncConnection.connect(
            address(name="tradewind live"), autocommit=True, connect_timeout=3
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            if not is_first:
                self.tell_everybody()
            while True:
                async for notice in connection.notifies(timeout=QUIET_SECONDS):
                    self.tell(notice.payload)
                await connection.execute("SELECT 1")  # finds out that the server has gone

    def tell(self, payload: str) -> None:
        content = orjson.loads(payload)
        workspace, entry, topics = content["w"], content["id"], content["topics"]
        self.newest[workspace] = max(entry, self.newest.get(workspace, 0))
        is_about_rights = topics == MANY or not ABOUT_RIGHTS.isdisjoint(topics)
        for listener in self.listeners.get(workspace, ()):
            if is_about_rights:
                listener.ask_again()
            if topics == MANY:
                listener.hear_all(entry)
            else:
                listener.hear(topics, entry)

    def tell_everybody(self) -> None:
        for workspace, listeners in self.listeners.items():
            for listener in listeners:
                listener.hear_all(self.newest.get(workspace, 0))
