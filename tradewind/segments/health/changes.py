"""The change log of the tag system: date, tag, who, what, why; read from the audit trail."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tradewind.workspaces.models import AuditEntry, Member

SUBJECTS = ("tag.", "rule.", "recipe.")
# What a spreadsheet would take for a formula, also in the wide forms of East Asian keyboards.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
BOM = "\ufeff"  # so that spreadsheets read it as UTF-8


@dataclass(frozen=True, slots=True)
class Changed:
    """A line of the log."""

    at: datetime
    tag: str
    who: str
    what: str
    why: str


def rows(member: Member) -> QuerySet[AuditEntry]:
    """All entries about tags, the newest first."""
    about = Q()
    for subject in SUBJECTS:
        about |= Q(verb__startswith=subject)
    return AuditEntry.objects.visible_to(member).filter(about).select_related("member__user").order_by("-pk")


def line_of(entry: AuditEntry) -> Changed:
    return Changed(entry.at, entry.summary, str(entry.member or ""), str(entry.in_words), why(entry))


def why(entry: AuditEntry) -> str:
    """The reason, where one was given: the finding that an act mended, the recipe that made it."""
    return str(entry.detail.get("reason", ""))


def as_csv(member: Member) -> Iterator[str]:
    """The whole log, disarmed for spreadsheets."""
    yield BOM + line([_("Date"), _("Tag"), _("Who"), _("What"), _("Reason")])
    for entry in rows(member).iterator(chunk_size=1_000):
        found = line_of(entry)
        yield line([found.at.isoformat(timespec="seconds"), found.tag, found.who, found.what, found.why])


def line(cells: list[str]) -> str:
    out = StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in cells])
    return out.getvalue()
