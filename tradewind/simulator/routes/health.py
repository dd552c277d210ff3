"""`health_status`: can this node send, and if not, which entity is to blame."""

from typing import Any

from tradewind.simulator.simulation import Simulation
from tradewind.simulator.world.shapes import Account, Number, Template

WORST_FIRST = ("BLOCKED", "LIMITED", "AVAILABLE")


def of_number(simulation: Simulation, number: Number) -> dict[str, Any]:
    """A number's health with all above it."""
    return _status([_number(number), *_above(simulation, simulation.account_of(number))])


def of_account(simulation: Simulation, account: Account) -> dict[str, Any]:
    """An account's health."""
    return _status(_above(simulation, account))


def of_template(simulation: Simulation, template: Template) -> dict[str, Any]:
    """A template's health with its account."""
    return _status([_template(template), *_above(simulation, simulation.accounts[template.waba_id])])


def _status(entities: list[dict[str, Any]]) -> dict[str, Any]:
    worst = next(word for word in WORST_FIRST if any(entity["can_send_message"] == word for entity in entities))
    return {"can_send_message": worst, "entities": entities}


def _above(simulation: Simulation, account: Account) -> list[dict[str, Any]]:
    app_id = next(iter(account.subscribed_app_ids), next(iter(simulation.apps)))
    return [
        _account(account),
        {"entity_type": "BUSINESS", "id": account.portfolio_id, "can_send_message": "AVAILABLE"},
        {"entity_type": "APP", "id": app_id, "can_send_message": "AVAILABLE"},
    ]


def _number(number: Number) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "entity_type": "PHONE_NUMBER",
        "id": number.phone_number_id,
        "can_send_message": "AVAILABLE",
    }
    if not number.registered or number.status in ("BANNED", "DISABLED", "DISCONNECTED", "PENDING"):
        entity["can_send_message"] = "BLOCKED"
        entity["errors"] = [_error(141000, f"The phone number is {number.status}.", "Register the phone number.")]
    elif number.quality_rating == "RED" or number.status in ("FLAGGED", "RESTRICTED", "RATE_LIMITED"):
        entity["can_send_message"] = "LIMITED"
        entity["additional_info"] = [f"Quality is {number.quality_rating}, status is {number.status}."]
    return entity


def _account(account: Account) -> dict[str, Any]:
    entity: dict[str, Any] = {"entity_type": "WABA", "id": account.waba_id, "can_send_message": "AVAILABLE"}
    if account.status not in ("ACTIVE", "CONNECTED"):
        entity["can_send_message"] = "BLOCKED"
        entity["errors"] = [
            _error(141010, f"The account is {account.status}.", "Look at the account in WhatsApp Manager.")
        ]
    elif not account.payment_method:
        entity["can_send_message"] = "LIMITED"
        entity["errors"] = [_error(141006, "There is no payment method.", "Add a payment method.")]
    return entity


def _template(template: Template) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "entity_type": "MESSAGE_TEMPLATE",
        "id": template.template_id,
        "can_send_message": "AVAILABLE",
    }
    if template.status != "APPROVED":
        entity["can_send_message"] = "BLOCKED"
        entity["errors"] = [_error(141001, f"The template is {template.status}.", "Use an approved template.")]
    return entity


def _error(code: int, description: str, solution: str) -> dict[str, Any]:
    return {"error_code": code, "error_description": description, "possible_solution": solution}
