"""Grade, RFM classes, amount × frequency, growth, potential VIP, broken records (product.md C7). Pure functions.

Nothing is ever converted between currencies: a person's money class is the highest that any one currency gives.
"""

from bisect import bisect_right
from typing import NamedTuple

from tradewind.contacts import money
from tradewind.contacts.standing.history import DAY, Order, Reason
from tradewind.contacts.standing.settings import Grade, Settings

YEAR, QUARTER, MONTH = 365 * DAY, 90 * DAY, 30 * DAY
RARE, OFTEN = 2, 4  # classes up to, and from
TOP = 5
# Growth is told only of people with a year's mean worth the name.
FEWEST_ORDERS, OLDEST_AT_LEAST = 3, QUARTER
# A record needs something to be compared with.
ORDERS_BEFORE_RECORD = 2


class Buying(NamedTuple):
    """All of it for one person; zeros and "" without orders."""

    grade: str = ""
    recency: int = 0
    frequency: int = 0
    monetary: int = 0
    matrix: str = ""
    growth: int | None = None
    is_potential_vip: bool = False
    orders: int = 0
    last_order_at: float | None = None
    spent: dict[str, int] = {}
    reasons: dict[str, list[Reason]] = {}


def buying(orders: tuple[Order, ...], now: float, settings: Settings) -> Buying:
    """What the orders say. Those of a clock ahead of ours count as of now."""
    if not orders:
        return Buying()
    ages = [max(0.0, now - order.at) for order in orders]
    last = max(order.at for order in orders)
    a_year = sum(age <= YEAR for age in ages)
    a_quarter = sum(age <= QUARTER for age in ages)
    recency = TOP - bisect_less(settings.classes.recency_days, min(ages) / DAY)
    frequency = 1 + bisect_right(settings.classes.orders_a_year, a_year)
    monetary, currency, year_spend = money_class(spend(orders, ages, YEAR), settings)
    monthly = a_quarter / 3
    grade = grade_of(monthly, settings.grade)
    quarter_class = money_class({c: 4 * n for c, n in spend(orders, ages, QUARTER).items()}, settings)[0]
    is_potential = monetary < TOP and (quarter_class == TOP or grade == "A")
    grown = growth(orders, ages)
    return Buying(
        grade=grade,
        recency=recency,
        frequency=frequency,
        monetary=monetary,
        matrix=f"{band(monetary, 'low', 'middle', 'high')}_{band(frequency, 'rare', 'sometimes', 'often')}",
        growth=grown,
        is_potential_vip=is_potential,
        orders=len(orders),
        last_order_at=last,
        spent=spend(orders, ages, float("inf")),
        reasons={
            "grade": [("orders_a_month", 0, {"n": a_quarter, "monthly": round(monthly, 1)})],
            "recency": [("last_order", recency, {"days": int(min(ages) // DAY)})],
            "frequency": [("orders_a_year", frequency, {"n": a_year})],
            "monetary": [("spend_a_year", monetary, {"amount": year_spend, "currency": currency})],
        },
    )


def bisect_less(limits: tuple[int, ...], days: float) -> int:
    """How many limits lie below: up to and with a limit one is still within it."""
    return sum(days > limit for limit in limits)


def grade_of(orders_a_month: float, limits: Grade) -> str:
    if orders_a_month >= limits.a_from:
        return "A"
    return "B" if orders_a_month >= limits.b_from else "C"


def spend(orders: tuple[Order, ...], ages: list[float], within: float) -> dict[str, int]:
    """Money by currency in its smallest unit, over so many seconds back."""
    found: dict[str, int] = {}
    for order, age in zip(orders, ages, strict=True):
        if age <= within and order.currency:
            found[order.currency] = found.get(order.currency, 0) + order.amount
    return dict(sorted(found.items()))


def money_class(spent: dict[str, int], settings: Settings) -> tuple[int, str, int]:
    """(1–5, the currency that gives it, how much of it in its smallest unit); money that nobody told is class 1."""
    found = [
        (1 + bisect_right(settings.spend_a_year(currency), amount / money.minor_units(currency)), currency, amount)
        for currency, amount in spent.items()
    ]
    return max(found, default=(1, settings.currency, 0), key=lambda each: (each[0], each[1] == settings.currency))


def band(value: int, low: str, middle: str, high: str) -> str:
    return low if value <= RARE else high if value >= OFTEN else middle


def growth(orders: tuple[Order, ...], ages: list[float]) -> int | None:
    """The last 30 days against an average month of the year, in percent; None when there is too little to compare.

    In the currency in which most orders of the year are.
    """
    live = [(order, age) for order, age in zip(orders, ages, strict=True) if age <= YEAR and order.currency]
    if len(live) < FEWEST_ORDERS or max(age for _order, age in live) < OLDEST_AT_LEAST:
        return None
    counts: dict[str, int] = {}
    for order, _age in live:
        counts[order.currency] = counts.get(order.currency, 0) + 1
    main = max(sorted(counts), key=lambda currency: counts[currency])
    year = sum(order.amount for order, _age in live if order.currency == main)
    if not year:
        return None
    span = max(age for _order, age in live)
    month = sum(order.amount for order, age in live if order.currency == main and age <= MONTH)
    return max(-100, min(10_000, round(100 * (month / (year * MONTH / span) - 1))))


def records(orders: tuple[Order, ...], percent: int) -> list[tuple[Order, int]]:
    """Orders larger than every earlier one of their currency by so many percent, each with the record it broke."""
    best: dict[str, tuple[int, int]] = {}  # currency → (orders so far, the largest)
    broken = []
    for order in sorted(orders):
        if not order.amount:
            continue
        count, largest = best.get(order.currency, (0, 0))
        if count >= ORDERS_BEFORE_RECORD and order.amount * 100 >= largest * (100 + percent):
            broken.append((order, largest))
        best[order.currency] = (count + 1, max(largest, order.amount))
    return broken
