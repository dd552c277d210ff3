"""From a raw body to events: every entry, change, message, status and error, in their order."""

from typing import Any

from tradewind.whatsapp.webhooks.decoding import WebhookError, decode
from tradewind.whatsapp.webhooks.events import Event, PlatformError, Unreadable
from tradewind.whatsapp.webhooks.identity import Contacts
from tradewind.whatsapp.webhooks.messages import read_echo, read_message
from tradewind.whatsapp.webhooks.notices import read_notice
from tradewind.whatsapp.webhooks.place import Place
from tradewind.whatsapp.webhooks.readers import as_dict, as_list, error_of, moment, word
from tradewind.whatsapp.webhooks.statuses import read_action, read_status
from tradewind.whatsapp.words import gettext_noop

OBJECT = "whatsapp_business_account"
_MESSAGE_FIELDS = frozenset({"messages", "standby", "smb_message_echoes", "message_echoes"})
_PARTS = {
    "messages": read_message,
    "statuses": read_status,
    "user_actions": read_action,
    "message_echoes": read_echo,
}
_READ = frozenset({"messaging_product", "metadata", "contacts", "errors", *_PARTS})


def parse(body: bytes) -> list[Event]:
    """The normalised events of a webhook's raw body, in the order in which they stand there.

    A part that breaks its form becomes an `Unreadable` event, an unknown one an `Unsupported`; the rest goes on.
    Raises WebhookError, and nothing else, when the body as a whole cannot be read. Of a doubled key the last counts.
    """
    return events_of(decode(body))


def events_of(root: Any) -> list[Event]:
    """The same for a body that is decoded already."""
    if not isinstance(root, dict):
        raise WebhookError("The body is not a JSON object.")
    if "entry" not in root:
        if "field" in root and "value" in root:  # Meta's documentation and its test button show single changes so
            return _change(root, "", None)
        raise WebhookError("The body has no “entry”, so it is not a webhook of WhatsApp.")
    kind = root.get("object", OBJECT)
    if kind != OBJECT:
        return [Place("", "object").unsupported(root, word(kind) or "unknown")]
    entries = root["entry"]
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        raise WebhookError("The body's “entry” is not a list.")
    events: list[Event] = []
    for entry in entries:
        events += _entry(entry)
    return events


def _entry(entry: Any) -> list[Event]:
    if not isinstance(entry, dict):
        return [Place("", "").unreadable(entry, gettext_noop("An entry is not a JSON object."))]
    waba_id = word(entry.get("id")) or ""
    entry_at = moment(entry.get("time"))
    changes = as_list(entry.get("changes"))
    if not changes:
        return [Place(waba_id, "", entry_at=entry_at).unreadable(entry, gettext_noop("An entry has no changes."))]
    events: list[Event] = []
    for change in changes:
        events += _change(change, waba_id, entry_at)
    return events


def _change(change: Any, waba_id: str, entry_at: float | None) -> list[Event]:
    if not isinstance(change, dict):
        return [
            Place(waba_id, "", entry_at=entry_at).unreadable(change, gettext_noop("A change is not a JSON object."))
        ]
    field = word(change.get("field")) or ""
    value = change.get("value")
    if not isinstance(value, dict):
        return [
            Place(waba_id, field, entry_at=entry_at).unreadable(
                change, gettext_noop("A change's value is not a JSON object.")
            )
        ]
    metadata = as_dict(value.get("metadata"))
    place = Place(
        waba_id,
        field,
        word(metadata.get("phone_number_id")) or word(value.get("phone_number_id")),
        word(metadata.get("display_phone_number")) or word(value.get("display_phone_number")),
        entry_at,
    )
    try:
        if field in _MESSAGE_FIELDS or (not field and _is_about_messages(value)):
            return _messages(value, place)
        return read_notice(value, place)
    except Exception as problem:  # the last net: a body that we did not foresee must not take others with it
        return [place.unreadable(change, f"Tradewind could not read this change ({type(problem).__name__}).")]


def _is_about_messages(value: dict[str, Any]) -> bool:
    return any(part in value for part in _PARTS)


def _messages(value: dict[str, Any], place: Place) -> list[Event]:
    events: list[Event] = []
    contacts = Contacts(_elements(value.get("contacts")), is_single=_is_single(value))
    for part, reader in _PARTS.items():
        if part in value:
            events += [reader(each, place, contacts) for each in _elements(value[part])]
    if "errors" in value:
        errors = _elements(value["errors"])
        events += [PlatformError(**place.named(each), error=error_of(each)) for each in errors]
    events += [place.unsupported(each, "contacts") for each in contacts.unused()]
    if not value.keys() <= _READ:
        events += [place.unsupported({key: value[key]}, key) for key in value if key not in _READ]
    return events or [_nothing(value, place)]


def _is_single(value: dict[str, Any]) -> bool:
    """Whether a lone contact can only belong to the one message or status that the change holds."""
    return sum(len(_elements(value[part])) for part in _PARTS if part in value) == 1


def _elements(value: Any) -> list[Any]:
    """A list as it is, nothing for null, and anything else as a list of one, so that it is not lost."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _nothing(value: dict[str, Any], place: Place) -> Unreadable:
    return place.unreadable(value, gettext_noop("A change holds no message, status or error."))
