"""What the admin sets: time, faults, people, events. Each verb takes JSON and tells what stands now; ValueError
when it is wrong.
"""

from copy import deepcopy
from dataclasses import fields
from datetime import datetime
from typing import Any

from tradewind.simulator.admin import reports
from tradewind.simulator.customers.people import Person
from tradewind.simulator.inbound import open_window, receive
from tradewind.simulator.phones import USER_ID, wa_id_of
from tradewind.simulator.simulation import Simulation
from tradewind.simulator.world.shapes import Number, Rules

ENVELOPE = ("phone_number_id", "from")
FASTEST = 1_000_000.0


def inbound(simulation: Simulation, wish: dict[str, Any] | list[dict[str, Any]]) -> dict[str, Any]:
    """A customer writes: `phone_number_id`, `from` (phone or user id), then Meta's message object. Also a list of
    such.
    """
    if isinstance(wish, list):
        return {"ids": [inbound(simulation, one)["id"] for one in wish]}
    number = _number(simulation, wish)
    person = _person(simulation, number, str(wish.get("from", "")))
    message = {name: value for name, value in wish.items() if name not in ENVELOPE}
    wamid = receive(simulation, number, person, message, simulation.clock.time())
    return {"id": wamid, "wa_id": person.wa_id, "user_id": simulation.people.user_id(person, number.portfolio_id)}


def event(simulation: Simulation, wish: dict[str, Any]) -> dict[str, Any]:
    """Inject any value of §6: `field`, `value`, and `waba_id` or `phone_number_id`. A `calls` event opens the
    window.
    """
    field, value = str(wish["field"]), wish["value"]
    if "phone_number_id" in wish:
        number = _number(simulation, wish)
        waba_id = number.waba_id
        if field == "calls" and "from" in wish:
            open_window(simulation, number, _person(simulation, number, str(wish["from"])), simulation.clock.time())
    else:
        waba_id = str(wish["waba_id"])
        if waba_id not in simulation.accounts:
            raise ValueError(f"waba_id: no account {waba_id}")
    simulation.tell_field(waba_id, field, value, simulation.clock.time())
    return {"success": True}


def raw(simulation: Simulation, query: dict[str, str], body: bytes) -> int:
    """Post any bytes, signed, to the callback of `app_id` (default: the first app), or to `url`."""
    app = simulation.apps[query["app_id"]] if "app_id" in query else next(iter(simulation.apps.values()))
    url = query.get("url") or app.callback_url
    if not url:
        raise ValueError("url: the app has no callback")
    return simulation.office.send_raw(url, app.app_secret, body)


def faults(simulation: Simulation, wish: dict[str, Any]) -> dict[str, Any]:
    """Switch faults: see faults.py and webhooks/mischief.py. {"clear": true} switches all off first."""
    own = {name: value for name, value in wish.items() if name not in ("webhooks", "down_seconds")}
    theirs = {"clear": True} | wish.get("webhooks", {}) if wish.get("clear") else wish.get("webhooks", {})
    down_seconds = float(wish.get("down_seconds", 0))
    deepcopy(simulation.faults).change(own)  # a wish that is wrong anywhere changes nothing
    deepcopy(simulation.mischief).change(theirs)
    simulation.faults.change(own)
    simulation.mischief.change(theirs)
    if down_seconds > 0:
        simulation.go_away(min(down_seconds, 3600.0))
    return reports.faults(simulation, {})


def clock(simulation: Simulation, wish: dict[str, Any]) -> dict[str, Any]:
    """{"advance": seconds}, {"speed": factor}, {"set": ISO time}; several at once in this order: set, advance,
    speed.
    """
    unknown = set(wish) - {"advance", "speed", "set"}
    if unknown or not wish:
        raise ValueError(f"clock: expected advance, speed or set, not {sorted(unknown)}")
    moment = datetime.fromisoformat(wish["set"]) if "set" in wish else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError("clock: set needs a time zone, as in 2026-12-01T09:00:00+00:00")
    speed = float(wish["speed"]) if "speed" in wish else None
    if speed is not None and not 0 <= speed <= FASTEST:
        raise ValueError(f"clock: speed must be from 0 to {FASTEST:,.0f}")
    to = moment.timestamp() if moment else None
    simulation.clock.move(to=to, by=float(wish.get("advance", 0)), speed=speed)
    simulation.wheel.wake()
    return reports.clock(simulation, {})


