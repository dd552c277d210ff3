"""uvicorn's HTTP protocol with two more tricks: it can refuse a call before its body is read, and hand the app its
transport.
"""

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ADMIN = b"/_simulator"


class FaultyProtocol(HttpToolsProtocol):
    """`refuses` is asked once for each call that is not the admin's."""

    refuses: Callable[[], bool] = staticmethod(lambda: False)

    def on_message_begin(self) -> None:
        """Give the app the transport, so that it can cut the connection."""
        super().on_message_begin()
        self.scope["transport"] = self.transport  # type: ignore[typeddict-unknown-key]

    def on_headers_complete(self) -> None:
        """Refuse before anything of the body is looked at."""
        if not self.url.startswith(ADMIN) and type(self).refuses():
            self.transport.abort()
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Drop the rest of a refused call."""
        if self.transport.is_closing():
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Nothing is complete on a refused connection."""
        if self.transport.is_closing():
            return
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell asyncio quietly: cutting is our own doing."""
        super().connection_lost(exc)


def cut(transport: asyncio.Transport) -> None:
    """Reset the connection now."""
    transport.abort()
