"""A number's settings: storage and identity, commerce, conversational automation, QR codes, user name, encryption
key.
"""

import hashlib
from typing import Any

from tradewind.simulator.graph.errors import GraphError, missing
from tradewind.simulator.graph.fields import Field, asked_fields
from tradewind.simulator.graph.paging import page
from tradewind.simulator.graph.request import Call
from tradewind.simulator.routes.table import NUMBER
from tradewind.simulator.world.shapes import Number

SETTINGS = {"calling", "user_identity_change", "payload_encryption", "storage_configuration"}
MOST_PROMPTS, MOST_COMMANDS, PROMPT_MOST, COMMAND_MOST, COMMAND_TEXT_MOST = 4, 30, 80, 32, 256
PREFILLED_MOST, MOST_CODES = 140, 2_000
USERNAME_LEAST, USERNAME_MOST = 3, 30


@NUMBER.on("GET", "settings")
def settings(call: Call, number: Number) -> dict[str, Any]:
    """All settings."""
    default = {
        "storage_configuration": {"status": "DEFAULT"},
        "user_identity_change": {"enable_identity_key_check": False},
        "calling": {"status": "DISABLED"},
    }
    kept: dict[str, Any] = call.simulation.kept(number.phone_number_id, "settings", default)
    return kept


@NUMBER.on("POST", "settings")
def change_settings(call: Call, number: Number) -> dict[str, bool]:
    """Change what is named."""
    changes = {name: value for name, value in call.json().items() if name in SETTINGS}
    if not changes or not all(isinstance(value, dict) for value in changes.values()):
        raise GraphError(100, message=f"(#100) Expected objects under one of {', '.join(sorted(SETTINGS))}.")
    settings(call, number).update(changes)
    return {"success": True}


@NUMBER.on("GET", "whatsapp_commerce_settings")
def commerce(call: Call, number: Number) -> dict[str, Any]:
    """Catalogue and cart switches."""
    return {"data": [_commerce(call, number)]}


@NUMBER.on("POST", "whatsapp_commerce_settings")
def change_commerce(call: Call, number: Number) -> dict[str, bool]:
    """Show or hide catalogue and cart."""
    for name in ("is_catalog_visible", "is_cart_enabled"):
        if name in call.params:
            value = call.params[name]
            if str(value).lower() not in ("true", "false"):
                raise GraphError(100, message=f"(#100) Param {name} must be a boolean.")
            _commerce(call, number)[name] = str(value).lower() == "true"
    return {"success": True}


def _commerce(call: Call, number: Number) -> dict[str, Any]:
    default = {"id": "7" + number.phone_number_id[1:], "is_catalog_visible": False, "is_cart_enabled": True}
    kept: dict[str, Any] = call.simulation.kept(number.phone_number_id, "commerce", default)
    return kept


@NUMBER.on("POST", "conversational_automation")
def automate(call: Call, number: Number) -> dict[str, bool]:
    """Set the welcome, the ice breakers and the commands."""
    prompts, commands = call.items("prompts"), call.items("commands")
    if len(prompts) > MOST_PROMPTS or any(len(str(prompt)) > PROMPT_MOST for prompt in prompts):
        raise GraphError(100, message=f"(#100) At most {MOST_PROMPTS} prompts of {PROMPT_MOST} characters.")
    if len(commands) > MOST_COMMANDS:
        raise GraphError(100, message=f"(#100) At most {MOST_COMMANDS} commands.")
    for command in commands:
        name, text = str(command.get("command_name", "")), str(command.get("command_description", ""))
        if not name or len(name) > COMMAND_MOST or not text or len(text) > COMMAND_TEXT_MOST:
            raise GraphError(100, message="(#100) A command needs a name and a description within their limits.")
    welcome = str(call.params.get("enable_welcome_message", False)).lower() == "true"
    call.simulation.extras.setdefault(number.phone_number_id, {})["automation"] = {
        "enable_welcome_message": welcome,
        "prompts": prompts,
        "commands": commands,
    }
    return {"success": True}


@NUMBER.on("GET", "conversational_automation")
def automation(call: Call, number: Number) -> dict[str, Any]:
    """What is set."""
    return {"conversational_automation": automation_of(call, number)}


def automation_of(call: Call, number: Number) -> dict[str, Any] | None:
    """The automation of a number as the node's field shows it, or None."""
    kept = call.simulation.extras.get(number.phone_number_id, {}).get("automation")
    return {**kept, "id": number.phone_number_id} if kept else None


