"""Micro-batches: many requests share one transaction, and each is told only after the commit.

Hot path: SQL stands here as a constant. Arrays go in binary form (`%b`): 0.5 µs an item instead of 70.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import psycopg

from tradewind.lib import logs

if TYPE_CHECKING:
    from tradewind.intake.early_stop import Stop

log = logs.get(__name__)

LARGEST_BATCH = 1_000
LARGEST_BATCH_BYTES = 16 * 1024 * 1024
# Nobody came for so long: whoever is here need not wait any more.
QUIET_SECONDS = 0.001
# More than this waiting in memory is refused at once (503): Meta sends it again, memory does not grow.
MOST_WAITING_BYTES = 128 * 1024 * 1024

# Rows are sorted by the caller, so that two processes storing the same bodies cannot wait for each other in a ring.
STORE = """
WITH stored AS (
  INSERT INTO webhook_inbox (app_id, received_at, digest, body)
  SELECT app_id, to_timestamp(at), digest, body
  FROM unnest(%b::bigint[], %b::float8[], %b::bytea[], %b::bytea[]) AS given (app_id, at, digest, body)
  ON CONFLICT (app_id, digest) DO NOTHING
  RETURNING app_id, id, received_at
)
INSERT INTO webhook_waiting (app_id, inbox_id, received_at) SELECT app_id, id, received_at FROM stored
"""

Connection = psycopg.AsyncConnection[Any]


class NotStored(Exception):
    """The body is not in the database, and the sender must be told so."""


@dataclass(slots=True)
class Body:
    """A signed webhook body on its way in."""

    app_id: int
    received_at: datetime
    content: bytes
    digest: bytes
    done: asyncio.Future[None]
    stops: "Sequence[Stop]" = ()


def body_of(app_id: int, received_at: datetime, content: bytes, stops: "Sequence[Stop]" = ()) -> Body:
    """A body whose fate can be waited for; needs a running event loop."""
    future = asyncio.get_running_loop().create_future()
    return Body(app_id, received_at, content, sha256(content).digest(), future, stops)


Connect = Callable[[], Awaitable[Connection]]
Write = Callable[[Connection, list[Body]], Awaitable[None]]


class Store:
    """Takes bodies and writes them in batches over connections that it keeps: one transaction at a time on each.

    While one batch is on its way to the disk the next one gathers, and goes out over another connection. `write` does
    the writing inside a transaction; it may run twice for the same bodies (after a broken connection).
    """

    def __init__(self, connects: Sequence[Connect], write: Write, *, wait_seconds: float) -> None:
        self.write = write
        self.wait_seconds = wait_seconds
        self.waiting: list[Body] = []
        self.waiting_bytes = 0
        self.idle = list(connects)
        self.gathering = False
        self.writers: set[asyncio.Task[None]] = set()

    async def put(self, body: Body) -> None:
        """Returns when the body is committed. Raises NotStored otherwise."""
        if self.waiting_bytes + len(body.content) > MOST_WAITING_BYTES:
            raise NotStored("too much is waiting in memory")
        self.waiting.append(body)
        self.waiting_bytes += len(body.content)
        self.start_writer()
        await body.done

    def start_writer(self) -> None:
        """One more writer, if a connection is free and nobody is gathering already."""
        if self.waiting and self.idle and not self.gathering:
            self.gathering = True
            writer = asyncio.create_task(self.write_next(self.idle.pop()))
            self.writers.add(writer)
            writer.add_done_callback(self.writers.discard)

    async def write_next(self, connect: Connect) -> None:
        """Gather a batch, let the next one gather, write this one, and tell its requests."""
        try:
            await self.gather()
        finally:
            self.gathering = False
        batch = self.take()
        self.start_writer()
        try:
            await self.write_batch(connect, batch)
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.error("webhooks not stored", bodies=len(batch), error=str(error).strip())
            settle(batch, NotStored(str(error)))
        except BaseException as error:
            settle(batch, NotStored(repr(error)))
            raise
        else:
            settle(batch, None)
        finally:
            self.idle.append(connect)
            self.start_writer()

    async def gather(self) -> None:
        """Wait for company as long as it keeps coming, at most `wait_seconds`."""
        clock = asyncio.get_running_loop().time
        until = clock() + self.wait_seconds
        before = 0
        while before < len(self.waiting) < LARGEST_BATCH and clock() < until:
            before = len(self.waiting)
            await asyncio.sleep(min(QUIET_SECONDS, self.wait_seconds))

    def take(self) -> list[Body]:
        """The next batch: what fits, but always at least one body."""
        size, count = 0, 0
        for body in self.waiting[:LARGEST_BATCH]:
            if count and size + len(body.content) > LARGEST_BATCH_BYTES:
                break
            size, count = size + len(body.content), count + 1
        batch, self.waiting = self.waiting[:count], self.waiting[count:]
        self.waiting_bytes -= size
        return sorted(batch, key=lambda body: (body.app_id, body.digest))

    async def write_batch(self, connect: Connect, batch: list[Body]) -> None:
        """A connection that broke since the last batch is made anew once; storing twice is storing once."""
        try:
            await self.write(await connect(), batch)
        except psycopg.OperationalError as error:
            if not is_broken(error):
                raise
            await self.write(await connect(), batch)


def is_broken(error: psycopg.Error) -> bool:
    """Whether the connection is to blame (no SQLSTATE, or class 08 or 57P: the server went away), not the statement."""
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))


def settle(batch: list[Body], error: NotStored | None) -> None:
    for body in batch:
        if body.done.done():  # the request was given up meanwhile
            continue
        if error is None:
            body.done.set_result(None)
        else:
            body.done.set_exception(error)


async def write_bodies(connection: Connection, batch: list[Body]) -> None:
    """Store bodies: one statement on a connection in autocommit mode, so it is back when it is committed."""
    await connection.execute(STORE, arrays(batch))


def arrays(batch: list[Body]) -> list[list[Any]]:
    return [
        [body.app_id for body in batch],
        [body.received_at.timestamp() for body in batch],
        [body.digest for body in batch],
        [body.content for body in batch],
    ]
