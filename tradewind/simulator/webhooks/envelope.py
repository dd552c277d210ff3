"""From single events to Meta's envelope: entries by account, changes by field and number."""

from typing import Any, NamedTuple

from tradewind.simulator.world.shapes import Number

MOST_BYTES = 3_000_000  # Meta's own ceiling for a body is 3 MB


class Event(NamedTuple):
    """One thing to tell. `field` is the subscribed field; for `messages`, `part` names the list that `payload`
    belongs to.
    """

    waba_id: str
    number: Number | None
    field: str
    part: str  # "messages", "statuses", "errors", "user_actions", or "" when payload is the whole value
    payload: Any
    contact: dict[str, Any] | None
    at: float

    def key(self) -> list[str]:
        """What identifies the event in the log of tries."""
        if self.part == "statuses":
            return ["status", self.payload["id"], self.payload["status"]]
        if self.part == "messages":
            return ["message", self.payload["id"]]
        return [self.field, self.part]


def envelope(events: list[Event]) -> dict[str, Any]:
    """One webhook body for events of one destination, in their order as far as grouping allows."""
    entries: dict[tuple[str, int | None], dict[str, Any]] = {}
    values: dict[tuple[str, str, str], dict[str, Any]] = {}
    for event in events:
        timed = None if event.field == "messages" else int(event.at)
        entry = entries.get((event.waba_id, timed))
        if entry is None:
            entry = entries[event.waba_id, timed] = _entry(event.waba_id, timed)
        if not event.part or event.number is None:
            entry["changes"].append({"field": event.field, "value": event.payload})
            continue
        _add(entry, values, event)
    return {"object": "whatsapp_business_account", "entry": list(entries.values())}


def _entry(waba_id: str, timed: int | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": waba_id}
    if timed is not None:
        entry["time"] = timed
    entry["changes"] = []
    return entry


def _add(entry: dict[str, Any], values: dict[tuple[str, str, str], dict[str, Any]], event: Event) -> None:
    number = event.number
    assert number is not None
    key = (number.phone_number_id, event.field, event.part)
    value = values.get(key)
    if value is None:
        shown = number.digits
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": shown, "phone_number_id": key[0]},
        }
        values[key] = value
        entry["changes"].append({"field": event.field, "value": value})
    if event.contact is not None:
        contacts = value.setdefault("contacts", [])
        if event.contact not in contacts[-3:]:
            contacts.append(event.contact)
    value.setdefault(event.part, []).append(event.payload)
