"""A cheap load of signed webhooks: raw HTTP over a few keep-alive connections, each waiting for its answer."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from tradewind.whatsapp.signature import sign


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


async def fire(host: str, port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> Load:
    """Send until the requests or the seconds are used up."""
    load, started = Load(), time.perf_counter()
    until = started + seconds
    await asyncio.gather(*(one_connection(host, port, requests, until, load) for _ in range(connections)))
    load.seconds = time.perf_counter() - started
    return load


async def one_connection(host: str, port: int, requests: Iterator[bytes], until: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        while (now := time.perf_counter()) < until and (request := next(requests, None)) is not None:
            writer.write(request)
            status = await answer_of(reader)
            load.waits_ms.append((time.perf_counter() - now) * 1000)
            load.answered[status] = load.answered.get(status, 0) + 1
    finally:
        writer.close()


async def answer_of(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    if at >= 0:
        await reader.readexactly(int(lowered[at + 15 :].split(b"\r\n", 1)[0]))
    elif b"transfer-encoding: chunked" in lowered:
        while await reader.readuntil(b"\r\n") != b"0\r\n":
            await reader.readuntil(b"\r\n")
        await reader.readuntil(b"\r\n")
    return int(head.split(b" ", 2)[1])
