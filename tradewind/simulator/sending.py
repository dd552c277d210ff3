"""Sending: the checks in Meta's order, then acceptance.

Acceptance writes the log line before anything is answered, so whatever happens to the answer the oracle knows the
truth.
"""

from typing import Any

from tradewind.simulator import outcomes
from tradewind.simulator.customers.people import Person
from tradewind.simulator.faults import Fault
from tradewind.simulator.graph.errors import GraphError, bad, missing
from tradewind.simulator.limits.people import NEXT_TIER, TIERS
from tradewind.simulator.outcomes import Outgoing
from tradewind.simulator.phones import USER_ID, digits_of, wa_id_of
from tradewind.simulator.pricing import SERVICE_CHARGED_FROM
from tradewind.simulator.simulation import Simulation
from tradewind.simulator.validation.messages import check_message
from tradewind.simulator.validation.template_message import check_template_message
from tradewind.simulator.world.shapes import Number, Template

TIER_CHECK_SECONDS = 6 * 3600.0
BARRED_COUNTRIES = frozenset({"CU", "IR", "KP", "SY"})  # Meta's messaging policy bars businesses from these
LIMIT_OF_CODE = {130429: "throughput", 131056: "pair", 131048: "portfolio", 131047: "window", 131049: "marketing_us"}


class Sending:
    """One request to send: what was asked, and whom it reaches."""

    person: Person  # known once the recipient is checked
    echo: str = ""  # what the caller wrote
    digits: str = ""  # "" when the recipient is a user id

    def __init__(
        self, simulation: Simulation, number: Number, body: dict[str, Any], *, is_marketing_api: bool = False
    ) -> None:
        self.simulation, self.number, self.body, self.is_marketing_api = simulation, number, body, is_marketing_api
        self.at = simulation.clock.time()
        self.template: Template | None = None


def send(sending: Sending, fault: Fault | None) -> dict[str, Any]:
    """Check and accept a message; the answer's body. Raises GraphError, counted, when it is refused."""
    simulation = sending.simulation
    try:
        _check(sending)
    except GraphError as refusal:
        simulation.audit.refused[refusal.code] += 1
        if refusal.code in LIMIT_OF_CODE:
            simulation.audit.violations[LIMIT_OF_CODE[refusal.code]] += 1
        raise
    return _accept(sending, fault)


def _check(sending: Sending) -> None:
    _check_sender(sending)
    check_message(sending.body)
    sending.person = _recipient(sending)
    if sending.body["type"] == "template":
        sending.template = check_template_message(
            sending.simulation.shelf, sending.number.waba_id, sending.body["template"]
        )
    if sending.person.country in BARRED_COUNTRIES:
        raise GraphError(130497, f"Messages to {sending.person.country} are not allowed.")
    _check_product(sending)
    _check_limits(sending)


def _check_sender(sending: Sending) -> None:
    number, account = sending.number, sending.simulation.accounts[sending.number.waba_id]
    if number.status in ("DELETED", "MIGRATED"):
        raise GraphError(33, "The business phone number has been deleted.")
    if not number.registered:
        raise GraphError(133010, "The business phone number is not registered on the WhatsApp Business Platform.")
    if number.status in ("BANNED", "DISABLED", "RESTRICTED") or account.status in ("DISABLED", "BANNED", "RESTRICTED"):
        raise GraphError(131031, "The WhatsApp Business Account is restricted or disabled.")
    if number.digits.startswith("1555") and number.name_status != "APPROVED":
        raise GraphError(131037, "The display name of this 555 number is not approved.")
    if account.status == "PAYMENT_ISSUE":
        raise GraphError(131042)


def _recipient(sending: Sending) -> Person:
    body, number, simulation = sending.body, sending.number, sending.simulation
    if body.get("recipient_type") == "group":
        raise GraphError(131041, "No group with this id.")
    to, recipient = body.get("to"), body.get("recipient")
    if to is None and recipient is None:
        raise missing("to")
    if to is None:
        return _by_user_id(sending, recipient)
    if isinstance(to, str) and USER_ID.fullmatch(to):
        raise bad("to", "is a business-scoped user id; use recipient.")
    digits = digits_of(to, number.country_code) if isinstance(to, str) else None
    if digits is None:
        raise bad("to", "is not a valid phone number.")
    if digits == number.digits:
        raise GraphError(131021, "The sender and the recipient are the same phone number.")
    sending.echo, sending.digits = to, digits
    return simulation.people.at(wa_id_of(digits))


def _by_user_id(sending: Sending, recipient: Any) -> Person:
    if not isinstance(recipient, str) or not USER_ID.fullmatch(recipient):
        raise bad("recipient", "is not a business-scoped user id.")
    person = sending.simulation.people.by_user_id(sending.number.portfolio_id, recipient)
    if person is None:
        raise bad("recipient", "is not a user id of this business portfolio.")
    sending.echo, sending.digits = recipient, ""
    return person


