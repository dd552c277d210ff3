"""The sender's own wire: kept connections to one Graph address, for nothing but sending messages.

A general HTTP client costs more than all the rest of a send. This one writes a request whose head is made once for each
number and token, and reads one answer (line.py). It never repeats, follows, decompresses or asks a proxy.
"""

import asyncio
import socket
import ssl
from collections import deque
from functools import lru_cache
from urllib.parse import urlsplit

import aiohappyeyeballs

from tradewind.whatsapp.client.line import Line
from tradewind.whatsapp.client.outcome import (
    GRAPH,
    MOST_BYTES,
    TOKEN,
    USUAL,
    VERSION,
    Failed,
    Outcome,
    Timeouts,
    appsecret_proof,
    sentence,
)

KEPT_SECONDS = 15.0
"""A connection that was idle for longer is not used again: the other side may be closing it at this moment."""
NAME_SECONDS = 60.0
"""How long a name's addresses are believed."""
NEXT_ADDRESS_SECONDS = 0.25
"""An address that has not answered by then gets a rival (RFC 8305)."""

Addresses = list[aiohappyeyeballs.AddrInfoType]


class Lines:
    """Up to `connections` connections to one address. Made and closed inside a running event loop."""

    def __init__(
        self,
        base_url: str = GRAPH,
        version: str = VERSION,
        *,
        timeouts: Timeouts = USUAL,
        connections: int = 500,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`tls`: instead of the machine's own certificate authorities."""
        url = urlsplit(f"{base_url.rstrip('/')}/{version.strip('/')}")
        if url.scheme not in ("http", "https") or not url.hostname:
            raise ValueError(f"“{base_url}” is no address of a Graph API.")
        self._host, self._port = url.hostname, url.port or (443 if url.scheme == "https" else 80)
        self._host_header, self._root = url.netloc.rpartition("@")[2], url.path
        self._tls = (tls or trusting()) if url.scheme == "https" else None
        self._timeouts = timeouts
        self._loop = asyncio.get_running_loop()
        self._slots = asyncio.Semaphore(connections)
        self._free: deque[Line] = deque()  # the one used last at the right end
        self._lines: set[Line] = set()
        self._is_closed = False
        self._look_up: asyncio.Future[Addresses] | None = None
        self._believed_until = 0.0
        self._head = lru_cache(maxsize=4096)(self._make_head)

    async def __aenter__(self) -> "Lines":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; later calls are not sent."""
        self._is_closed = True
        for line in list(self._lines):
            line.abort()
        self._lines.clear()
        self._free.clear()

    async def post(self, path: str, token: str, body: bytes, *, app_secret: str | None = None) -> Outcome:
        """One POST of JSON to `path` ("123/messages", which the caller has checked) below the version. Never raises."""
        if self._is_closed:
            return Failed("The connection to Meta has been closed.", was_sent=False)
        if not TOKEN.fullmatch(token):
            return Failed("The access token has characters that no token has.", was_sent=False)
        request = b"%b%d\r\n\r\n%b" % (self._head(path, token, app_secret), len(body), body)
        began = self._loop.time()
        try:
            await self._take_slot(began)
        except TimeoutError:
            return Failed("Meta could not be reached (all connections are in use).", was_sent=False)
        try:
            return await self._exchange(request, began)
        finally:
            self._slots.release()

    async def _take_slot(self, began: float) -> None:
        if self._slots.locked():
            async with asyncio.timeout_at(began + self._timeouts.connect):
                await self._slots.acquire()
        else:
            await self._slots.acquire()

    async def _exchange(self, request: bytes, began: float) -> Outcome:
        line = self._take_free()
        if line is None:
            try:
                async with asyncio.timeout_at(began + self._timeouts.connect):
                    line = await self._open()
            except (OSError, UnicodeError) as problem:  # also TLS and time-outs; a name may be no name at all
                return Failed(sentence("Meta could not be reached", problem), was_sent=False)
        # From here on nothing waits: the connection that was found free is the one that is written to.
        if self._is_closed or not line.is_free:
            self._lines.discard(line)
            line.abort()
            return Failed("The connection to Meta has been closed.", was_sent=False)
        try:
            deadline = began + self._timeouts.total
            return await line.post(request, read_seconds=self._timeouts.read, deadline=deadline)
        finally:
            self._give_back(line)

    def _take_free(self) -> Line | None:
        oldest = self._loop.time() - KEPT_SECONDS
        while self._free:
            line = self._free.pop()
            if line.is_free and line.free_since >= oldest:
                return line
            self._drop(line)
        return None

    def _give_back(self, line: Line) -> None:
        if line.is_free and not self._is_closed:
            self._free.append(line)
        else:
            self._drop(line)  # closed, or its call was given up with the answer still to come

    def _drop(self, line: Line) -> None:
        self._lines.discard(line)
        line.abort()

    async def _open(self) -> Line:
        """A new connection, its certificate checked. Raises OSError."""
        found = await aiohappyeyeballs.start_connection(
            await self._addresses(), happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, interleave=1, loop=self._loop
        )
        try:
            _, line = await self._loop.create_connection(
                lambda: Line(most_bytes=MOST_BYTES),
                sock=found,
                ssl=self._tls,
                server_hostname=self._host if self._tls else None,
            )
        except BaseException:
            found.close()
            raise
        self._lines.add(line)
        return line

    async def _addresses(self) -> Addresses:
        """The addresses of the name, looked up once for all that ask."""
        if self._look_up is None or (self._look_up.done() and self._is_outdated(self._look_up)):
            self._believed_until = self._loop.time() + NAME_SECONDS
            self._look_up = asyncio.ensure_future(self._ask_for_addresses())
        return await asyncio.shield(self._look_up)

    async def _ask_for_addresses(self) -> Addresses:
        found = await self._loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        return [(family, kind, protocol, name, address) for family, kind, protocol, name, address in found]

    def _is_outdated(self, look_up: "asyncio.Future[Addresses]") -> bool:
        return look_up.cancelled() or look_up.exception() is not None or self._loop.time() > self._believed_until

    def _make_head(self, path: str, token: str, app_secret: str | None) -> bytes:
        """Everything before the value of Content-Length."""
        query = f"?appsecret_proof={appsecret_proof(token, app_secret)}" if app_secret else ""
        lines = [
            f"POST {self._root}/{path}{query} HTTP/1.1",
            f"Host: {self._host_header}",
            "Accept: application/json",
            "Accept-Encoding: identity",
            "User-Agent: Tradewind",
            f"Authorization: Bearer {token}",
            "Content-Type: application/json",
            "Content-Length: ",
        ]
        return "\r\n".join(lines).encode("ascii")


def trusting() -> ssl.SSLContext:
    """TLS that believes the machine's certificate authorities and checks the name."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
