"""A Graph API made of raw sockets, which answers exactly as it is told, also wrongly."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


Answer = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def http(body: bytes | dict[str, Any], status: int = 200, **headers: str) -> Answer:
    """A whole answer on a connection that stays open."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    lines = [f"HTTP/1.1 {status} Word", f"Content-Length: {len(content)}", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + content)


def raw(content: bytes, *, then_close: bool = False) -> Answer:
    """These bytes, whatever they are."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(content)
        await writer.drain()
        if then_close:
            writer.close()

    return answer


async def hang(_: Request, writer: asyncio.StreamWriter) -> None:
    """No answer at all."""
    await asyncio.sleep(30)


async def reset(_: Request, writer: asyncio.StreamWriter) -> None:
    """The connection is cut after the request was read."""
    writer.transport.abort()


async def endless(_: Request, writer: asyncio.StreamWriter) -> None:
    """A body that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            await writer.drain()


async def drip(_: Request, writer: asyncio.StreamWriter) -> None:
    """A body that comes a byte at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)


class FakeGraph:
    """Answers each request with the next of `answers`, the last one again and again; keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[Request] = []
        self.connections = 0
        self.address = ""
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "FakeGraph":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def answer(self, *answers: Answer) -> None:
        self.answers = list(answers)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not writer.is_closing():
                self.requests.append(await read_request(reader))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                await answer(self.requests[-1], writer)
        writer.transport.abort()
        self._tasks.discard(task)


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    if headers.get("transfer-encoding") == "chunked":
        body = await read_chunks(reader)
    method, target, _ = first.split(" ")
    return Request(method, target, headers, body)


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).strip(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return body
