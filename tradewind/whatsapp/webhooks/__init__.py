"""Webhooks: a raw body becomes normalised events that lose nothing.

    for event in parse(body):          # WebhookError when the body as a whole cannot be read
        match event:
            case InboundMessage(): event.sender.phone, event.text, event.media, …
            case Status(): event.id, event.status, STATUS_RANK.get(event.status), event.callback, …
            case Unreadable(): event.reason, event.raw

`Event.as_json()` gives one dict of JSON values with its `kind`. All text can be stored: NUL and lone surrogates have
become U+FFFD.
"""

from tradewind.whatsapp.webhooks.decoding import WebhookError
from tradewind.whatsapp.webhooks.events import *  # noqa: F403
from tradewind.whatsapp.webhooks.events import __all__ as _events
from tradewind.whatsapp.webhooks.identity import Person, bsuid_of, person_of, phone_of
from tradewind.whatsapp.webhooks.lines import parse_files, print_files
from tradewind.whatsapp.webhooks.parsing import events_of, parse

__all__ = [
    "Person",
    "WebhookError",
    "bsuid_of",
    "events_of",
    "parse",
    "parse_files",
    "person_of",
    "phone_of",
    "print_files",
]
__all__ += _events
