"""A person writes: the window opens, throughput is used, and the business is told."""

from typing import Any

from tradewind.simulator.customers.people import Person
from tradewind.simulator.simulation import Simulation
from tradewind.simulator.world.shapes import Number

SHOWN_SECONDS = 30 * 86_400.0  # a username hides the phone number unless it was used in the last 30 days


def receive(simulation: Simulation, number: Number, person: Person, message: dict[str, Any], at: float) -> str:
    """Deliver one message of a person (Meta's own message object: `type` and its body, maybe `context`, `referral`).

    `from`, `id` and `timestamp` are set where they are missing. Returns the id, or "" when the business blocked the
    person.
    """
    if person.wa_id in simulation.kept(number.phone_number_id, "blocked", []):
        return ""
    shown = phone_shown(simulation, person, number, at)
    item: dict[str, Any] = {}
    if shown:
        item["from"] = person.wa_id
    item["from_user_id"] = simulation.people.user_id(person, number.portfolio_id)
    item["id"] = simulation.wamids.for_customer(person.wa_id, at)
    item["timestamp"] = str(int(at))
    item |= message
    item.setdefault("type", "text")
    open_window(simulation, number, person, at, from_ad="referral" in message)
    contact = simulation.contact_of(person, number, phone_shown=shown) if item["type"] != "system" else None
    simulation.tell(number, "messages", item, at, contact)
    simulation.audit.received += 1
    return str(item["id"])


def open_window(simulation: Simulation, number: Number, person: Person, at: float, *, from_ad: bool = False) -> None:
    """Count an inbound message or call: it opens the service window and uses throughput."""
    simulation.windows.person_wrote((number.phone_number_id, person.wa_id), at, from_ad=from_ad)
    if simulation.rules.inbound_uses_throughput and not simulation.rules.lifted:
        bucket = simulation.bucket(number, at)
        bucket.has_one(at)
        bucket.take()


def phone_shown(simulation: Simulation, person: Person, number: Number, at: float) -> bool:
    """False for people with a username whose phone number this portfolio has not used in the last 30 days."""
    if person.behaviour != "username_only":
        return True
    used = simulation.phones_used.get((number.portfolio_id, person.wa_id))
    return used is not None and at - used < SHOWN_SECONDS
