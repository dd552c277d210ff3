"""A link to PostgreSQL that is made when needed and made anew when it broke."""

import asyncio
from typing import Any

import psycopg

from tradewind.journal.connections import address

CONNECT_SECONDS = 3
# Longer than any insert takes, shorter than Meta's patience: a database that hangs is a 503, not a silence.
STATEMENT_SECONDS = 5


class Link:
    """One asynchronous connection in autocommit mode; its transactions are the business of one task at a time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.open: psycopg.AsyncConnection[Any] | None = None
        self.making = asyncio.Lock()

    async def connection(self) -> "psycopg.AsyncConnection[Any]":
        """The connection, alive as far as one can know. Raises psycopg.OperationalError when none can be made."""
        async with self.making:
            if self.open is None or self.open.closed:
                self.open = await self.connect()
            return self.open

    async def connect(self) -> "psycopg.AsyncConnection[Any]":
        return await psycopg.AsyncConnection.connect(
            address(name=f"tradewind {self.name}"),
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            options=f"-c statement_timeout={int(STATEMENT_SECONDS * 1000)}",
        )

    async def close(self) -> None:
        if self.open is not None:
            await self.open.close()