def _check_product(sending: Sending) -> None:
    """The rules of the two endpoints, and what a user id may not get."""
    template, account = sending.template, sending.simulation.account_of(sending.number)
    if sending.is_marketing_api:
        if template is None:
            raise GraphError(131055, "Only template messages can be sent on this endpoint.")
        if account.marketing_messages_onboarding_status != "ONBOARDED":
            raise GraphError(134102, "The account is not onboarded to Marketing Messages.")
        if template.category != "MARKETING":
            raise GraphError(134100, "Only marketing templates can be sent on this endpoint.")
    elif template and template.category == "MARKETING" and not account.marketing_on_messages:
        raise GraphError(131063, "Marketing templates must be sent with the Marketing Messages API.")
    if template and template.category == "AUTHENTICATION" and not sending.digits:
        raise GraphError(131062, "Authentication templates cannot be sent to a business-scoped user id.")


def _check_limits(sending: Sending) -> None:
    simulation, number, at = sending.simulation, sending.number, sending.at
    pair = (number.phone_number_id, sending.person.wa_id)
    is_open = simulation.windows.is_open(pair, at)
    if sending.template is None and not is_open and simulation.rules.window_refusal == "sync":
        raise GraphError(131047, "More than 24 hours have passed since the customer last replied to this number.")
    if sending.template is None and _must_pay_and_cannot(sending):
        raise GraphError(131042, "The free allowance is used up and there is no payment method.")
    if simulation.rules.lifted:
        return
    if not simulation.bucket(number, at).has_one(at):
        raise GraphError(130429, "Cloud API message throughput has been reached.")
    wait = simulation.pairs.wait_seconds(pair, at)
    if wait:
        raise GraphError(131056, f"Too many messages from this number to this person; wait {wait:.0f} seconds.")
    if not is_open:
        _check_people(sending)


def _must_pay_and_cannot(sending: Sending) -> bool:
    simulation, number, at = sending.simulation, sending.number, sending.at
    if simulation.account_of(number).payment_method or at < SERVICE_CHARGED_FROM:
        return False
    return simulation.pricing.free_left(number.phone_number_id, at) == 0


def _check_people(sending: Sending) -> None:
    simulation, portfolio_id = sending.simulation, sending.number.portfolio_id
    ledger, person = simulation.ledgers[portfolio_id], sending.person.wa_id
    if ledger.has(person, sending.at):
        return
    limit = TIERS[simulation.portfolios[portfolio_id].messaging_limit_tier]
    if ledger.count(sending.at) >= limit:
        raise GraphError(131048, f"The portfolio has reached its limit of {limit} people in 24 hours.")


def _accept(sending: Sending, fault: Fault | None) -> dict[str, Any]:
    simulation, person, number, at = sending.simulation, sending.person, sending.number, sending.at
    message = _outgoing(sending, fault)
    simulation.accept_log.add(_log_line(sending, message))
    _count(sending, message)
    held = message.template is not None and simulation.quality.holds(message.template)
    if held:
        simulation.quality.hold(message, at)
    elif sending.template is None and not simulation.windows.is_open(message.pair, at):
        simulation.wheel.at(at + 0.5, outcomes.fail, simulation, message, 131047, "")
    elif message.kind == "reaction" and not _can_react(sending):
        simulation.wheel.at(
            at + 0.5, outcomes.fail, simulation, message, 131009, "The message to react to is not known."
        )
    else:
        outcomes.begin(simulation, message)
    simulation.windows.business_wrote(message.pair, at)
    return _answer(sending, message, person, number, held)


def _outgoing(sending: Sending, fault: Fault | None) -> Outgoing:
    simulation, person, number, at, body = sending.simulation, sending.person, sending.number, sending.at, sending.body
    template = sending.template
    repeated = fault is not None and fault.kind == "repeated_wamid" and simulation.last_wamid
    wamid = simulation.last_wamid if repeated else simulation.wamids.for_business(person.wa_id, at)
    simulation.last_wamid = wamid
    message = Outgoing(wamid, number, person, body["type"], template.category.lower() if template else "service", at)
    message.template = template
    message.callback_data = body.get("biz_opaque_callback_data")
    message.identity_hash = body.get("recipient_identity_key_hash")
    message.choices = choices_of(body, template)
    message.free_until = simulation.windows.free_until(message.pair, at)
    message.price = simulation.pricing.price(
        message.category,
        at,
        number_id=number.phone_number_id,
        window_open=simulation.windows.is_open(message.pair, at),
        free_entry=message.free_until is not None,
        countries=(person.country, simulation.accounts[number.waba_id].country),
    )
    _remember_phone(sending, message)
    return message


