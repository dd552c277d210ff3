"""A number's life: codes, registration, two-step pin."""

import re
from typing import Any

from tradewind.simulator.graph.errors import GraphError, missing
from tradewind.simulator.graph.request import Call
from tradewind.simulator.routes.table import ACCOUNT, NUMBER
from tradewind.simulator.world.shapes import Account, Number

PIN = re.compile(r"[0-9]{6}", re.ASCII)
CODE = "123456"  # the simulator sends no SMS: this is the code that arrives
MOST_TRIES, TRIES_SECONDS = 10, 72 * 3600.0
REGISTER_AFTER_DELETE_SECONDS = 300.0


@NUMBER.on("POST", "register")
def register(call: Call, number: Number) -> dict[str, bool]:
    """Register with the pin; the first one sets it."""
    pin = str(call.params.get("pin") or "")
    if call.params.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    if not PIN.fullmatch(pin):
        raise GraphError(100, message="(#100) Param pin must be 6 digits.")
    _count(call, number, "register")
    if number.code_verification_status != "VERIFIED":
        raise GraphError(133006, "The phone number must be verified before it is registered.")
    if number.pin and number.pin != pin:
        raise _wrong_pin(call, number)
    number.pin, number.registered, number.status = pin, True, "CONNECTED"
    return {"success": True}


@NUMBER.on("POST", "deregister")
def deregister(call: Call, number: Number) -> dict[str, bool]:
    """Take the number off the platform."""
    _count(call, number, "deregister")
    number.registered, number.status = False, "DISCONNECTED"
    return {"success": True}


@NUMBER.on("POST", "request_code")
def request_code(call: Call, number: Number) -> dict[str, bool]:
    """Ask for a verification code."""
    if call.params.get("code_method") not in ("SMS", "VOICE"):
        raise GraphError(100, message="(#100) Param code_method must be one of {SMS, VOICE}.")
    if not call.params.get("language"):
        raise missing("language")
    if number.code_verification_status == "VERIFIED":
        raise GraphError(136024, "The phone number is already verified.")
    call.simulation.extras.setdefault(number.phone_number_id, {})["code"] = CODE
    return {"success": True}


@NUMBER.on("POST", "verify_code")
def verify_code(call: Call, number: Number) -> dict[str, bool]:
    """Give the code back."""
    known = call.simulation.extras.get(number.phone_number_id, {}).get("code")
    if known is None or str(call.params.get("code", "")) != known:
        raise GraphError(136025, "The code is wrong or was not asked for.")
    number.code_verification_status = "VERIFIED"
    return {"success": True}


@ACCOUNT.on("POST", "phone_numbers")
def add_number(call: Call, account: Account) -> dict[str, Any]:
    """Add a number to an account; it still has to be verified and registered."""
    params = call.params
    code, digits = str(params.get("cc", "")), str(params.get("phone_number", ""))
    if not code.isdigit() or not digits.isdigit():
        raise missing("cc and phone_number")
    if not params.get("verified_name"):
        raise missing("verified_name")
    simulation = call.simulation
    if any(number.digits == code + digits for number in simulation.numbers.values()):
        raise GraphError(2388012, "The phone number already exists.")
    number = Number(
        simulation.serials.new(),
        account.waba_id,
        account.portfolio_id,
        f"+{code} {digits}",
        str(params["verified_name"]),
        code,
        registered=False,
        status="PENDING",
        quality_rating="NA",
        name_status="PENDING_REVIEW",
        code_verification_status="NOT_VERIFIED",
    )
    simulation.numbers[number.phone_number_id] = number
    return {"id": number.phone_number_id}


def check_pin(pin: Any) -> str:
    """A six-digit pin; GraphError 100 otherwise."""
    if not isinstance(pin, str) or not PIN.fullmatch(pin):
        raise GraphError(100, message="(#100) Param pin must be 6 digits.")
    return pin


def _wrong_pin(call: Call, number: Number) -> GraphError:
    guesses: list[float] = call.simulation.kept(number.phone_number_id, "wrong pins", [])
    now = call.simulation.clock.time()
    guesses[:] = [at for at in guesses if at > now - 3600] + [now]
    if len(guesses) > 5:
        return GraphError(133008, "Too many wrong guesses. Wait 3600 seconds.")
    return GraphError(133005, "The two-step verification PIN is wrong.")


def _count(call: Call, number: Number, verb: str) -> None:
    tries: list[float] = call.simulation.kept(number.phone_number_id, verb, [])
    now = call.simulation.clock.time()
    tries[:] = [at for at in tries if at > now - TRIES_SECONDS]
    if len(tries) >= MOST_TRIES:
        raise GraphError(133016, "10 registrations or deregistrations in 72 hours.")
    tries.append(now)
