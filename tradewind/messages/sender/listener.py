"""Wake-up: whoever queues a message says NOTIFY outbox, and the claim comes at once instead of with the next poll."""

import asyncio

import psycopg

from tradewind.lib import logs
from tradewind.messages.sender.database import connect
from tradewind.messages.sender.state import State

log = logs.get(__name__)
AGAIN_SECONDS = 1.0


async def listen_forever(state: State, url: str) -> None:
    """Listen; without a connection the polls go on alone."""
    while not state.stopping.is_set():
        try:
            await _listen(state, url)
        except psycopg.OperationalError as problem:
            log.warning("not listening: the database is away", error=str(problem))
            await asyncio.sleep(AGAIN_SECONDS)


async def _listen(state: State, url: str) -> None:
    connection = await connect(url)
    try:
        await connection.execute("LISTEN outbox")
        async for _ in connection.notifies():
            state.work.set()
    finally:
        await connection.close()
