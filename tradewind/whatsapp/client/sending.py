"""The port for sending: one message, one call, one of four answers."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

import orjson

from tradewind.whatsapp.client.answers import Accepted, Ambiguous, Answer, NotSent, Refused, accepted_of, refused_of
from tradewind.whatsapp.client.lines import Lines
from tradewind.whatsapp.client.outcome import Failed, Replied
from tradewind.whatsapp.client.wire import regain_access_seconds

Route = Literal["messages", "marketing_messages"]


class Sender(Protocol):
    """What the dispatcher needs of the outside world."""

    async def send(
        self,
        phone_number_id: str,
        token: str,
        payload: Mapping[str, Any] | bytes,
        *,
        app_secret: str | None = None,
        route: Route = "messages",
    ) -> Answer:
        """Send one message once. Never raises for what the network or Meta does."""
        ...


class GraphSender:
    """Sends over the Cloud API."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    async def send(
        self,
        phone_number_id: str,
        token: str,
        payload: Mapping[str, Any] | bytes,
        *,
        app_secret: str | None = None,
        route: Route = "messages",
    ) -> Answer:
        """Send one message once. `payload` is a payload of `payloads`, or its JSON bytes."""
        if not phone_number_id.isascii() or not phone_number_id.isalnum():
            return NotSent("The number has no valid id.")
        body = payload if isinstance(payload, bytes) else orjson.dumps(payload)
        return answer_of(await self._lines.post(f"{phone_number_id}/{route}", token, body, app_secret=app_secret))


def answer_of(outcome: Replied | Failed) -> Answer:
    """Sort an outcome into one of the four answers. Only a message id is acceptance, only a Graph error is refusal."""
    if isinstance(outcome, Failed):
        return Ambiguous(outcome.reason, outcome.http) if outcome.was_sent else NotSent(outcome.reason)
    decoded = outcome.json()
    if 200 <= outcome.http < 300:
        accepted = accepted_of(decoded, outcome.http)
        if accepted is not None:
            return accepted
    refused = _refused(decoded, outcome)
    return refused or Ambiguous(_what_came(outcome, decoded), outcome.http)


def _refused(decoded: Any, outcome: Replied) -> Refused | None:
    return refused_of(decoded, outcome.http, regain_access_seconds(outcome.usage) if outcome.usage else None)


def _what_came(outcome: Replied, decoded: Any) -> str:
    if not outcome.body:
        return f"Meta answered {outcome.http} without content."
    if decoded is None:
        return f"Meta answered {outcome.http} with something that is not JSON."
    return f"Meta answered {outcome.http} with neither a message id nor an error."


__all__ = ["Accepted", "Ambiguous", "Answer", "GraphSender", "NotSent", "Refused", "Route", "Sender", "answer_of"]
