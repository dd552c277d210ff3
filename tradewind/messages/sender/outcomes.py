"""What came of each message, on its way into the database in batches: up to 100 at once, or whatever 50 ms brought.

Outcomes are never lost while the process lives: when the database is away they wait and are written again.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from tradewind.lib import logs
from tradewind.messages import figures
from tradewind.messages.sender.database import Database
from tradewind.messages.sender.row import Claimed
from tradewind.messages.sql import load

log = logs.get(__name__)

MOST_AT_ONCE = 100
ENOUGH = 100
WAIT_SECONDS = 0.05
RETRY_SECONDS = 0.5


@dataclass(slots=True)
class Done:
    """Meta took it. `state` is accepted or held."""

    message_id: int
    attempt_id: bytes
    wamid: str
    state: str
    http: int
    ended_at: float


@dataclass(slots=True)
class End:
    """It ends without acceptance: failed, skipped, expired or cancelled. Without an attempt: the intent's verdict."""

    message_id: int
    state: str
    reason: str
    ended_at: float
    attempt_id: bytes | None = None
    http: int | None = None
    code: int | None = None
    detail: str | None = None


@dataclass(slots=True)
class Back:
    """Back to the queue until `due_at`. `outcome` is refused or not_sent where there was an attempt."""

    message_id: int
    due_at: float
    ended_at: float
    attempt_id: bytes | None = None
    outcome: str | None = None
    tries: int = 0
    http: int | None = None
    code: int | None = None
    detail: str | None = None


@dataclass(slots=True)
class Doubt:
    """Perhaps sent."""

    message_id: int
    attempt_id: bytes
    http: int | None
    detail: str
    ended_at: float


@dataclass(slots=True)
class Unseat:
    """A place in the portfolio's ledger that was taken for a call which surely reached nobody."""

    message_id: int
    portfolio_id: int
    contact_id: int
    taken_at: datetime


Outcome = Done | End | Back | Doubt | Unseat


