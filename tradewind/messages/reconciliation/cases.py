"""Comparing both sides, opening and closing cases."""

from datetime import date, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.messages.reconciliation import asking, counting
from tradewind.messages.reconciliation.models import FIGURES, GapCase, Reckoning
from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member

# In UTC. Meta's figures of a day are complete some time after its end: two hours and a bit.
NIGHTLY = time(2, 17)
# Statuses trickle in late and Meta's figures settle: each day is looked at again on the nights that follow.
NIGHTS = 3
TOLERANCE_SHARE, TOLERANCE_LEAST = 0.005, 2
LONGEST_WORD = 300


class CaseError(ValueError):
    """The case cannot be closed like this; the message is a sentence for people."""


def days() -> list[date]:
    """The UTC days that are looked at tonight, the oldest first."""
    today = clock.now().date()
    return [today - timedelta(days=back) for back in range(NIGHTS, 0, -1)]


def count_all() -> None:
    """Our side of every number, for every day that is looked at."""
    for day in days():
        counting.count(day)


def compare(account: Account) -> None:
    """Asks Meta for the account's numbers and opens or closes cases. What Meta refuses stands on the reckonings."""
    for day in days():
        found = Reckoning.objects.filter(number__account=account, day=day).select_related("number")
        rows = {row.number.phone.lstrip("+"): row for row in found}
        if rows:
            compare_day(account, day, rows)


def compare_day(account: Account, day: date, rows: dict[str, Reckoning]) -> None:
    now = clock.now()
    try:
        told = asking.ask(account, day, list(rows))
    except NumberError as error:
        Reckoning.objects.filter(pk__in=[row.pk for row in rows.values()]).update(problem=str(error)[:300])
        return
    for phone, row in rows.items():
        with transaction.atomic():
            row.meta, row.cost, row.asked_at, row.problem = told[phone].figures, told[phone].cost, now, ""
            row.save(update_fields=["meta", "cost", "asked_at", "problem"])
            for figure in FIGURES:
                settle(row, figure)


def settle(row: Reckoning, figure: str) -> None:
    """Opens the case of a gap, or closes it when the figures have come together; a member's closing stays."""
    gap = is_gap(row, figure)
    case = GapCase.objects.select_for_update().filter(reckoning=row, figure=figure).first()
    if case is None and gap:
        case = GapCase.objects.create(
            workspace_id=row.workspace_id, reckoning=row, figure=figure, opened_at=clock.now()
        )
        tell("account.gap_opened", case)
    elif case is not None and case.closed_at is None and not gap:
        case.closed_at = clock.now()
        case.save(update_fields=["closed_at"])
        tell("account.gap_closed", case)


def is_gap(row: Reckoning, figure: str) -> bool:
    """Whether both figures are further apart than late statuses and rounding explain."""
    if row.meta is None:
        return False
    most = max(int(row.ours.get(figure, 0)), int(row.meta.get(figure, 0)))
    return abs(row.gap(figure)) > max(TOLERANCE_LEAST, most * TOLERANCE_SHARE)


def close(case: GapCase, *, member: Member, word: str) -> None:
    """A member has looked at it, and says in a word what it was. Raises CaseError without one."""
    word = safe_to_show(word, one_line=True)[:LONGEST_WORD]
    if not word:
        raise CaseError(_("Say in a word what it was."))
    with transaction.atomic():
        open_ones = GapCase.objects.filter(pk=case.pk, closed_at=None)
        if open_ones.update(closed_at=clock.now(), closed_by=member, word=word):
            audit.note(member, "gap.closed", case, f"{case.reckoning}: {word}")
            tell("account.gap_closed", case)


def tell(kind: str, case: GapCase) -> None:
    """For the screens: the health page hears of accounts."""
    data = {"figure": case.figure, "day": case.reckoning.day.isoformat()}
    record(kind, workspace_id=case.workspace_id, number_id=case.reckoning.number_id, data=data)
