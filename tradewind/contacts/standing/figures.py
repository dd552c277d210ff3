"""All figures of one person at one moment, and when they may change by time alone. Pure: no database, no clock."""

from typing import NamedTuple

from tradewind.contacts.standing import buying, cycle, place
from tradewind.contacts.standing.engagement import engagement
from tradewind.contacts.standing.history import DAY, HOUR, MINUTE, History, Reason
from tradewind.contacts.standing.intent import heat, intent, warmth
from tradewind.contacts.standing.settings import Settings

# Scores that decay are reckoned anew within the hour, orders once a day.
DECAYS_EVERY, AGES_EVERY = 55 * MINUTE, DAY
SOONEST = MINUTE
NOTHING_LEFT = 0.05


class Figures(NamedTuple):
    """What stands in the row of `contact_standing`."""

    engagement: int
    intent: float
    heat: int
    grade: str
    recency: int
    frequency: int
    monetary: int
    stage: str
    orders: int
    last_order_at: float | None
    matrix: str
    growth: int | None
    is_potential_vip: bool
    zone_group: str
    dialect: str
    climate: str
    habit: str
    spent: dict[str, int]
    reasons: dict[str, list[Reason]]
    due_in: float | None  # seconds


def figures(person: History, now: float, settings: Settings) -> Figures:
    """Reckon everything. Never raises, whatever the times are."""
    engaged, why_engaged = engagement(person, now, settings.engagement)
    wishes, why_intent = intent(person, now, settings.intent)
    warm, last = heat(person, now)
    bought = buying.buying(person.orders, now, settings)
    stage, known, silent = cycle.stage(person, now, settings.stages, was_vip=was_vip(bought, settings))
    age = None if last is None else max(0.0, now - last)
    reasons: dict[str, list[Reason]] = {
        "engagement": why_engaged,
        "intent": why_intent,
        "heat": [("last_sign", warm, {"word": warmth(age), "at": last})] if last is not None else [],
        "stage": [("stage", 0, {"known": int(known), "silent": int(silent)})],
        **bought.reasons,
    }
    is_alive = engaged > 0 or wishes >= NOTHING_LEFT
    return Figures(
        engagement=engaged,
        intent=wishes,
        heat=warm,
        grade=bought.grade,
        recency=bought.recency,
        frequency=bought.frequency,
        monetary=bought.monetary,
        stage=stage,
        orders=bought.orders,
        last_order_at=bought.last_order_at,
        matrix=bought.matrix,
        growth=bought.growth,
        is_potential_vip=bought.is_potential_vip,
        zone_group=place.zone_group(person.zone),
        dialect=place.dialect(person.language, person.country),
        climate=place.climate(person.country),
        habit=place.habit((each.at for each in person.wrote), person.zone),
        spent=bought.spent,
        reasons={name: parts for name, parts in reasons.items() if parts},
        due_in=due_in(is_alive, age, bought, cycle.next_move(known, silent, settings.stages)),
    )


def was_vip(bought: buying.Buying, settings: Settings) -> bool:
    """Somebody whose silence costs: top class of money, or of orders, over all their time."""
    often = bought.orders >= settings.classes.orders_a_year[-1]
    return often or buying.money_class(bought.spent, settings)[0] == buying.TOP


def due_in(is_alive: bool, age: float | None, bought: buying.Buying, move_in_days: float | None) -> float | None:
    """Seconds until time alone may change a figure; None when only an event can."""
    waits = [] if move_in_days is None else [move_in_days * DAY + 1]
    if is_alive:
        waits.append(DECAYS_EVERY)
    if age is not None:
        waits += [limit - age + 1 for limit in (HOUR, DAY, 7 * DAY, 30 * DAY) if limit >= age]
    if bought.frequency > 1 or bought.recency > 1 or bought.growth is not None or bought.grade in ("A", "B"):
        waits.append(AGES_EVERY)
    return max(SOONEST, min(waits)) if waits else None
