"""A claimed message in the sender's memory."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True, eq=False)
class Claimed:
    """What the claim gave (sql/claim.sql, in its order). `variables` and `payload` are JSON texts."""

    message_id: int
    number_id: int
    contact_id: int
    run_id: int | None
    content_id: int | None
    priority: int
    due_at: float
    zone: str
    is_marketing: bool
    tries: int
    variables: str | None
    payload: str | None
    reply_to_wamid: str
    kind: str
    category: str
    phone: str | None
    bsuid: str | None
    # Set on the way.
    claimed_at: float = 0.0
    attempt_id: bytes = b""
    body: bytes = b""
    left_at: float = 0.0
    new_place_at: datetime | None = None  # when the intent took a place in the portfolio's ledger for it

    @property
    def rank(self) -> tuple[int, float, int]:
        """What goes first: replies before utility before marketing, then by due time."""
        return (self.priority, self.due_at, self.message_id)
