"""What the admin tells."""

from datetime import UTC, datetime
from typing import Any

from tradewind.simulator.phones import wa_id_of
from tradewind.simulator.simulation import Simulation


def state(simulation: Simulation, _query: dict[str, str]) -> dict[str, Any]:
    """Counters: accepted, refused by code, violations by limit, peaks, statuses, webhooks, the clock."""
    return {
        **simulation.audit.as_json(),
        "accept_log_lines": simulation.accept_log.count,
        "statuses": dict(simulation.analytics.statuses),
        "webhooks_pending": simulation.office.pending(),
        "webhooks": {**simulation.office.counts, "pending": simulation.office.pending()},
        "events_to_come": len(simulation.wheel),
        "people_in_24_hours": {
            name: ledger.count(simulation.clock.time()) for name, ledger in simulation.ledgers.items()
        },
        "clock": clock(simulation, {}),
    }


def faults(simulation: Simulation, _query: dict[str, str]) -> dict[str, Any]:
    """The faults that are on."""
    return {**simulation.faults.as_json(), "webhooks": simulation.mischief.as_json()}


def clock(simulation: Simulation, _query: dict[str, str]) -> dict[str, Any]:
    """Virtual time."""
    now = simulation.clock.time()
    shared = str(simulation.clock.shared_path) if simulation.clock.shared_path else None
    return {
        "time": now,
        "now": datetime.fromtimestamp(now, UTC).isoformat(),
        "speed": simulation.clock.speed,
        "shared": shared,
    }


def world(simulation: Simulation, _query: dict[str, str]) -> dict[str, Any]:
    """The world as it stands."""
    simulation.world.templates = list(simulation.shelf)
    return simulation.world.as_json()


def customer(simulation: Simulation, query: dict[str, str]) -> dict[str, Any]:
    """One person by phone: who they are, also when made on the fly; with their user ids by portfolio."""
    person = simulation.people.at(wa_id_of(query.get("phone", "").lstrip("+ ")))
    ids = {portfolio: simulation.people.user_id(person, portfolio) for portfolio in simulation.portfolios}
    known = person.customer
    return {
        "phone": known.phone,
        "wa_id": person.wa_id,
        "behaviour": known.behaviour,
        "name": known.name,
        "language": known.language,
        "timezone": known.timezone,
        "username": known.username,
        "user_ids": ids,
        "moved": person.moved,
        "stopped_marketing": person.stopped_marketing,
        "blocked_numbers": sorted(person.blocked_numbers),
    }


def webhook_body(simulation: Simulation, serial: str) -> bytes:
    """The raw body of one of the last webhooks; ValueError when it is gone."""
    body = simulation.office.bodies.get(int(serial)) if serial.isdigit() else None
    if body is None:
        raise ValueError(f"webhook {serial} is not kept")
    return body
