"""A cheap load of signed webhooks: raw HTTP over a few keep-alive connections, each waiting for its answer."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, repeat
from typing import cast

import orjson

from tradewind.whatsapp.signature import sign

PATIENCE_SECONDS = 30.0
"""The last answers may come so much later; then something hangs."""


@dataclass(slots=True)
class Load:
    """What came of a load. Times in milliseconds, one for each answer."""

    answered: dict[int, int] = field(default_factory=dict)
    waits_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def percentile(self, share: float) -> float:
        waits = sorted(self.waits_ms)
        return waits[min(len(waits) - 1, int(len(waits) * share))] if waits else 0.0


def status_body(waba_id: str, phone_number_id: str, wamid: str, status: str, recipient: str, at: int) -> bytes:
    """One status in Meta's envelope."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": phone_number_id},
        "statuses": [{"id": wamid, "status": status, "timestamp": str(at), "recipient_id": recipient}],
    }
    return envelope(waba_id, value)


def text_body(waba_id: str, phone_number_id: str, wamid: str, sender: str, text: str, at: int) -> bytes:
    """One text from a customer in Meta's envelope."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": phone_number_id},
        "contacts": [{"profile": {"name": "Load"}, "wa_id": sender}],
        "messages": [{"from": sender, "id": wamid, "timestamp": str(at), "type": "text", "text": {"body": text}}],
    }
    return envelope(waba_id, value)


def envelope(waba_id: str, value: Mapping[str, object]) -> bytes:
    changes = [{"field": "messages", "value": value}]
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [{"id": waba_id, "changes": changes}]})


def request_of(host: str, path: str, body: bytes, secret: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: {sign(body, secret)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def fire(
    host: str, port: int, requests: Iterator[bytes], *, connections: int, seconds: float, rate: float | None = None
) -> Load:
    """Send until the requests or the seconds are used up. Raises ConnectionError when one is closed before its answer.

    Without a rate (a second) each answer is followed by the next request. With one, requests are due at fixed times,
    and their waits are counted from then on: what is late because others waited is late.

    Run it under uvloop: the load maker shares the processors with what it measures.
    """
    loop, started = asyncio.get_running_loop(), time.perf_counter()
    load = Load()
    due = (started + n / rate for n in count()) if rate else repeat(0.0)

    async def call() -> None:
        _, caller = await loop.create_connection(lambda: Caller(requests, due, started + seconds, load), host, port)
        await caller.done

    async with asyncio.timeout(seconds + PATIENCE_SECONDS):
        await asyncio.gather(*(call() for _ in range(connections)))
    load.seconds = time.perf_counter() - started
    return load


class Caller(asyncio.Protocol):
    """One keep-alive connection: a request, its answer, the next request. Times are of `time.perf_counter`."""

    transport: asyncio.Transport

    def __init__(self, requests: Iterator[bytes], due: Iterator[float], until: float, load: Load) -> None:
        self.requests, self.due, self.until, self.load = requests, due, until, load
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self.loop.create_future()
        self.due_at = 0.0
        self.answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.send_next()

    def send_next(self) -> None:
        """The next request, now or when it is due."""
        now, due_at = time.perf_counter(), next(self.due)
        self.due_at = due_at or now
        if due_at > now:
            self.loop.call_later(due_at - now, self.send)
        else:
            self.send()

    def send(self) -> None:
        if self.done.done():  # lost while it waited
            return
        request = next(self.requests, None) if self.due_at < self.until else None
        if request is None:
            self.done.set_result(None)
            self.transport.close()
        else:
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.answer += data
        if is_whole(self.answer):
            self.load.waits_ms.append((time.perf_counter() - self.due_at) * 1000)
            status = int(self.answer[9:12])
            self.load.answered[status] = self.load.answered.get(status, 0) + 1
            self.answer = b""
            self.send_next()

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(problem or ConnectionResetError("closed before the answer"))


LENGTH = b"\r\ncontent-length: "


def is_whole(answer: bytes) -> bool:
    """Whether the answer has come to its end. The door tells the length of each."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = answer.lower().find(LENGTH, 0, end)
    return len(answer) - end - 4 >= int(answer[at + len(LENGTH) :].split(b"\r\n", 1)[0])
