"""The wires to Graph addresses: one pool of connections for each."""

import asyncio

from tradewind.config import Config
from tradewind.numbers.access import Access
from tradewind.whatsapp.client import GraphSender, Lines, Sender, Timeouts


class Wires:
    """Made at the first use, inside the running loop."""

    def __init__(self) -> None:
        self._wires: dict[tuple[str, str], tuple[Lines, GraphSender]] = {}

    def to(self, access: Access, config: Config) -> Sender:
        """The sender for this address."""
        key = (access.base, access.version)
        if key not in self._wires:
            seconds = Timeouts(
                connect=config.connect_seconds,
                read=config.read_seconds,
                total=config.connect_seconds + config.read_seconds,
            )
            lines = Lines(access.base, access.version, timeouts=seconds, connections=config.sender_concurrency)
            self._wires[key] = (lines, GraphSender(lines))
        return self._wires[key][1]

    async def close(self) -> None:
        """Close all connections, and let the event loop see it."""
        for lines, _ in self._wires.values():
            await lines.close()
        self._wires.clear()
        await asyncio.sleep(0.02)
