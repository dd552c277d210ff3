"""Reading `statuses` and `user_actions`: news of messages that we sent."""

from typing import Any

from tradewind.whatsapp.webhooks.events import Conversation, Pricing, Status, Unreadable, UserAction
from tradewind.whatsapp.webhooks.identity import Contacts, person_of
from tradewind.whatsapp.webhooks.place import Place
from tradewind.whatsapp.webhooks.readers import as_dict, errors_of, moment, word
from tradewind.whatsapp.words import gettext_noop


def read_status(status: Any, place: Place, contacts: Contacts) -> Status | Unreadable:
    """One element of `statuses`. Without id or status word it is unreadable; everything else may be missing."""
    if not isinstance(status, dict):
        return place.unreadable(status, gettext_noop("A status is not a JSON object."))
    wamid = word(status.get("id"))
    state = word(status.get("status"))
    if wamid is None or state is None:
        return place.unreadable(status, gettext_noop("A status has no id or no status word."))
    user_id = word(status.get("recipient_user_id"))
    person = person_of(word(status.get("recipient_id")), user_id, word(status.get("recipient_parent_user_id")))
    person.identity_key_hash = word(status.get("recipient_identity_key_hash"))
    pricing = status.get("pricing")
    conversation = status.get("conversation")
    return Status(
        waba_id=place.waba_id,
        field=place.field,
        raw=status,
        phone_number_id=place.phone_number_id,
        display_phone_number=place.display_phone_number,
        entry_at=place.entry_at,
        contact_raw=contacts.complete(person, user_id),
        id=wamid,
        status=state,
        at=moment(status.get("timestamp")),
        recipient=person,
        callback=word(status.get("biz_opaque_callback_data")),
        pricing=_pricing(pricing) if isinstance(pricing, dict) else None,
        conversation=_conversation(conversation) if isinstance(conversation, dict) else None,
        errors=errors_of(status) if "errors" in status else [],
        recipient_type=word(status.get("recipient_type")),
        participant=word(status.get("recipient_participant_id")),
    )


def read_action(action: Any, place: Place, contacts: Contacts) -> UserAction | Unreadable:
    """One element of `user_actions`."""
    if not isinstance(action, dict):
        return place.unreadable(action, gettext_noop("A user action is not a JSON object."))
    kind = word(action.get("action_type")) or "unknown"
    user_id = word(action.get("user_id")) or word(action.get("from_user_id"))
    person = person_of(word(action.get("wa_id")) or word(action.get("from")), user_id)
    click = as_dict(action.get(f"{kind}_data"))
    return UserAction(
        **place.named(action),
        contact_raw=contacts.complete(person, user_id),
        type=kind,
        at=moment(action.get("timestamp")),
        person=person,
        click_component=word(click.get("click_component")),
        click_id=word(click.get("click_id")),
        tracking_token=word(click.get("tracking_token")),
        product_id=word(click.get("product_id")),
    )


def _pricing(pricing: dict[str, Any]) -> Pricing:
    billable = pricing.get("billable")
    return Pricing(
        billable if isinstance(billable, bool) else None,
        word(pricing.get("pricing_model")),
        word(pricing.get("type")),
        word(pricing.get("category")),
    )


def _conversation(conversation: dict[str, Any]) -> Conversation:
    return Conversation(
        word(conversation.get("id")),
        word(as_dict(conversation.get("origin")).get("type")),
        moment(conversation.get("expiration_timestamp")),
    )
