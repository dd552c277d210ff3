"""Reading `messages` and `message_echoes`: what people, or the WhatsApp Business app, wrote."""

from collections.abc import Callable
from typing import Any

from tradewind.whatsapp.webhooks.decoding import WebhookError, decode
from tradewind.whatsapp.webhooks.events import (
    Context,
    Echo,
    InboundMessage,
    Json,
    Location,
    Media,
    Reaction,
    Referral,
    Reply,
    SystemMessage,
    Unreadable,
)
from tradewind.whatsapp.webhooks.identity import Contacts, Person, person_of
from tradewind.whatsapp.webhooks.place import Place
from tradewind.whatsapp.webhooks.readers import as_dict, as_list, errors_of, moment, number, prose, word
from tradewind.whatsapp.words import gettext_noop

MEDIA_TYPES = frozenset({"image", "video", "audio", "document", "sticker"})
_TYPES = (
    *sorted(MEDIA_TYPES),
    *("text", "location", "contacts", "reaction", "button", "interactive", "order", "system", "edit", "revoke"),
)
_CHANGES = frozenset({"user_changed_number", "user_changed_user_id"})


def read_message(message: Any, place: Place, contacts: Contacts) -> InboundMessage | SystemMessage | Unreadable:
    """One element of `messages`. Without an id, or without any identity of its sender, it is unreadable."""
    if not isinstance(message, dict):
        return place.unreadable(message, gettext_noop("A message is not a JSON object."))
    message_id = word(message.get("id"))
    if message_id is None:
        return place.unreadable(message, gettext_noop("A message has no id."))
    if _type_of(message) == "system":
        return _system(message, message_id, place)
    user_id = word(message.get("from_user_id"))
    sender = person_of(word(message.get("from")), user_id, word(message.get("from_parent_user_id")))
    contact = contacts.complete(sender, user_id)
    if not sender.is_known:
        return place.unreadable(
            message, gettext_noop("A message names neither a phone number nor a user id of its sender.")
        )
    event = InboundMessage(
        **place.named(message),
        contact_raw=contact,
        id=message_id,
        type=_type_of(message),
        at=moment(message.get("timestamp")),
        sender=sender,
    )
    _fill(event, message)
    return event


def read_echo(message: Any, place: Place, contacts: Contacts) -> Echo | Unreadable:
    """One element of `message_echoes`: a message of the business, sent from its phone."""
    if not isinstance(message, dict):
        return place.unreadable(message, gettext_noop("An echo is not a JSON object."))
    message_id = word(message.get("id"))
    if message_id is None:
        return place.unreadable(message, gettext_noop("An echo has no id."))
    user_id = word(message.get("to_user_id"))
    person = person_of(word(message.get("to")), user_id, word(message.get("to_parent_user_id")))
    contact = contacts.complete(person, user_id)
    if not person.is_known:
        return place.unreadable(
            message, gettext_noop("An echo names neither a phone number nor a user id of its recipient.")
        )
    event = Echo(
        **place.named(message),
        contact_raw=contact,
        id=message_id,
        type=_type_of(message),
        at=moment(message.get("timestamp")),
        sender=person,
        recipient=word(message.get("to")),
    )
    _fill(event, message)
    return event


def _type_of(message: dict[str, Any]) -> str:
    return word(message.get("type")) or next((each for each in _TYPES if each in message), "unknown")


def _fill(event: InboundMessage, message: dict[str, Any]) -> None:
    """What any message may have, then what its type has."""
    event.group_id = word(message.get("group_id"))
    if "context" in message:
        event.context = _context(as_dict(message["context"]))
    if "referral" in message:
        event.referral = _referral(as_dict(message["referral"]))
    if "errors" in message:
        event.errors = errors_of(message)
    _fill_content(event, message, event.type)


def _fill_content(event: InboundMessage, message: dict[str, Any], type: str) -> None:
    filler = _FILLERS.get(type)
    if filler:
        filler(event, as_dict(message.get(type)), message)


def _fill_text(event: InboundMessage, body: Json, message: Json) -> None:
    event.text = prose(body.get("body"))


def _fill_media(event: InboundMessage, body: Json, message: Json) -> None:
    event.media = _media(body)
    event.text = event.media.caption or ""


def _fill_button(event: InboundMessage, body: Json, message: Json) -> None:
    event.reply = Reply("button", word(body.get("payload")), word(body.get("text")), raw=body)
    event.text = event.reply.title or ""


def _fill_interactive(event: InboundMessage, body: Json, message: Json) -> None:
    event.reply = _interactive(body)
    event.text = event.reply.title or ""


def _fill_reaction(event: InboundMessage, body: Json, message: Json) -> None:
    event.reaction = Reaction(word(body.get("message_id")), word(body.get("emoji")))


def _fill_location(event: InboundMessage, body: Json, message: Json) -> None:
    event.location = _location(body)
    event.text = ", ".join(filter(None, (event.location.name, event.location.address)))


def _fill_contacts(event: InboundMessage, body: Json, message: Json) -> None:
    event.contacts = as_list(message.get("contacts"))
    event.text = ", ".join(filter(None, map(_card_name, event.contacts)))


