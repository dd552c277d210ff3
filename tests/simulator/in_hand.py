"""A simulation in one's hand: no process, no port, time stands still until it is moved."""

import json
from collections.abc import Coroutine
from typing import Any

from tradewind.simulator.graph.answers import Answer
from tradewind.simulator.graph.door import answer
from tradewind.simulator.graph.request import Call
from tradewind.simulator.simulation import Simulation
from tradewind.simulator.webhooks.envelope import Event
from tradewind.simulator.world import World, bench_world

NOON = 1_795_003_200.0  # 2026-11-18 12:00 UTC
ADA = "+491701234567"
TEXT = {"type": "text", "text": {"body": "hi"}}
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


def error(answer: tuple[int, Any]) -> tuple[int, int, int | None]:
    """HTTP status, code and subcode of a refusal."""
    return answer[0], answer[1]["error"]["code"], answer[1]["error"].get("error_subcode")


def at_once(coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """Run a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    raise AssertionError("the call waits for something")


class InHand:
    """Calls go straight to the door; events are kept instead of posted."""

    def __init__(self, world: World | None = None, at: float = NOON) -> None:
        self.world = world or bench_world(numbers=2, limits_lifted=False)
        self.world.apps[0].callback_url = "http://callback.invalid/"
        self.simulation = Simulation(self.world)
        self.simulation.remember_world()
        self.simulation.clock.move(to=at, speed=0)
        self.events: list[Event] = []
        self.simulation.office.send = lambda url, secret, event: self.events.append(event)  # type: ignore[method-assign]

    @property
    def number(self) -> str:
        return self.world.numbers[0].phone_number_id

    @property
    def waba(self) -> str:
        return self.world.accounts[0].waba_id

    def now(self) -> float:
        return self.simulation.clock.time()

    def advance(self, seconds: float) -> None:
        """Move time, and let all that falls due happen in its order."""
        self.simulation.clock.move(by=seconds)
        while self.simulation.wheel.turn(self.now(), most=100_000):
            pass

    def call(self, method: str, path: str, body: Any = None, token: str | None = None, **query: str) -> tuple[int, Any]:
        """One call; (HTTP status, JSON)."""
        finished = self.raw(method, path, json.dumps(body).encode() if body is not None else b"", token, **query)
        return finished.status, json.loads(finished.body)

    def raw(self, method: str, path: str, body: bytes = b"", token: str | None = None, **query: str) -> Answer:
        from urllib.parse import urlencode

        bearer = self.world.tokens[0].value if token is None else token
        headers = {"authorization": f"Bearer {bearer}", "content-type": "application/json"}
        return at_once(answer(Call(self.simulation, method, "/v26.0" + path, urlencode(query).encode(), headers, body)))

    def send(self, to: str = "+491701234567", number: str | None = None, **body: Any) -> tuple[int, Any]:
        """Send (default: the marketing template of the bench)."""
        message = {"messaging_product": "whatsapp", "to": to, **(body or self.template())}
        return self.call("POST", f"/{number or self.number}/messages", message)

    def code(self, to: str = "+491701234567", **body: Any) -> int:
        """The error code of a send, 0 when it is accepted."""
        return int(self.send(to, **body)[1].get("error", {}).get("code", 0))

    def write(self, phone: str = "+491701234567", number: str | None = None, **message: Any) -> None:
        """A customer writes, so the window is open."""
        from tradewind.simulator.admin.commands import inbound

        given = message or {"type": "text", "text": {"body": "hi"}}
        inbound(self.simulation, {"phone_number_id": number or self.number, "from": phone, **given})

    def statuses(self) -> list[dict[str, Any]]:
        return [event.payload for event in self.events if event.part == "statuses"]

    def messages(self) -> list[dict[str, Any]]:
        return [event.payload for event in self.events if event.part == "messages"]

    def values(self, field: str) -> list[dict[str, Any]]:
        return [event.payload for event in self.events if event.field == field]

    @staticmethod
    def template(name: str = "bench_marketing", values: tuple[str, ...] = ("Ada", "A1"), **more: Any) -> dict[str, Any]:
        parameters = [{"type": "text", "text": value} for value in values]
        components = [{"type": "body", "parameters": parameters}]
        return {
            "type": "template",
            "template": {"name": name, "language": {"code": "en_US"}, "components": components, **more},
        }
