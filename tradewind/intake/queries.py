"""Reads for the pages of dead letters."""

from collections.abc import Sequence

from django.db.models import Count, QuerySet

from tradewind.intake.models import DeadLetter, Unrouted
from tradewind.numbers.models import App
from tradewind.workspaces import walls
from tradewind.workspaces.models import Member

PAGE = 50
MOST_ADDRESSES = 10


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


def unrouted(member: Member) -> list[tuple[str, int]]:
    """Numbers and accounts (Meta's ids) that nobody has connected here, though events for them come in by the apps of
    the member's workspace; and how many events wait for each, the most first.
    """
    apps = list(App.objects.visible_to(member).values_list("pk", flat=True))
    with walls.outside():  # the raw inbox is out of a page's reach; the apps are the member's own
        found = Unrouted.objects.filter(app_id__in=apps).values_list("address").annotate(n=Count("pk"))
        return list(found.order_by("-n", "address")[:MOST_ADDRESSES])


def waiting(member: Member) -> int:
    """How many wait for a person."""
    return dead_letters(member).filter(replayed_at=None).count()
