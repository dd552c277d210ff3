"""Reads of the journal for pages."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from tradewind.journal.models import Entry


def timeline(
    workspace_id: int, contact_id: int, *, before: tuple[datetime, int] | None = None, limit: int = 50
) -> "QuerySet[Entry]":
    """What happened with a contact, newest first; `before` is (at, id) of the last entry shown."""
    entries = Entry.objects.filter(workspace_id=workspace_id, contact_id=contact_id)
    if before is not None:
        at, entry_id = before
        entries = entries.filter(at__lte=at).exclude(at=at, id__gte=entry_id)
    return entries.order_by("-at", "-id")[:limit]


def newest(workspace_id: int, kinds: Sequence[str], *, limit: int = 50) -> "QuerySet[Entry]":
    """The newest entries of some kinds."""
    return Entry.objects.filter(workspace_id=workspace_id, kind__in=kinds).order_by("-tx", "-id")[:limit]
