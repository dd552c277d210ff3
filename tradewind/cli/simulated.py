"""The simulator's admin, for the demo, the chaos run and the benches."""

import urllib.request
from typing import Any

import orjson


class Simulated:
    """Asks and tells a running simulator; `address` as its first line gives it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def state(self) -> dict[str, Any]:
        """Its counters: accepted, refused, violations, webhooks pending, …"""
        return dict(orjson.loads(self._ask("state")))

    def accepted(self) -> list[dict[str, Any]]:
        """Its accept log: number, recipient, callback data, wamid and time of each accepted message."""
        return [orjson.loads(line) for line in self._ask("accepted").splitlines()]

    def tell(self, what: str, body: dict[str, Any]) -> None:
        """POST to faults, inbound, clock, customers, …"""
        self._ask(what, body)

    def _ask(self, what: str, body: dict[str, Any] | None = None) -> bytes:
        data = orjson.dumps(body) if body is not None else None
        url = f"{self.address}/_simulator/{what}"
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - http, ours
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
            return bytes(answer.read())
