"""What becomes of an accepted message: its statuses, one after the other, and the reaction of the person who gets
it.
"""

from typing import Any

from tradewind.simulator.customers.chance import between
from tradewind.simulator.customers.conduct import react
from tradewind.simulator.customers.people import Person
from tradewind.simulator.graph.errors import status_error
from tradewind.simulator.simulation import Simulation
from tradewind.simulator.world.shapes import Number, Template

SILENT = frozenset({"delivered_only", "slow", "never_online"})  # people who do not read
LISTENS_AFTER_SECONDS = 3.0  # from reading to playing a voice message
PRICED_ON_SENT_SHARE = 0.7  # pricing stands on sent, or on the first of delivered and read


class Outgoing:
    """One accepted message, until its last status."""

    __slots__ = (
        "accepted_at",
        "callback_data",
        "category",
        "choices",
        "draws",
        "free_until",
        "identity_hash",
        "kind",
        "number",
        "person",
        "phone_shown",
        "price",
        "priced",
        "template",
        "user_id",
        "wamid",
    )

    def __init__(self, wamid: str, number: Number, person: Person, kind: str, category: str, at: float) -> None:
        self.wamid, self.number, self.person, self.kind, self.category = wamid, number, person, kind, category
        self.accepted_at = at
        self.callback_data: str | None = None
        self.template: Template | None = None
        self.price: dict[str, Any] | None = None
        self.priced = False
        self.free_until: float | None = None
        self.phone_shown = True
        self.user_id = ""
        self.identity_hash: str | None = None  # the message goes only to a person with this one
        self.choices: list[dict[str, Any]] = []  # what the person can tap
        self.draws = (0.0, 0.0, 0.0, 0.0, 0.0)

    @property
    def pair(self) -> tuple[str, str]:
        """(number, person)."""
        return self.number.phone_number_id, self.person.wa_id


def begin(simulation: Simulation, message: Outgoing) -> None:
    """Start the life of an accepted message."""
    salt = message.template.name if message.template else message.kind
    message.draws = simulation.chance.draw(
        f"{message.person.wa_id}|{message.number.phone_number_id}|{salt}|{message.person.heard}"
    )
    message.user_id = simulation.people.user_id(message.person, message.number.portfolio_id)
    code = refusal(simulation, message)
    wait = between(simulation.world.timing.sent, message.draws[0])
    if code:
        simulation.wheel.at(message.accepted_at + wait, fail, simulation, message, code, "")
    else:
        simulation.wheel.at(message.accepted_at + wait, _sent, simulation, message)


def refusal(simulation: Simulation, message: Outgoing) -> int:
    """The code with which WhatsApp fails this message after accepting it, or 0."""
    person, behaviour = message.person, message.person.behaviour
    if behaviour == "not_on_whatsapp" or person.moved or message.number.phone_number_id in person.blocked_numbers:
        return 131026
    if message.identity_hash is not None and message.identity_hash != person.identity_hash:
        return 137000
    if message.category != "marketing":
        return 0
    if person.stopped_marketing:
        return 131050
    if person.country == "US":
        return 131049
    if behaviour == "capped" and not simulation.windows.is_open(message.pair, message.accepted_at):
        return 131049
    return 130472 if behaviour == "experiment" else 0


def fail(at: float, simulation: Simulation, message: Outgoing, code: int, details: str) -> None:
    """Tell that the message failed. Like Meta's, the status bears no pricing, and no contact."""
    payload = _status(simulation, message, "failed", at)
    payload["errors"] = [status_error(code, details)]
    simulation.audit.failed[code] += 1
    simulation.note_status(message, "failed", at)
    simulation.tell(message.number, "statuses", payload, at)


def _sent(at: float, simulation: Simulation, message: Outgoing) -> None:
    _tell(simulation, message, "sent", at)
    if message.kind == "reaction" or message.person.behaviour == "never_online":
        return
    timing, customer = simulation.world.timing, message.person.customer
    span = timing.slow if message.person.behaviour == "slow" else timing.delivered
    wait = customer.delivers_after_seconds
    if wait is None:
        wait = between(span, message.draws[1])
    simulation.wheel.at(max(at, message.accepted_at + wait), _delivered, simulation, message)


def _delivered(at: float, simulation: Simulation, message: Outgoing) -> None:
    person, skipped = message.person, message.draws[4] < simulation.world.skips_delivered_share
    reads = person.customer.reads_after_seconds is not None or person.behaviour not in SILENT
    reads = reads and person.customer.receipts
    if not (skipped and reads):
        _tell(simulation, message, "delivered", at)
    simulation.quality.delivered(message, at)
    wait = person.customer.reads_after_seconds
    if wait is None:
        wait = between(simulation.world.timing.read, message.draws[2])
    if reads:
        simulation.wheel.at(at + (0.0 if skipped else wait), _read, simulation, message)
    react(simulation, message, at)


def _read(at: float, simulation: Simulation, message: Outgoing) -> None:
    _tell(simulation, message, "read", at)
    if message.kind == "audio":
        simulation.wheel.at(at + LISTENS_AFTER_SECONDS, _played, simulation, message)


def _played(at: float, simulation: Simulation, message: Outgoing) -> None:
    _tell(simulation, message, "played", at)


def _tell(simulation: Simulation, message: Outgoing, word: str, at: float) -> None:
    payload = _status(simulation, message, word, at)
    payload["recipient_user_id"] = message.user_id
    contact = _contact(message, word)
    if message.free_until is not None:
        payload["conversation"] = _conversation(message, word)
    if message.price and not message.priced and (word != "sent" or message.draws[3] < PRICED_ON_SENT_SHARE):
        payload["pricing"], message.priced = message.price, True
    simulation.note_status(message, word, at)
    simulation.tell(message.number, "statuses", payload, at, contact)


def _contact(message: Outgoing, word: str) -> dict[str, Any]:
    contact: dict[str, Any] = {"user_id": message.user_id}
    if message.phone_shown:
        contact["wa_id"] = message.person.wa_id
    username = message.person.customer.username
    if username and word != "sent":  # a user name is told on delivered and read only
        contact["profile"] = {"username": username}
    return contact


def _status(simulation: Simulation, message: Outgoing, word: str, at: float) -> dict[str, Any]:
    payload: dict[str, Any] = {"id": message.wamid, "status": word, "timestamp": str(int(at))}
    if message.phone_shown:
        payload["recipient_id"] = message.person.wa_id
    if message.callback_data is not None:
        payload["biz_opaque_callback_data"] = message.callback_data
    return payload


def _conversation(message: Outgoing, word: str) -> dict[str, Any]:
    opened = f"fep-{message.number.phone_number_id}-{message.person.wa_id}-{int(message.free_until or 0)}"
    conversation: dict[str, Any] = {"id": opened, "origin": {"type": "referral_conversion"}}
    if word == "sent":
        conversation["expiration_timestamp"] = str(int(message.free_until or 0))
    return conversation
