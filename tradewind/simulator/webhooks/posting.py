"""The post office: a few connections for each callback, batches when there is a backlog, and tries for seven days."""

import asyncio
import hashlib
import time
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tradewind.simulator.clock import Clock
from tradewind.simulator.line_log import LineLog
from tradewind.simulator.webhooks.encode import encode, signatures
from tradewind.simulator.webhooks.envelope import MOST_BYTES, Event, envelope
from tradewind.simulator.webhooks.mischief import Mischief
from tradewind.simulator.wheel import Wheel
from tradewind.simulator.world.shapes import Rules

FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 6 * 3600.0
GIVE_UP_SECONDS = 7 * 86_400.0  # Meta tries for up to seven days
BODIES_KEPT = 500


@dataclass(slots=True)
class Parcel:
    """One signed body on its way."""

    serial: int
    url: str
    secret: str
    body: bytes
    keys: list[list[str]]
    made_at: float
    tries: int = 0
    mischief: list[str] = field(default_factory=list)


class Lane:
    """All that waits for one callback address."""

    def __init__(self, url: str, secret: str) -> None:
        self.url, self.secret = url, secret
        self.events: deque[Event] = deque()
        self.parcels: deque[Parcel] = deque()
        self.work = asyncio.Event()

    def add(self, event: Event) -> None:
        """An event waits for its body."""
        self.events.append(event)
        self.work.set()

    def again(self, _due: float, parcel: Parcel) -> None:
        """A body waits for its next try."""
        self.parcels.append(parcel)
        self.work.set()


