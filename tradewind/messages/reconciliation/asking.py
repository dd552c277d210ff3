"""Meta's side: its analytics of a day, number by number (cloud-api.md, endpoint map).

Asked by the half hour and added up here: so it does not matter in which time zone Meta begins its days.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tradewind.messages.reconciliation.counting import span_of
from tradewind.numbers import access, meta
from tradewind.numbers.models import Account
from tradewind.whatsapp.client import Graph

STEP = "HALF_HOUR"


@dataclass
class Told:
    """What Meta has of one number on one day."""

    figures: dict[str, int] = field(default_factory=lambda: {"sent": 0, "delivered": 0, "priced": 0})
    cost: Decimal = Decimal(0)


def ask(account: Account, day: date, phones: list[str]) -> dict[str, Told]:
    """Meta's figures of these numbers (digits without +). Raises NumberError when Meta refuses or is away."""
    return meta.ask(access.access_of(account), lambda graph: read(graph, account.waba_id, day, phones))


async def read(graph: Graph, waba_id: str, day: date, phones: list[str]) -> dict[str, Told]:
    begin, end = (int(moment.timestamp()) for moment in span_of(day))
    found = {phone: Told() for phone in phones}
    for phone, told in found.items():  # without dimensions Meta adds numbers together: one call each
        answer = await graph.analytics(waba_id, "analytics", begin, end, STEP, phone_numbers=[phone])
        for point in points_of(answer):
            told.figures["sent"] += whole(point.get("sent"))
            told.figures["delivered"] += whole(point.get("delivered"))
    await read_prices(graph, waba_id, (begin, end), found)
    return found


async def read_prices(graph: Graph, waba_id: str, span: tuple[int, int], found: dict[str, Told]) -> None:
    """What was charged: Meta tells it by number, so one call is enough."""
    answer = await graph.analytics(
        waba_id, "pricing_analytics", *span, STEP, phone_numbers=list(found), dimensions=["PHONE", "PRICING_TYPE"]
    )
    for point in (point for part in parts_of(answer) for point in points_of(part)):
        told = found.get(str(point.get("phone_number", "")).lstrip("+"))
        if told is not None and point.get("pricing_type") == "REGULAR":
            told.figures["priced"] += whole(point.get("volume"))
            told.cost += Decimal(str(point.get("cost") or 0))


def parts_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    data = answer.get("data")
    return [part for part in data if isinstance(part, dict)] if isinstance(data, list) else []


def points_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    points = answer.get("data_points")
    return [point for point in points if isinstance(point, dict)] if isinstance(points, list) else []


def whole(value: object) -> int:
    return value if isinstance(value, int) else 0