class Outcomes:
    """The queue of outcomes and the tasks that write it."""

    def __init__(self, database: Database, me: str, *, writers: int = 2) -> None:
        self._database, self._me = database, me
        self._waiting: list[Outcome] = []
        self._first_at = 0.0
        self._arrived, self._is_empty = asyncio.Event(), asyncio.Event()
        self._is_empty.set()
        self._under_way = 0
        self.late: asyncio.Queue[Done] = asyncio.Queue()
        """Acceptances of messages that were settled before: reconcile.prove decides what they mean."""
        self.tasks = [asyncio.create_task(self._write_forever(), name=f"outcomes {n}") for n in range(writers)]

    def put(self, outcome: Outcome) -> None:
        """Take an outcome; it is written within moments."""
        if not self._waiting:
            self._first_at = time.monotonic()
        self._waiting.append(outcome)
        self._is_empty.clear()
        self._arrived.set()

    @property
    def count(self) -> int:
        """How many are not written yet."""
        return len(self._waiting) + self._under_way

    async def written(self, timeout_seconds: float) -> bool:
        """Wait until everything is in the database."""
        try:
            await asyncio.wait_for(self._is_empty.wait(), timeout_seconds)
        except TimeoutError:
            return False
        return True

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _write_forever(self) -> None:
        while True:
            await self._arrived.wait()
            await self._gather()
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            if not self._waiting:
                self._arrived.clear()
            if batch:
                await self._write_surely(batch)
            if not self._waiting and not self._under_way:
                self._is_empty.set()

    async def _gather(self) -> None:
        """Give a small batch up to 50 ms to grow."""
        missing = WAIT_SECONDS - (time.monotonic() - self._first_at)
        if len(self._waiting) < ENOUGH and missing > 0:
            await asyncio.sleep(missing)

    async def _write_surely(self, batch: list[Outcome]) -> None:
        self._under_way += len(batch)
        try:
            for kind in WRITERS:
                if some := [outcome for outcome in batch if type(outcome) is kind]:
                    await self._retry(kind, some)
        finally:
            self._under_way -= len(batch)

    async def _retry(self, kind: type, some: list[Any]) -> None:
        while True:
            try:
                await WRITERS[kind](self, sorted(some, key=lambda outcome: outcome.message_id))
                return
            except (psycopg.OperationalError, psycopg.errors.UniqueViolation) as problem:
                # The database is away, two writers met in a deadlock, or two answers bore one wamid: once more.
                log.warning("outcomes could not be written yet", count=len(some), error=str(problem))
                await asyncio.sleep(RETRY_SECONDS)
            except psycopg.Error:
                await self._isolate(kind, some)
                return

    async def _isolate(self, kind: type, some: list[Any]) -> None:
        """One of them cannot be written: the others are. The call of that one ends in doubt, never in a second send."""
        if len(some) > 1:
            for one in some:
                await self._retry(kind, [one])
            return
        log.exception("an outcome cannot be written", kind=kind.__name__, message=some[0].message_id)

    async def _write_done(self, some: list[Done]) -> None:
        seen: set[str] = set()
        repeated = [done for done in some if done.wamid in seen or seen.add(done.wamid)]  # type: ignore[func-returns-value]
        if repeated:
            # Meta gave one id to two messages of this batch: one statement each, so that the second sees the first.
            for done in some:
                await self._accept([done])
        else:
            await self._accept(some)

    async def _accept(self, some: list[Done]) -> None:
        rows = await self._database.run(
            load("accept"),
            {
                "ids": [done.message_id for done in some],
                "attempts": [UUID(bytes=done.attempt_id) for done in some],
                "ended": [done.ended_at for done in some],
                "wamids": [plain(done.wamid) for done in some],
                "states": [done.state for done in some],
                "https": [done.http for done in some],
            },
        )
        figures.ACCEPTED.inc(len(rows))
        if len(rows) < len(some):
            settled = {message_id for (message_id,) in rows}
            for done in some:
                if done.message_id not in settled:
                    self.late.put_nowait(done)

    async def _write_end(self, some: list[End]) -> None:
        await self._database.run(
            load("end"),
            {
                "me": self._me,
                "ids": [end.message_id for end in some],
                "attempts": [end.attempt_id and UUID(bytes=end.attempt_id) for end in some],
                "ended": [end.ended_at for end in some],
                "states": [end.state for end in some],
                "reasons": [end.reason for end in some],
                "https": [end.http for end in some],
                "codes": [end.code for end in some],
                "details": [plain(end.detail) for end in some],
            },
        )
        for end in some:
            figures.ENDED.labels(end.state).inc()

    async def _write_back(self, some: list[Back]) -> None:
        await self._database.run(
            load("back"),
            {
                "me": self._me,
                "ids": [back.message_id for back in some],
                "attempts": [back.attempt_id and UUID(bytes=back.attempt_id) for back in some],
                "ended": [back.ended_at for back in some],
                "due": [back.due_at for back in some],
                "outcomes": [back.outcome for back in some],
                "tries": [back.tries for back in some],
                "https": [back.http for back in some],
                "codes": [back.code for back in some],
                "details": [plain(back.detail) for back in some],
            },
        )
        figures.BACK.inc(len(some))

    async def _write_doubt(self, some: list[Doubt]) -> None:
        await self._database.run(
            load("doubt"),
            {
                "ids": [doubt.message_id for doubt in some],
                "attempts": [UUID(bytes=doubt.attempt_id) for doubt in some],
                "ended": [doubt.ended_at for doubt in some],
                "https": [doubt.http for doubt in some],
                "details": [plain(doubt.detail) for doubt in some],
            },
        )
        figures.UNKNOWN.inc(len(some))

    async def _write_unseat(self, some: list[Unseat]) -> None:
        await self._database.run(
            load("unseat"),
            {
                "portfolios": [unseat.portfolio_id for unseat in some],
                "contacts": [unseat.contact_id for unseat in some],
                "taken": [unseat.taken_at for unseat in some],
            },
        )


WRITERS: dict[type, Any] = {
    Done: Outcomes._write_done,
    End: Outcomes._write_end,
    Back: Outcomes._write_back,
    Doubt: Outcomes._write_doubt,
    Unseat: Outcomes._write_unseat,
}


def not_called(row: Claimed, now: float) -> Back:
    """An intent whose call was never made: surely nothing was written."""
    return Back(row.message_id, row.due_at, now, attempt_id=row.attempt_id, outcome="not_sent", detail="not called")


def plain(text: str | None) -> str | None:
    """What Meta wrote, without what PostgreSQL's text cannot hold."""
    return None if text is None else text.replace("\x00", "")[:500]
