"""The envelope round every message: to whom, in answer to what, and our own mark."""

from collections.abc import Mapping
from typing import Any

from tradewind.whatsapp.payloads import checks
from tradewind.whatsapp.payloads.checks import PayloadError
from tradewind.whatsapp.webhooks.identity import BSUID, phone_of
from tradewind.whatsapp.words import gettext_noop

Json = dict[str, Any]

_NOBODY = gettext_noop("A message needs a phone number or a WhatsApp user id to go to.")
_NO_PHONE = gettext_noop("“%(phone)s” is not a phone number with “+” and country code.")
_NO_BSUID = gettext_noop("“%(bsuid)s” is not a WhatsApp user id.")


def addressed(
    message: Mapping[str, Any],
    *,
    phone: str | None = None,
    bsuid: str | None = None,
    callback: str | None = None,
    reply_to: str | None = None,
    identity_key_hash: str | None = None,
) -> Json:
    """The whole payload for `POST /{phone}/messages`, from what a builder made (`{"type": …, …}`).

    `phone` is E.164 with "+" (without it Meta would put the business's own country code in front) and wins over
    `bsuid`. `callback` comes back with every status. `reply_to` quotes a message by its wamid.
    """
    payload: Json = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    _address(payload, phone, bsuid)
    if callback is not None:
        payload["biz_opaque_callback_data"] = checks.callback(callback)
    if reply_to is not None:
        payload["context"] = {"message_id": checks.text("context.message_id", reply_to, 512)}
    if identity_key_hash is not None:
        payload["recipient_identity_key_hash"] = identity_key_hash
    payload.update(message)
    return payload


def _address(payload: Json, phone: str | None, bsuid: str | None) -> None:
    if phone:
        if phone[0] != "+" or phone_of(phone) is None:
            raise PayloadError("to", _NO_PHONE, phone=phone)
        payload["to"] = phone
    elif bsuid:
        if not BSUID.fullmatch(bsuid):
            raise PayloadError("recipient", _NO_BSUID, bsuid=bsuid)
        payload["recipient"] = bsuid
    else:
        raise PayloadError("to", _NOBODY)