def _fill_order(event: InboundMessage, body: Json, message: Json) -> None:
    event.order = message.get("order")
    event.text = prose(body.get("text"))


def _fill_change(event: InboundMessage, body: Json, message: Json) -> None:
    """An edit has the new message within; a revoke only says which one is gone."""
    event.original_message_id = word(body.get("original_message_id"))
    inner = as_dict(body.get("message"))
    if inner and _type_of(inner) not in ("edit", "revoke"):
        _fill_content(event, inner, _type_of(inner))


def _fill_unsupported(event: InboundMessage, body: Json, message: Json) -> None:
    event.unsupported_type = word(body.get("type"))


_FILLERS: dict[str, Callable[[InboundMessage, Json, Json], None]] = {
    "text": _fill_text,
    **dict.fromkeys(MEDIA_TYPES, _fill_media),
    "button": _fill_button,
    "interactive": _fill_interactive,
    "reaction": _fill_reaction,
    "location": _fill_location,
    "contacts": _fill_contacts,
    "order": _fill_order,
    "edit": _fill_change,
    "revoke": _fill_change,
    "unsupported": _fill_unsupported,
}


def _media(body: dict[str, Any]) -> Media:
    return Media(
        word(body.get("id")),
        word(body.get("mime_type")),
        word(body.get("sha256")),
        word(body.get("caption")),
        word(body.get("filename")),
        word(body.get("url")),
        body.get("voice") is True,
        body.get("animated") is True,
    )


def _location(body: dict[str, Any]) -> Location:
    return Location(
        number(body.get("latitude")),
        number(body.get("longitude")),
        word(body.get("name")),
        word(body.get("address")),
        word(body.get("url")),
    )


def _card_name(card: Any) -> str | None:
    return word(as_dict(as_dict(card).get("name")).get("formatted_name"))


def _interactive(body: dict[str, Any]) -> Reply:
    kind = word(body.get("type")) or next(iter(body), "unknown")
    answer = as_dict(body.get(kind))
    return Reply(
        kind,
        word(answer.get("id")),
        word(answer.get("title")) or word(answer.get("body")),
        word(answer.get("description")),
        word(answer.get("name")),
        _form_answer(answer.get("response_json")),
        raw=body,
    )


def _form_answer(value: Any) -> Any:
    """A form's answer is JSON within a JSON string, may be anything, and may be broken."""
    if not isinstance(value, str):
        return value
    try:
        return decode(value.encode())
    except WebhookError:
        return value


def _context(context: dict[str, Any]) -> Context:
    product = as_dict(context.get("referred_product"))
    return Context(
        word(context.get("id")) or word(context.get("message_id")),
        word(context.get("from")) or word(context.get("from_user_id")),
        context.get("forwarded") is True,
        context.get("frequently_forwarded") is True,
        word(product.get("catalog_id")),
        word(product.get("product_retailer_id")),
    )


def _referral(referral: dict[str, Any]) -> Referral:
    return Referral(
        word(referral.get("source_url")),
        word(referral.get("source_id")),
        word(referral.get("source_type")),
        word(referral.get("headline")),
        word(referral.get("body")),
        word(referral.get("media_type")),
        word(referral.get("image_url")),
        word(referral.get("video_url")),
        word(referral.get("thumbnail_url")),
        word(referral.get("ctwa_clid")),
        word(as_dict(referral.get("welcome_message")).get("text")),
    )


def _system(message: dict[str, Any], message_id: str, place: Place) -> SystemMessage | Unreadable:
    """News of a person's identities: who they were stands in `from` and `previous_…`, who they are in `system`."""
    system = as_dict(message.get("system"))
    identity = as_dict(message.get("identity")) or as_dict(system.get("identity"))
    type = word(system.get("type")) or ("customer_identity_changed" if identity else "unknown")
    was = person_of(
        word(message.get("from")) or word(system.get("customer")),
        word(system.get("previous_user_id")) or word(message.get("from_user_id")),
        word(system.get("previous_parent_user_id")) or word(message.get("from_parent_user_id")),
    )
    now = _person_now(system, was, is_changed=type in _CHANGES)
    now.identity_key_hash = word(identity.get("hash")) or word(system.get("identity"))
    if not was.is_known and not now.is_known:
        return place.unreadable(message, gettext_noop("A system message names nobody."))
    return SystemMessage(
        **place.named(message),
        id=message_id,
        type=type,
        at=moment(message.get("timestamp")),
        person=now,
        previous=was,
        text=prose(system.get("body")),
        errors=errors_of(message),
    )


def _person_now(system: dict[str, Any], was: Person, *, is_changed: bool) -> Person:
    now = person_of(
        word(system.get("wa_id")) or word(system.get("new_wa_id")),
        word(system.get("user_id")),
        word(system.get("parent_user_id")),
    )
    if not is_changed:
        now.phone = now.phone or was.phone
        now.bsuid = now.bsuid or was.bsuid
        now.parent_bsuid = now.parent_bsuid or was.parent_bsuid
        now.wa_id = now.wa_id or was.wa_id
    return now
