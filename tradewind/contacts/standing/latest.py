"""The last orders of a person, as the shop told them: what, how much, and what became of each (C11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tradewind.contacts.models import Contact
from tradewind.contacts.standing import words
from tradewind.contacts.standing.orders import CANCELLED, PAID, PLACED, REFUNDED
from tradewind.journal.models import Entry

SHOWN, LOOKED_AT = 5, 60


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`became`: paid, cancelled, refunded in words, or "" while nothing more was told."""

    at: datetime
    what: str
    amount: str
    became: words.Words


def of(contact: Contact) -> list[OrderLine]:
    """The last few, the newest first. A shop that tells of payments only has an order for each of these."""
    rows = Entry.objects.filter(contact_id=contact.pk, workspace_id=contact.workspace_id)
    rows = rows.exclude(kind__startswith="message.").filter(kind__in=(PLACED, PAID, CANCELLED, REFUNDED))
    return lines(list(rows.order_by("-at")[:LOOKED_AT]))


def lines(entries: Sequence[Any]) -> list[OrderLine]:
    """The orders among these entries, the newest first."""
    placed = [entry for entry in entries if entry.kind == PLACED] or [e for e in entries if e.kind == PAID]
    became: dict[str, words.Words] = {}
    for kind in (PAID, REFUNDED, CANCELLED):  # the last one that was told of an order counts most
        became |= {reference(e): words.BECAME[kind] for e in entries if e.kind == kind and reference(e)}
    return [
        OrderLine(each.at, what(each), words.plain_money(each.data or {}, "amount"), became.get(reference(each), ""))
        for each in placed[:SHOWN]
    ]


def reference(entry: Any) -> str:
    """The shop's own name of the order; see `standing/reading.py`."""
    data = entry.data or {}
    return str(data.get("order") or data.get("order_id") or data.get("order_number") or "")[:100]


def what(entry: Any) -> str:
    data = entry.data or {}
    return str(data.get("product") or reference(entry))[:120]
