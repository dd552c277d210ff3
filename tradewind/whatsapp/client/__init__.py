"""The Cloud API over HTTP.

    async with Lines(base_url, "v26.0") as lines:
        answer = await GraphSender(lines).send(phone_number_id, token, payload)     # never raises for the outside world
        match answer:
            case Accepted(): answer.wamid
            case Refused(): answer.verdict(category="MARKETING").action
            case NotSent(): back to the queue
            case Ambiguous(): wait for a webhook
    async with Wire(base_url, "v26.0") as wire:
        numbers = await Graph(wire, token).phone_numbers(waba_id)                  # GraphError, GraphUnavailable

`once(lambda graph: graph.templates(waba_id), token)` does the same from code without an event loop.
"""

from tradewind.whatsapp.client.answers import (
    Accepted,
    Ambiguous,
    Answer,
    GraphError,
    GraphUnavailable,
    NotSent,
    Refused,
)
from tradewind.whatsapp.client.lines import Lines
from tradewind.whatsapp.client.management import Graph, once
from tradewind.whatsapp.client.outcome import GRAPH, VERSION, Timeouts, appsecret_proof
from tradewind.whatsapp.client.sending import GraphSender, Route, Sender
from tradewind.whatsapp.client.wire import Wire

__all__ = [
    "GRAPH",
    "VERSION",
    "Accepted",
    "Ambiguous",
    "Answer",
    "Graph",
    "GraphError",
    "GraphSender",
    "GraphUnavailable",
    "Lines",
    "NotSent",
    "Refused",
    "Route",
    "Sender",
    "Timeouts",
    "Wire",
    "appsecret_proof",
    "once",
]
