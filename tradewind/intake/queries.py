"""Reads for the pages of dead letters."""

from collections.abc import Sequence

from django.db.models import QuerySet

from tradewind.intake.models import DeadLetter
from tradewind.workspaces.models import Member

PAGE = 50


def dead_letters(member: Member) -> "QuerySet[DeadLetter]":
    """All dead letters that the member may see, healed ones too."""
    return DeadLetter.objects.filter(workspace_id=member.workspace_id)


def page_of(member: Member, *, healed: bool, before: int | None) -> tuple[Sequence[DeadLetter], bool]:
    """One page, newest first: those that wait for a person, or the healed ones. And whether there are older ones."""
    rows = dead_letters(member).filter(replayed_at__isnull=not healed).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def waiting(member: Member) -> int:
    """How many wait for a person."""
    return dead_letters(member).filter(replayed_at=None).count()
