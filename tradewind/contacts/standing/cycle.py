"""The life cycle (product.md C8): where somebody is between the first day and history. Pure.

history    no sign for 180 days
sleeping   the same, of somebody who was worth much: a sleeping VIP
at_risk    no sign for 60 days
new        known for up to 30 days
growing    known for up to 90 days
regular    known for longer, and with us
"""

from tradewind.contacts.standing.history import DAY, History
from tradewind.contacts.standing.intent import last_sign
from tradewind.contacts.standing.settings import Stages

STAGES = ("new", "growing", "regular", "at_risk", "sleeping", "history")


def stage(person: History, now: float, days: Stages, *, was_vip: bool) -> tuple[str, float, float]:
    """(stage, days known, days since the last sign or the first day)."""
    began = min([person.created_at, *(order.at for order in person.orders)])
    last = max(last_sign(person) or began, began)
    known, silent = max(0.0, now - began) / DAY, max(0.0, now - last) / DAY
    if silent >= days.sleeping:
        return ("sleeping" if was_vip else "history"), known, silent
    if silent >= days.at_risk:
        return "at_risk", known, silent
    if known <= days.new:
        return "new", known, silent
    return ("growing" if known <= days.growing else "regular"), known, silent


def next_move(known: float, silent: float, days: Stages) -> float | None:
    """In how many days the stage may change by itself; None when it never does."""
    waits = [days.new - known, days.growing - known, days.at_risk - silent, days.sleeping - silent]
    return min((wait for wait in waits if wait >= 0), default=None)