@NUMBER.on("GET", "message_qrdls")
def qr_codes(call: Call, number: Number) -> dict[str, Any]:
    """All codes of the number, or the one that the path names."""
    kept = _codes(call, number)
    fields = asked_fields(call, ("code", "prefilled_message", "deep_link_url"))
    if call.rest:
        if call.rest[0] not in kept:
            raise GraphError(100, "There is no such code.")
        return {"data": [_shown(call, kept[call.rest[0]], fields)]}
    return page(call, list(kept.values()), lambda code: _shown(call, code, fields))


@NUMBER.on("POST", "message_qrdls")
def make_qr_code(call: Call, number: Number) -> dict[str, Any]:
    """Make a code, or change the text of the one that is named."""
    text = call.params.get("prefilled_message")
    if not isinstance(text, str) or not text:
        raise missing("prefilled_message")
    if len(text) > PREFILLED_MOST:
        raise GraphError(
            100, message=f"(#100) Param prefilled_message must be at most {PREFILLED_MOST} characters long."
        )
    kept = _codes(call, number)
    wanted = call.params.get("code") or (call.rest[0] if call.rest else None)
    if wanted is not None and wanted not in kept:
        raise GraphError(100, "There is no such code.")
    if wanted is None and len(kept) >= MOST_CODES:
        raise GraphError(100, f"A number may have {MOST_CODES} codes.")
    code = str(
        wanted
        or hashlib.blake2b(f"{number.phone_number_id}{len(kept)}{text}".encode(), digest_size=7).hexdigest().upper()
    )
    kept[code] = {"code": code, "prefilled_message": text}
    fields = [Field("code"), Field("prefilled_message"), Field("deep_link_url")]
    image = call.params.get("generate_qr_image")
    return _shown(call, kept[code], [*fields, Field("qr_image_url", {"format": str(image)})] if image else fields)


@NUMBER.on("DELETE", "message_qrdls")
def delete_qr_code(call: Call, number: Number) -> dict[str, bool]:
    """Delete a code."""
    wanted = call.rest[0] if call.rest else str(call.params.get("code", ""))
    if _codes(call, number).pop(wanted, None) is None:
        raise GraphError(100, "There is no such code.")
    return {"success": True}


def _codes(call: Call, number: Number) -> dict[str, dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = call.simulation.kept(number.phone_number_id, "codes", {})
    return kept


def _shown(call: Call, code: dict[str, Any], fields: list[Field]) -> dict[str, Any]:
    shown = dict(code)
    for field in fields:
        if field.name == "deep_link_url":
            shown["deep_link_url"] = f"https://wa.me/message/{code['code']}"
        if field.name == "qr_image_url":
            form = field.calls.get("format", "PNG").lower()
            shown["qr_image_url"] = f"{call.simulation.address}/qr/{code['code']}.{form}"
    return shown


@NUMBER.on("GET", "username")
def username(call: Call, number: Number) -> dict[str, Any]:
    """The business's user name."""
    return {"username": number.username, "status": "approved"} if number.username else {"status": "not_set"}


@NUMBER.on("POST", "username")
def change_username(call: Call, number: Number) -> dict[str, Any]:
    """Take a user name."""
    wanted = str(call.params.get("username", ""))
    if not USERNAME_LEAST <= len(wanted) <= USERNAME_MOST or not wanted.replace(".", "").replace("_", "").isalnum():
        raise GraphError(100, message="(#100) Param username must have 3 to 30 letters, digits, dots or underscores.")
    if any(other.username == wanted and other is not number for other in call.simulation.numbers.values()):
        raise GraphError(147001, "The username is taken.")
    number.username = wanted
    return {"success": True, "status": "approved"}


@NUMBER.on("DELETE", "username")
def delete_username(call: Call, number: Number) -> dict[str, bool]:
    """Give the user name up."""
    number.username = ""
    return {"success": True}


@NUMBER.on("POST", "whatsapp_business_encryption")
def set_key(call: Call, number: Number) -> dict[str, bool]:
    """Keep the public key for flows."""
    key = str(call.params.get("business_public_key", ""))
    if "BEGIN PUBLIC KEY" not in key:
        raise GraphError(100, message="(#100) Param business_public_key must be a PEM public key.")
    call.simulation.extras.setdefault(number.phone_number_id, {})["key"] = key
    return {"success": True}


@NUMBER.on("GET", "whatsapp_business_encryption")
def key(call: Call, number: Number) -> dict[str, Any]:
    """The public key that is kept."""
    kept = call.simulation.extras.get(number.phone_number_id, {}).get("key")
    return {"business_public_key": kept, "business_public_key_signature_status": "VALID"} if kept else {}
