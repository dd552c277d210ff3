"""The Cloud API over HTTP.

    async with Wire(base_url, "v26.0") as wire:
        answer = await GraphSender(wire).send(phone_number_id, token, payload)     # never raises for the outside world
        match answer:
            case Accepted(): answer.wamid
            case Refused(): answer.verdict(category="MARKETING").action
            case NotSent(): back to the queue
            case Ambiguous(): wait for a webhook
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
from tradewind.whatsapp.client.management import Graph, once
from tradewind.whatsapp.client.sending import GraphSender, Route, Sender
from tradewind.whatsapp.client.wire import GRAPH, VERSION, Timeouts, Wire, appsecret_proof

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
    "NotSent",
    "Refused",
    "Route",
    "Sender",
    "Timeouts",
    "Wire",
    "appsecret_proof",
    "once",
]
