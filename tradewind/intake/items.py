"""One event of one stored body, on its way through the projector."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tradewind.whatsapp.webhooks import Event


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """`position` says which event of the body it is: with `inbox_id` it finds the event again."""

    inbox_id: int
    position: int
    received_at: datetime
    event: Event

    @property
    def at(self) -> datetime:
        """When Meta made the entry, or when it came in."""
        at = self.event.entry_at
        return datetime.fromtimestamp(at, UTC) if at is not None else self.received_at