def _remember_phone(sending: Sending, message: Outgoing) -> None:
    if sending.person.behaviour != "username_only":
        return
    key = (sending.number.portfolio_id, sending.person.wa_id)
    if sending.digits:
        sending.simulation.phones_used[key] = sending.at
    message.phone_shown = bool(sending.digits)


def _log_line(sending: Sending, message: Outgoing) -> dict[str, Any]:
    line = {
        "time": sending.at,
        "number": message.number.phone_number_id,
        "recipient": message.person.wa_id,
        "to": sending.echo,
        "callback_data": message.callback_data,
        "wamid": message.wamid,
        "type": message.kind,
    }
    if message.template:
        line["template"] = message.template.name
        line["language"] = message.template.language
    return line


def _count(sending: Sending, message: Outgoing) -> None:
    simulation, at = sending.simulation, sending.at
    simulation.audit.note_accepted(message.number.phone_number_id, at)
    if simulation.rules.lifted:
        return
    simulation.bucket(message.number, at).take()
    simulation.pairs.take(message.pair, at)
    simulation.audit.note_pair(message.pair, at)
    if not simulation.windows.is_open(message.pair, at):
        _count_person(sending)


def _count_person(sending: Sending) -> None:
    simulation, portfolio = sending.simulation, sending.simulation.portfolio_of(sending.number)
    ledger = simulation.ledgers[portfolio.portfolio_id]
    ledger.add(sending.person.wa_id, sending.at)
    count = ledger.count(sending.at)
    simulation.audit.note_people(portfolio.portfolio_id, count)
    half = TIERS[portfolio.messaging_limit_tier] // 2
    if count == half and portfolio.upgrades_by_itself and portfolio.messaging_limit_tier in NEXT_TIER:
        simulation.wheel.at(sending.at + TIER_CHECK_SECONDS, raise_tier, simulation, portfolio.portfolio_id, half * 2)


def raise_tier(at: float, simulation: Simulation, portfolio_id: str, limit: int) -> None:
    """Lift a portfolio that used half its limit to the next tier, unless one of its numbers is RED; tell its
    accounts.
    """
    portfolio = simulation.portfolios[portfolio_id]
    numbers = [number for number in simulation.numbers.values() if number.portfolio_id == portfolio_id]
    if TIERS[portfolio.messaging_limit_tier] != limit or any(number.quality_rating == "RED" for number in numbers):
        return
    if portfolio.messaging_limit_tier == "TIER_250" and not portfolio.verified:
        return
    portfolio.messaging_limit_tier = NEXT_TIER[portfolio.messaging_limit_tier]
    value = {
        "max_daily_conversations_per_business": portfolio.messaging_limit_tier,
        "max_phone_numbers_per_business": 20,
        "max_phone_numbers_per_waba": 25,
    }
    for waba_id in sorted({number.waba_id for number in numbers}):
        simulation.tell_field(waba_id, "business_capability_update", value, at)


def _can_react(sending: Sending) -> bool:
    known = sending.simulation.wamids.read(sending.body["reaction"]["message_id"])
    return known is not None and sending.at - known[1] <= 30 * 86_400


def _answer(sending: Sending, message: Outgoing, person: Person, number: Number, held: bool) -> dict[str, Any]:
    contact = {"input": sending.echo}
    if sending.digits:
        contact["wa_id"] = person.wa_id
    else:
        contact["user_id"] = sending.echo
    item = {"id": message.wamid}
    if message.template:
        item["message_status"] = "held_for_quality_assessment" if held else "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [item]}


def choices_of(body: dict[str, Any], template: Template | None) -> list[dict[str, Any]]:
    """What a person can tap in this message, as the inbound messages that the taps would make."""
    if template:
        return _template_choices(body["template"], template)
    if body["type"] != "interactive":
        return []
    interactive = body["interactive"]
    action = interactive.get("action", {})
    if interactive["type"] == "button":
        return [_tap("button_reply", button["reply"]) for button in action["buttons"]]
    if interactive["type"] == "list":
        return [_tap("list_reply", row) for section in action["sections"] for row in section["rows"]]
    return []


def _tap(kind: str, part: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, kind: part}}


def _template_choices(asked: dict[str, Any], template: Template) -> list[dict[str, Any]]:
    payloads = {
        str(part.get("index", "0")): part["parameters"][0].get("payload", "")
        for part in asked.get("components") or ()
        if part.get("type") == "button" and part.get("sub_type") == "quick_reply" and part.get("parameters")
    }
    buttons: list[dict[str, Any]] = next(
        (part["buttons"] for part in template.components if part["type"] == "BUTTONS"), []
    )
    return [
        {"type": "button", "button": {"payload": payloads.get(str(rank), button["text"]), "text": button["text"]}}
        for rank, button in enumerate(buttons)
        if button["type"] == "QUICK_REPLY"
    ]
