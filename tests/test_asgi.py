"""The one ASGI application: what it refuses before a thread takes it, and what answers where."""

import asyncio
import time
from typing import Any

import pytest

from tradewind import asgi
from tradewind.lib.watchdog import Watchdog


async def ask(path: str, *headers: tuple[bytes, bytes], method: str = "POST") -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    await asgi.application(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ((b"content-length", str(asgi.LARGEST_BODY + 1).encode()), 413),
        ((b"content-length", b"9" * 40), 413),
        ((b"content-length", b"-1"), 413),
        ((b"content-length", b"1e9"), 413),
        ((b"transfer-encoding", b"chunked"), 411),
    ],
)
async def test_bodies_without_measure_are_refused_before_a_thread_takes_them(
    header: tuple[bytes, bytes], status: int
) -> None:
    found, words = await ask("/contacts/new/", header)
    assert found == status
    assert words == asgi.REFUSALS[status]


async def test_life_is_told_without_a_database() -> None:
    assert await ask("/health/live", method="GET") == (200, b'{"status": "alive"}')


def test_every_page_is_loaded_before_the_first_request() -> None:
    asgi.warm_up()
    from django.urls import get_resolver

    assert len(get_resolver().url_patterns) > 5


def test_paths_go_to_their_doors() -> None:
    assert asgi.handler_of("/webhooks/abc") is asgi.door
    assert asgi.handler_of("/live") is asgi.stream
    assert asgi.handler_of("/liveliness") is asgi.console
    assert asgi.handler_of("/") is asgi.console


def test_p2_the_event_loop_is_watched_from_the_start_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that stands still ends the process (tests/lib/test_watchdog.py); this one beats while it turns."""
    beats: list[float] = []
    over: list[bool] = []

    class Dog(Watchdog):
        def beat(self) -> None:
            beats.append(time.monotonic())

        def __exit__(self, *exception: object) -> None:
            super().__exit__(*exception)
            over.append(True)

    monkeypatch.setattr(asgi, "Watchdog", Dog)
    asked = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    answered: list[str] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return asked.pop(0)

    async def send(message: dict[str, Any]) -> None:
        answered.append(message["type"])

    asyncio.run(asgi.application({"type": "lifespan"}, receive, send))
    assert answered == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert len(beats) >= 2
    assert over == [True]
