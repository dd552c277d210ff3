"""uvicorn's server with two habits of its own: it ends with 0 when asked to end, and it can be away for a while."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn


class Server(uvicorn.Server):
    """Serves one listening socket."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self._listener = listener
        self._away: asyncio.Task[None] | None = None

    async def run_until_stopped(self) -> None:
        """Serve until SIGINT or SIGTERM."""
        await self.serve(sockets=[self._listener])
        if self._away:
            self._away.cancel()

    def go_away(self, seconds: float) -> None:
        """Close the port and all connections, and open it again after (real) seconds; until then nobody can connect."""
        if self._away is None or self._away.done():
            self._away = asyncio.ensure_future(self._be_away(seconds))

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM, at once on the second; uvicorn would raise the signal again, and not end with
        0.
        """
        loop = asyncio.get_running_loop()
        for wish in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(wish, self.handle_exit, wish, None)
        yield
        for wish in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(wish)

    async def _be_away(self, seconds: float) -> None:
        await asyncio.sleep(0.02)  # let the answer to the admin leave
        host, port = self._listener.getsockname()[:2]
        for server in self.servers:
            server.close()
        self._listener.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(seconds)
        self._listener = socket.create_server((host, port), backlog=2048)
        loop = asyncio.get_running_loop()
        self.servers = [await loop.create_server(self._protocol, sock=self._listener)]

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made
