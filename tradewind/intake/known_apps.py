"""The apps whose webhooks come in here, kept in memory: the door asks no database before it stores."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from tradewind.lib import crypto, logs

log = logs.get(__name__)

REFRESH_SECONDS = 3.0
# Strangers who try paths must not make the door ask the database each time.
LEAST_SECONDS_BETWEEN = 0.5

READ = "SELECT id, webhook_path, secret, previous_secret, verify_token FROM app"


@dataclass(frozen=True, slots=True)
class KnownApp:
    """`secrets`: the one in use and the one before it, while it is being replaced. Empty when none opens."""

    id: int
    secrets: tuple[str, ...]
    verify_token: str


class KnownApps:
    """Path → app, read again every few seconds in the background and at once for a path that is not known."""

    def __init__(self, connect: Callable[[], Awaitable["psycopg.AsyncConnection[Any]"]]) -> None:
        self.connect = connect
        self.by_path: dict[str, KnownApp] = {}
        self.read_at = float("-inf")
        self.tried_at = float("-inf")
        self.reading: asyncio.Task[None] | None = None

    async def find(self, path: str) -> KnownApp | None:
        """The app of this path, or None. Raises psycopg.Error or OSError when it cannot be known."""
        app = self.by_path.get(path)
        age = time.monotonic() - self.read_at
        if app is None and self.may_ask_again(age):
            await self.read()
            return self.by_path.get(path)
        if age > REFRESH_SECONDS:
            self.read_in_background()
        return app

    def may_ask_again(self, age: float) -> bool:
        """Always before the first success, so that a new process never says that an app is unknown."""
        return self.read_at == float("-inf") or age > LEAST_SECONDS_BETWEEN

    def read_in_background(self) -> None:
        if time.monotonic() - self.tried_at < REFRESH_SECONDS:
            return
        self.tried_at = time.monotonic()
        if self.reading is None or self.reading.done():
            self.reading = asyncio.create_task(self.read_or_keep())

    async def read_or_keep(self) -> None:
        """When the database is away the apps known so far go on counting; storing will answer 503 by itself."""
        try:
            await self.read()
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.warning("apps could not be read again", error=str(error))

    async def read(self) -> None:
        connection = await self.connect()
        cursor = await connection.execute(READ)
        rows = await cursor.fetchall()
        self.by_path = {path: known(number, *sealed) for number, path, *sealed in rows}
        self.read_at = time.monotonic()


def known(number: int, secret: bytes | None, previous: bytes | None, verify_token: bytes | None) -> KnownApp:
    secrets = [opened(secret, number, "secret"), opened(previous, number, "previous_secret")]
    return KnownApp(number, tuple(each for each in secrets if each), opened(verify_token, number, "verify_token"))


def opened(sealed: bytes | None, number: int, name: str) -> str:
    """The text of a sealed value; "" when there is none or it does not open (which is logged, without the value)."""
    if not sealed:
        return ""
    try:
        return crypto.open_sealed(sealed, bound_to=f"app:{number}:{name}")
    except crypto.SealError as error:
        log.error("an app's secret does not open", app=number, name=name, error=str(error))
        return ""
