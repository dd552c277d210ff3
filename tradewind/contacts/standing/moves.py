"""Moves that others should hear of: each is told to the journal once. Pure.

standing.changed        {"figure", "from", "to", "why"}: engagement moved by more than 15 points since it was last
                        told, or reached 80; intent became high; another grade; another stage
standing.record_broken  {"currency", "amount", "before"}: an order 30 % above every earlier one
"""

from typing import Any, NamedTuple

from tradewind.contacts import money
from tradewind.contacts.standing.buying import records
from tradewind.contacts.standing.figures import Figures
from tradewind.contacts.standing.history import DAY, Order
from tradewind.contacts.standing.settings import Settings

CHANGED, RECORD = "standing.changed", "standing.record_broken"
# A record that is found late, in an import of old orders, is history and no news.
NEWS_FOR = 3 * DAY


class Move(NamedTuple):
    kind: str
    data: dict[str, Any]


def moves(
    told: dict[str, Any], found: Figures, orders: tuple[Order, ...], now: float, settings: Settings
) -> tuple[dict[str, Any], list[Move]]:
    """(what is told from now on, what to tell now). `told` is what the last call returned, {} at first."""
    after = dict(told)
    news = [*engagement_moves(after, found, settings), *intent_moves(after, found, settings)]
    for figure in ("grade", "stage"):
        value = getattr(found, figure)
        before = after.get(figure)
        if before is not None and before != value:
            news.append(changed(figure, before, value, found))
        after[figure] = value
    news += record_moves(after, orders, now, settings)
    return after, news


def engagement_moves(after: dict[str, Any], found: Figures, settings: Settings) -> list[Move]:
    before, limits = after.get("engagement", 0), settings.engagement
    is_high = found.engagement >= limits.high
    has_moved = abs(found.engagement - before) > limits.move
    has_risen = is_high and not after.get("is_engaged", False)
    after["is_engaged"] = is_high
    if not (has_moved or has_risen):
        return []
    after["engagement"] = found.engagement
    return [changed("engagement", before, found.engagement, found)]


def intent_moves(after: dict[str, Any], found: Figures, settings: Settings) -> list[Move]:
    """Told when it becomes high; when it has fallen below, only remembered."""
    was_high, is_high = after.get("is_intent", False), found.intent > settings.intent.high
    after["is_intent"] = is_high
    if was_high or not is_high:
        return []
    return [changed("intent", None, found.intent, found)]


def changed(figure: str, before: Any, value: Any, found: Figures) -> Move:
    return Move(CHANGED, {"figure": figure, "from": before, "to": value, "why": found.reasons.get(figure, [])})


def record_moves(after: dict[str, Any], orders: tuple[Order, ...], now: float, settings: Settings) -> list[Move]:
    known: dict[str, int] = dict(after.get("records", {}))
    news = []
    for order, before in records(orders, settings.record_percent):
        if now - order.at <= NEWS_FOR and order.amount > known.get(order.currency, 0):
            known[order.currency] = order.amount
            units = money.minor_units(order.currency)
            data = {"currency": order.currency, "amount": order.amount / units, "before": before / units}
            news.append(Move(RECORD, data))
    if known:
        after["records"] = known
    return news
