"""Intent: how much somebody seems about to buy; heat: how long ago they last gave a sign (product.md C6). Pure."""

from collections.abc import Iterable
from typing import Any

from tradewind.contacts.standing.history import CART, CLICK, DAY, HOUR, History, Reason
from tradewind.contacts.standing.settings import Intent

# What is older is worth less than a twentieth and no longer counted.
WINDOW = 30 * DAY
# (up to, heat)
HEATS = ((HOUR, 3), (DAY, 2), (7 * DAY, 1))
COLD_AFTER = 30 * DAY


def intent(person: History, now: float, weights: Intent) -> tuple[float, list[Reason]]:
    """Σ points × 2^(−age ÷ half-life): a question 1.5, a message read 0.3, a click 1, a cart 1. The sum and reasons."""
    kinds = (
        ("questions", weights.question, [each.at for each in person.wrote if each.is_question]),
        ("reads", weights.read, [each.read_at for each in person.sent if each.read_at is not None]),
        ("clicks", weights.click, [each.at for each in person.signs if each.kind == CLICK]),
        ("carts", weights.cart, [each.at for each in person.signs if each.kind == CART]),
    )
    half_life = weights.half_life_days * DAY
    parts, total = [], 0.0
    for name, weight, times in kinds:
        count, points = worth(times, now, half_life)
        if count and weight:
            total += weight * points
            parts.append((name, round(weight * points, 2), {"n": count}))
    return round(total, 2), parts


def worth(times: Iterable[float], now: float, half_life: float) -> tuple[int, float]:
    """How many still count, and what they are worth together. Summed in one order, so that it is exact."""
    ages = sorted(max(0.0, now - at) for at in times)
    live = [age for age in ages if age <= WINDOW]
    return len(live), sum(2.0 ** (-age / half_life) for age in live)


def heat(person: History, now: float) -> tuple[int, float | None]:
    """3 within an hour of the last sign, 2 within a day, 1 within 7 days, else 0; and when that was."""
    last = last_sign(person)
    if last is None:
        return 0, None
    age = max(0.0, now - last)
    return next((warm for limit, warm in HEATS if age <= limit), 0), last


def last_sign(person: History) -> float | None:
    """When the person last did anything: wrote, read, clicked, visited, ordered."""
    times = [
        *(each.at for each in person.wrote),
        *(each.read_at for each in person.sent if each.read_at is not None),
        *(each.at for each in person.signs),
        *(each.at for each in person.orders),
    ]
    return max(times, default=None)


def warmth(age_seconds: float | None) -> str:
    """The word for heat, with "cold" told from merely cool: no sign in 30 days."""
    if age_seconds is None or age_seconds > COLD_AFTER:
        return "cold"
    words: dict[Any, str] = {3: "hot", 2: "warm", 1: "mild"}
    return next((words[warm] for limit, warm in HEATS if age_seconds <= limit), "cool")
