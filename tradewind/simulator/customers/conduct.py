"""How people act once a message is on their phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tradewind.simulator.customers import attachments
from tradewind.simulator.customers.chance import between
from tradewind.simulator.customers.voices import REPLIES, STOP_WORDS
from tradewind.simulator.inbound import receive
from tradewind.simulator.world.shapes import Customer

if TYPE_CHECKING:
    from tradewind.simulator.outcomes import Outgoing
    from tradewind.simulator.simulation import Simulation

EMOJI = ("👍", "❤️", "😂", "😮", "🙏")
ANSWERS_TO_CHAT_SHARE = 0.5  # not every free-form message is answered, so two machines do not talk for ever
USERNAME_REPLY_SHARE = 0.3


def react(simulation: Simulation, message: Outgoing, at: float) -> None:
    """Let the person who just got a message do what they do, after their own time."""
    act = _act_of(simulation, message)
    if act is None:
        return
    person = message.person
    person.heard += 1
    simulation.people.remember(person)
    wait = person.customer.replies_after_seconds
    if wait is None:
        wait = between(simulation.world.timing.reply, message.draws[3])
    simulation.wheel.at(at + wait, act, simulation, message)


def _act_of(simulation: Simulation, message: Outgoing) -> Any:
    behaviour = message.person.behaviour
    if message.person.customer.reply is not None:
        return _say_given
    if behaviour in ("stops", "stops_natively", "blocks") and message.category != "marketing":
        return None
    if behaviour == "username_only":
        return _reply if message.draws[4] < USERNAME_REPLY_SHARE else None
    if behaviour in ("replies", "reacts") and message.template is None and message.draws[4] > ANSWERS_TO_CHAT_SHARE:
        return None
    if behaviour.startswith("sends_") and message.template is None:
        return None
    return ACTS.get(behaviour)


def _say(simulation: Simulation, message: Outgoing, at: float, item: dict[str, Any]) -> None:
    if "context" not in item and message.draws[4] < 0.5:  # half the people answer by quoting
        item["context"] = {"from": message.number.digits, "id": message.wamid}
    receive(simulation, message.number, message.person, item, at)


def _say_given(at: float, simulation: Simulation, message: Outgoing) -> None:
    _say(simulation, message, at, dict(message.person.customer.reply or {}))


def _reply(at: float, simulation: Simulation, message: Outgoing) -> None:
    words = REPLIES.get(message.person.customer.language, REPLIES["en"])
    text = words[(int(message.draws[4] * 997) + message.person.heard) % len(words)]
    _say(simulation, message, at, {"type": "text", "text": {"body": text}})


def _stop(at: float, simulation: Simulation, message: Outgoing) -> None:
    words = STOP_WORDS.get(message.person.customer.language, STOP_WORDS["en"])
    _say(simulation, message, at, {"type": "text", "text": {"body": words[int(message.draws[4] * len(words))]}})


def _stop_natively(at: float, simulation: Simulation, message: Outgoing) -> None:
    person, number = message.person, message.number
    person.stopped_marketing = True
    contact = simulation.contact_of(person, number, phone_shown=message.phone_shown)
    preference = {
        "category": "marketing_messages",
        "value": "stop",
        "detail": "User requested to stop marketing messages",
        "timestamp": int(at),
        "user_id": contact["user_id"],
    }
    if message.phone_shown:
        preference["wa_id"] = person.wa_id
    value = {
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "user_preferences": [preference],
        "metadata": {"display_phone_number": number.digits, "phone_number_id": number.phone_number_id},
    }
    simulation.tell_field(number.waba_id, "user_preferences", value, at)


def _block(at: float, simulation: Simulation, message: Outgoing) -> None:
    message.person.blocked_numbers.add(message.number.phone_number_id)
    simulation.quality.blocked(message, at)


def _click(at: float, simulation: Simulation, message: Outgoing) -> None:
    if not message.choices:
        return
    choice = dict(message.choices[int(message.draws[4] * len(message.choices))])
    text = choice.get("button", {}).get("text", "")
    if text:
        simulation.analytics.note_click(message, text, at)
    choice["context"] = {"from": message.number.digits, "id": message.wamid}
    receive(simulation, message.number, message.person, choice, at)


def _emoji(at: float, simulation: Simulation, message: Outgoing) -> None:
    emoji = EMOJI[int(message.draws[4] * len(EMOJI))]
    item = {"type": "reaction", "reaction": {"message_id": message.wamid, "emoji": emoji}}
    receive(simulation, message.number, message.person, item, at)


def _image(at: float, simulation: Simulation, message: Outgoing) -> None:
    _say(simulation, message, at, attachments.image(simulation, message.number, message.person, at))


def _voice(at: float, simulation: Simulation, message: Outgoing) -> None:
    _say(simulation, message, at, attachments.voice(simulation, message.number, at))


def _location(at: float, simulation: Simulation, message: Outgoing) -> None:
    _say(simulation, message, at, attachments.location(message.draws))


def _change_number(at: float, simulation: Simulation, message: Outgoing) -> None:
    old, number, people = message.person, message.number, simulation.people
    fresh = old.wa_id[:-1] + str((int(old.wa_id[-1]) + 5) % 10)
    previous = people.user_id(old, number.portfolio_id)
    old.moved = True
    was = old.customer
    new = people.define(Customer("+" + fresh, "reads", was.name, was.language, was.timezone, receipts=was.receipts))
    system = {
        "type": "user_changed_number",
        "body": f"User {was.name} changed from {old.wa_id} to {fresh}",
        "wa_id": fresh,
        "user_id": people.user_id(new, number.portfolio_id),
        "previous_user_id": previous,
    }
    receive(simulation, number, old, {"type": "system", "system": system}, at)


ACTS = {
    "replies": _reply,
    "stops": _stop,
    "stops_natively": _stop_natively,
    "blocks": _block,
    "clicks": _click,
    "reacts": _emoji,
    "sends_image": _image,
    "sends_voice": _voice,
    "sends_location": _location,
    "changes_number": _change_number,
}
