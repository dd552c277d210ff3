"""Where in a body an event stood: what all events of one change share."""

from dataclasses import dataclass
from typing import Any

from tradewind.whatsapp.webhooks.events import Unreadable, Unsupported


@dataclass(slots=True)
class Place:
    """One change of one entry."""

    waba_id: str
    field: str
    phone_number_id: str | None = None
    display_phone_number: str | None = None
    entry_at: float | None = None

    def named(self, raw: Any) -> dict[str, Any]:
        """The shared fields of an event, as keyword arguments."""
        return {
            "waba_id": self.waba_id,
            "field": self.field,
            "raw": raw,
            "phone_number_id": self.phone_number_id,
            "display_phone_number": self.display_phone_number,
            "entry_at": self.entry_at,
        }

    def unreadable(self, raw: Any, reason: str) -> Unreadable:
        """The event for a part that breaks its form."""
        return Unreadable(**self.named(raw), reason=reason)

    def unsupported(self, raw: Any, type: str) -> Unsupported:
        """The event for a part that is not read further."""
        return Unsupported(**self.named(raw), type=type)