class PostOffice:
    """Posts events to callbacks. Tries are written to the log: `n`, webhook, try, at, url, status, ms, bytes,
    sha256, events.
    """

    def __init__(self, clock: Clock, wheel: Wheel, rules: Rules, mischief: Mischief, log: LineLog) -> None:
        self._clock, self._wheel, self._rules, self.mischief, self._log = clock, wheel, rules, mischief, log
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None
        self._serial = 0
        self.bodies: OrderedDict[int, bytes] = OrderedDict()
        self.counts: Counter[str] = Counter()
        self.waiting_for_retry = 0
        self.in_flight = 0
        self.held_back = 0

    @property
    def log(self) -> LineLog:
        """The log of tries."""
        return self._log

    def send(self, url: str, secret: str, event: Event) -> None:
        """Tell one event to one callback, as the mischief of the moment allows."""
        self.counts["events"] += 1
        lane = self._lane(url, secret)
        wait = self.mischief.wait_seconds()
        if wait:
            self.held_back += 1
            self._wheel.at(self._clock.time() + wait, self._release, lane, event)
        else:
            lane.add(event)
        if self.mischief.strikes("unknown_type"):
            self.counts["unknown_type"] += 1
            lane.add(_stranger(event, self.counts["unknown_type"]))

    def send_raw(self, url: str, secret: str, body: bytes) -> int:
        """Post any bytes, signed, through the same queue; the webhook's number."""
        parcel = self._parcel(url, secret, body, [["raw", ""]])
        self._lane(url, secret).again(0.0, parcel)
        return parcel.serial

    def pending(self) -> int:
        """Events and bodies that are not yet answered with 200."""
        queued = sum(len(lane.events) + len(lane.parcels) for lane in self._lanes.values())
        return queued + self.in_flight + self.waiting_for_retry + self.held_back

    def forget(self) -> None:
        """Drop everything that waits (a reset)."""
        for lane in self._lanes.values():
            lane.events.clear()
            lane.parcels.clear()
        self.waiting_for_retry = self.held_back = 0
        self.counts.clear()

    async def close(self) -> None:
        """Stop posting."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _release(self, _due: float, lane: Lane, event: Event) -> None:
        self.held_back -= 1
        lane.add(event)

    def _lane(self, url: str, secret: str) -> Lane:
        lane = self._lanes.get((url, secret))
        if lane is None:
            lane = self._lanes[url, secret] = Lane(url, secret)
            self._tasks += [asyncio.ensure_future(self._drain(lane)) for _ in range(self._rules.webhook_connections)]
        return lane

    async def _drain(self, lane: Lane) -> None:
        while True:
            parcel = self._next(lane)
            if parcel is None:
                lane.work.clear()
                await lane.work.wait()
                continue
            await self._try(lane, parcel)

    def _next(self, lane: Lane) -> Parcel | None:
        if lane.parcels:
            return lane.parcels.popleft()
        if not lane.events:
            return None
        most = self.mischief.batch or self._rules.webhook_batch
        taken = [lane.events.popleft() for _ in range(min(most, len(lane.events)))]
        self.mischief.reorder(taken)
        body = encode(envelope(taken))
        while len(body) > MOST_BYTES and len(taken) > 1:
            half = len(taken) // 2
            lane.events.extendleft(reversed(taken[half:]))
            taken = taken[:half]
            body = encode(envelope(taken))
        parcel = self._parcel(lane.url, lane.secret, body, [event.key() for event in taken])
        if self.mischief.doubles():
            parcel.mischief.append("doubled")
            twin = self._parcel(lane.url, lane.secret, body, parcel.keys)
            twin.mischief.append("double")
            self._later(lane, twin, 0.5)
        return parcel

    def _parcel(self, url: str, secret: str, body: bytes, keys: list[list[str]]) -> Parcel:
        self._serial += 1
        self.counts["bodies"] += 1
        self.bodies[self._serial] = body
        if len(self.bodies) > BODIES_KEPT:
            self.bodies.popitem(last=False)
        return Parcel(self._serial, url, secret, body, keys, self._clock.time())

    async def _try(self, lane: Lane, parcel: Parcel) -> None:
        parcel.tries += 1
        started, status, error = time.perf_counter(), None, ""
        self.in_flight += 1
        try:
            if parcel.tries == 1 and self.mischief.strikes("drop_first"):
                parcel.mischief.append("drop_first")
                error = "lost on the way"
            else:
                status = await self._post(parcel)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
            error = f"{type(problem).__name__}: {problem}"
        finally:
            self.in_flight -= 1
        self._note(parcel, status, error, time.perf_counter() - started)
        if status == 200:
            self.counts["answered_200"] += 1
            return
        self.counts["failed_tries"] += 1
        self._retry(lane, parcel)

    async def _post(self, parcel: Parcel) -> int:
        secret = parcel.secret
        if parcel.tries == 1 and self.mischief.strikes("wrong_signature"):
            parcel.mischief.append("wrong_signature")
            secret += "!"
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            **signatures(parcel.body, secret),
        }
        async with self._client().post(parcel.url, data=parcel.body, headers=headers, allow_redirects=False) as answer:
            await answer.read()
            return answer.status

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._rules.webhook_timeout_seconds)
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
            self._session = aiohttp.ClientSession(timeout=timeout, connector=connector, auto_decompress=False)
        return self._session

    def _retry(self, lane: Lane, parcel: Parcel) -> None:
        wait = min(FIRST_RETRY_SECONDS * 2 ** (parcel.tries - 1), LONGEST_RETRY_SECONDS)
        if self._clock.time() + wait > parcel.made_at + GIVE_UP_SECONDS:
            self.counts["given_up"] += 1
            return
        self._later(lane, parcel, wait)

    def _later(self, lane: Lane, parcel: Parcel, wait: float) -> None:
        self.waiting_for_retry += 1
        self._wheel.at(self._clock.time() + wait, self._redeem, lane, parcel)

    def _redeem(self, due: float, lane: Lane, parcel: Parcel) -> None:
        self.waiting_for_retry -= 1
        lane.again(due, parcel)

    def _note(self, parcel: Parcel, status: int | None, error: str, seconds: float) -> None:
        line: dict[str, Any] = {
            "webhook": parcel.serial,
            "try": parcel.tries,
            "at": self._clock.time(),
            "url": parcel.url,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "bytes": len(parcel.body),
            "sha256": hashlib.sha256(parcel.body).hexdigest(),
            "events": parcel.keys,
        }
        if error:
            line["error"] = error
        if parcel.mischief:
            line["mischief"] = parcel.mischief
        self._log.add(line)


def _stranger(event: Event, count: int) -> Event:
    """An event of a kind that nobody documents yet."""
    if count % 2 and event.part:
        wamid = f"wamid.unknown{count}"
        payload = {
            "from": "10000000000",
            "id": wamid,
            "timestamp": str(int(event.at)),
            "type": "hologram",
            "hologram": {"x": 1},
        }
        return event._replace(part="messages", payload=payload, contact=None)
    return event._replace(
        field="future_field", part="", payload={"event": "SOMETHING_NEW", "number": count}, contact=None
    )
