"""What the pages of reconciliation show: gaps in words, why they may be, and which messages to look at."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradewind.lib import clock
from tradewind.messages.models import Message
from tradewind.messages.reconciliation.cases import NIGHTLY, NIGHTS
from tradewind.messages.reconciliation.counting import span_of
from tradewind.messages.reconciliation.models import GapCase, Reckoning
from tradewind.workspaces.models import Member

NAMES: dict[str, str | Promise] = {
    "sent": gettext_lazy("Sent"),
    "delivered": gettext_lazy("Delivered"),
    "priced": gettext_lazy("Charged"),
}
MOST_DAYS, MOST_MESSAGES = 14, 50


@dataclass(frozen=True)
class Shown:
    """A case as a row or a page says it."""

    row: GapCase
    name: str

    @property
    def gap(self) -> int:
        return self.row.metas - self.row.ours


def open_cases(member: Member) -> QuerySet[GapCase]:
    return cases(member).filter(closed_at=None)


def cases(member: Member) -> QuerySet[GapCase]:
    found = GapCase.objects.visible_to(member).select_related("reckoning__number", "closed_by__user")
    return found.order_by("-id")


def index(member: Member) -> dict[str, Any]:
    """Open cases, the last nights number by number, and what was closed lately."""
    nights = Reckoning.objects.visible_to(member).select_related("number").order_by("-day", "number__name")
    newest = nights.values_list("day", flat=True).first()
    rows = list(nights.filter(day__gt=newest - timedelta(days=MOST_DAYS))) if newest else []
    return {
        "open": [shown(case) for case in open_cases(member)],
        "closed": [shown(case) for case in cases(member).exclude(closed_at=None)[:20]],
        "rows": rows,
        "newest": newest,
        "numbers": len({row.number_id for row in rows if row.day == newest}),
        "looks_at": clock.now().replace(hour=NIGHTLY.hour, minute=NIGHTLY.minute),
        "unanswered": [row for row in rows if row.day == newest and row.problem],
    }


def shown(case: GapCase) -> Shown:
    return Shown(case, str(NAMES[case.figure]))


def case(found: GapCase, *, may_see_people: bool) -> dict[str, Any]:
    """One case: both figures, what may explain the gap, and the messages that would."""
    silent = silent_messages(found)
    return {
        "case": shown(found),
        "causes": causes(found, silent.count()),
        "silent": list(silent.select_related("contact")[:MOST_MESSAGES]) if may_see_people else [],
    }


def silent_messages(found: GapCase) -> QuerySet[Message]:
    """Messages of the number and day that Meta took, and of which the news that the figure counts never came."""
    begin, end = span_of(found.reckoning.day)
    rows = Message.objects.filter(
        workspace_id=found.workspace_id, number_id=found.reckoning.number_id, direction="out",
        accepted_at__gte=begin, accepted_at__lt=end, failed_at=None,
    )  # fmt: skip
    if found.figure == "sent":
        rows = rows.filter(sent_at=None, delivered_at=None, read_at=None)
    else:
        rows = rows.filter(Q(delivered_at=None) & Q(read_at=None))
    return rows.order_by("id")


def causes(found: GapCase, silent: int) -> list[str]:
    """What may explain it, the likeliest first."""
    if found.metas < found.ours:
        return [
            *_still_settling(found.reckoning.day),
            _("Messages of the last minutes of the day that Meta counts to the next."),
        ]
    said = []
    if silent:
        said.append(
            ngettext(
                "Meta took %(n)s message of that day of which no such news ever came: it is listed below.",
                "Meta took %(n)s messages of that day of which no such news ever came: they are listed below.",
                silent,
            )
            % {"n": silent}
        )
        said.append(_("Webhooks that were lost: look whether the address was reachable, and at the dead letters."))
    said.append(_("Something else sends from this number: another program, or the phone app."))
    return said + _still_settling(found.reckoning.day)


def _still_settling(day: date) -> list[str]:
    if clock.now().date() - day > timedelta(days=NIGHTS):
        return []
    return [_("Late news: the day is counted again in the next nights, and the case closes by itself if they agree.")]
