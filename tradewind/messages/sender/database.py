"""The sender's connections: few, prepared for batch statements by key, and made anew when they break."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from psycopg.types.array import ListBinaryDumper
from psycopg.types.numeric import Int8BinaryDumper
from psycopg.types.string import StrBinaryDumper

from tradewind.lib import logs, priority

log = logs.get(__name__)

# All statements reach their rows by key. The queue's tables grow and shrink too fast for statistics, so plans that read
# whole tables or build hashes are ruled out once and for all, tables are joined in the order in which a statement names
# them (to find another would cost more than it saves), and no statement is planned at every call. Plans are forgotten
# every few seconds all the same: one that was made while a table was empty takes any index for as good as the key.
SETTINGS = (
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off "
    "-c enable_memoize=off -c join_collapse_limit=1 -c jit=off "
    "-c statement_timeout=20000 -c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
)
# For claims: a crash may undo them, and the order of what is due comes from the index on it. Planned while the queue
# was empty, a claim would else read the whole queue by its key and sort it, for each lane, until the next ANALYZE.
CLAIM_SETTINGS = f"{SETTINGS} -c synchronous_commit=off -c enable_sort=off"
CONNECT_SECONDS = 5
PLANS_LAST_SECONDS, CLAIM_PLANS_LAST_SECONDS = 15.0, 2.0
"""To plan a claim takes 3 ms, an intent 20."""

Params = Mapping[str, Any]
Rows = list[tuple[Any, ...]]


@dataclass(slots=True)
class Link:
    """A connection, or the place for one, and until when its plans are good."""

    connection: psycopg.AsyncConnection[Any] | None = None
    planned_until: float = 0.0


class Database:
    """A fixed number of connections; each statement is a transaction of its own unless it says otherwise.

    Not durable: commits do not wait for the disk (for claims, which a crash may undo).
    """

    def __init__(self, url: str, *, connections: int = 4, is_durable: bool = True) -> None:
        self._url = url
        self._options = SETTINGS if is_durable else CLAIM_SETTINGS
        self._plans_last = PLANS_LAST_SECONDS if is_durable else CLAIM_PLANS_LAST_SECONDS
        self._free: asyncio.LifoQueue[Link] = asyncio.LifoQueue()
        for _ in range(connections):
            self._free.put_nowait(Link())
        self._size = connections

    async def run(self, sql: bytes, params: Params) -> Rows:
        """One statement, one transaction."""
        async with self.connection() as connection:
            return await _fetch(connection, sql, params)

    async def run_after(self, lock: bytes, lock_params: Params, sql: bytes, params: Params) -> Rows:
        """A statement that waits for locks, then another that sees all that was committed before; one transaction."""
        async with self.connection() as connection, connection.transaction():
            await psycopg.AsyncRawCursor(connection).execute(*numbered(lock, lock_params))
            return await _fetch(connection, sql, params)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """A connection for a while. A broken one is thrown away. Raises psycopg.OperationalError without a database."""
        link = await self._free.get()
        try:
            yield await self._ready(link)
        except psycopg.OperationalError:
            if link.connection is not None and link.connection.broken:
                link.connection = None
            raise
        finally:
            self._free.put_nowait(link)

    async def _ready(self, link: Link) -> psycopg.AsyncConnection[Any]:
        """Connected, and with plans that are not old."""
        now = time.monotonic()
        if link.connection is None or link.connection.closed:
            link.connection = None
            link.connection = await connect(self._url, self._options)
            link.planned_until = now + self._plans_last
        elif now > link.planned_until:
            await link.connection.execute("DISCARD PLANS")
            link.planned_until = now + self._plans_last
        return link.connection

    async def close(self) -> None:
        for _ in range(self._size):
            link = await self._free.get()
            if link.connection is not None:
                await link.connection.close()


async def connect(url: str, options: str = SETTINGS) -> psycopg.AsyncConnection[Any]:
    """A connection in autocommit, whose integers go out as bigint, so that each statement is prepared once."""
    connection: psycopg.AsyncConnection[Any] = await psycopg.AsyncConnection.connect(
        url, autocommit=True, options=options, connect_timeout=CONNECT_SECONDS, prepare_threshold=0
    )
    priority.pass_on(connection.info)
    for kind, dumper in ((int, Int8BinaryDumper), (str, StrBinaryDumper), (list, ListBinaryDumper)):
        connection.adapters.register_dumper(kind, dumper)
    return connection


def numbered(sql: bytes, params: Params) -> tuple[bytes, list[Any]]:
    """A statement and its parameters as the server takes them ($1, …)."""
    text, names = _numbered(sql)
    return text, [params[name] for name in names]


@cache
def _numbered(sql: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Once for each statement: psycopg would take a long one apart at every call, which costs more than to send it."""
    names: list[str] = []

    def number_of(found: re.Match[bytes]) -> bytes:
        if found[0] == b"%%":
            return b"%"
        name = found[1].decode()
        if name not in names:
            names.append(name)
        return b"$%d" % (names.index(name) + 1)

    return re.sub(rb"%%|%\((\w+)\)[bs]", number_of, sql), tuple(names)


async def _fetch(connection: psycopg.AsyncConnection[Any], sql: bytes, params: Params) -> Rows:
    cursor = psycopg.AsyncRawCursor(connection)
    await cursor.execute(*numbered(sql, params), binary=True)
    rows: Sequence[tuple[Any, ...]] = await cursor.fetchall() if cursor.description else []
    return list(rows)