def customers(simulation: Simulation, wish: dict[str, Any] | list[dict[str, Any]]) -> dict[str, Any]:
    """Describe people (one, a list, or {"customers": […]}), or set {"shares": {…}} of behaviours among strangers."""
    if isinstance(wish, dict) and "shares" in wish:
        simulation.people.share({name: float(share) for name, share in wish["shares"].items()})
    several = wish if isinstance(wish, list) else wish.get("customers")
    if several is None:
        several = [wish] if "phone" in wish else []
    return {
        "customers": [reports.customer(simulation, {"phone": simulation.people.change(one).wa_id}) for one in several]
    }


def reset(simulation: Simulation, _wish: dict[str, Any]) -> dict[str, Any]:
    """Back to the world as given: faults off, nothing pending, counters at 0; logs and clock go on."""
    simulation.reset()
    return reports.state(simulation, {})


def rules(simulation: Simulation, wish: dict[str, Any]) -> dict[str, Any]:
    """Set rules, e.g. {"lifted": true}; all rules as they stand."""
    names = {part.name for part in fields(Rules)}
    for name, value in wish.items():
        if name not in names or not isinstance(value, type(getattr(simulation.rules, name))):
            raise ValueError(f"rules: {name} is unknown or of the wrong kind")
        setattr(simulation.rules, name, value)
    return {name: getattr(simulation.rules, name) for name in sorted(names)}


def subscribe(simulation: Simulation, wish: dict[str, Any]) -> dict[str, Any]:
    """Set an app's `callback_url` without the handshake: {"url", "app_id"?}; all fields are told."""
    app = simulation.apps[str(wish["app_id"])] if "app_id" in wish else next(iter(simulation.apps.values()))
    app.callback_url, app.webhook_fields = str(wish["url"]), []
    return {"app_id": app.app_id, "callback_url": app.callback_url}


def templates(simulation: Simulation, wish: dict[str, Any]) -> dict[str, Any]:
    """Set a template's fate: {"template": id or name, "status"?, "quality"?, "category"?, "pause"?: true,
    "pacing_after"?}.
    """
    found = [item for item in simulation.shelf if str(wish["template"]) in (item.template_id, item.name)]
    if not found:
        raise ValueError(f"template: none is called {wish['template']}")
    for template in found:
        if wish.get("pause"):
            simulation.quality.pause(template, simulation.clock.time())
        for name in ("status", "quality", "category", "pacing_after"):
            if name in wish:
                setattr(template, name, wish[name])
    return {
        "templates": [
            {"template_id": item.template_id, "status": item.status, "quality": item.quality} for item in found
        ]
    }


def numbers(simulation: Simulation, wish: dict[str, Any]) -> dict[str, Any]:
    """Change a number or its portfolio: {"phone_number_id", "throughput"?, "quality_rating"?, "status"?,
    "messaging_limit_tier"?}.
    """
    number = _number(simulation, wish)
    for name in ("throughput", "quality_rating", "status", "registered", "override_callback_uri"):
        if name in wish:
            setattr(number, name, wish[name])
    if "messaging_limit_tier" in wish:
        simulation.portfolio_of(number).messaging_limit_tier = str(wish["messaging_limit_tier"])
    return {"phone_number_id": number.phone_number_id, "throughput": number.throughput, "status": number.status}


def _number(simulation: Simulation, wish: dict[str, Any]) -> Number:
    known = simulation.numbers.get(str(wish.get("phone_number_id", "")))
    if known is None:
        raise ValueError(f"phone_number_id: no number {wish.get('phone_number_id')!r}")
    return known


def _person(simulation: Simulation, number: Number, text: str) -> Person:
    if USER_ID.fullmatch(text):
        person = simulation.people.by_user_id(number.portfolio_id, text)
        if person is None:
            raise ValueError(f"from: {text} is no user id of portfolio {number.portfolio_id}")
        return person
    digits = text.lstrip("+").replace(" ", "")
    if not digits.isascii() or not digits.isdigit():
        raise ValueError(f"from: {text!r} is neither a phone number nor a user id")
    return simulation.people.at(wa_id_of(digits))
