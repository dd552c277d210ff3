"""The log as a CSV file, a thousand rows at a time. A cell that a spreadsheet would take for a formula is disarmed."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _

from tradewind.campaigns import queries
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.pages import came_of
from tradewind.messages.models import Message

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BLOCK = 1000
BOM = "\ufeff"  # so that spreadsheets read it as UTF-8


def lines(campaign: Campaign, show: str) -> Iterator[str]:
    yield BOM + line(
        [_("Name"), _("From"), _("State"), _("Sent"), _("Delivered"), _("Read"), _("Code"), _("What came of it")]
    )
    before = None
    while rows := queries.log(campaign, show=show, before=before, limit=BLOCK):
        yield "".join(line(cells_of(row)) for row in rows)
        before = rows[-1].pk


def cells_of(row: Message) -> list[str]:
    times = [at.isoformat(timespec="seconds") if at else "" for at in (row.sent_at, row.delivered_at, row.read_at)]
    return [row.contact.name, row.number.name, row.state, *times, str(row.error_code or ""), came_of(row)]


def line(cells: list[str]) -> str:
    file = StringIO()
    csv.writer(file).writerow([safe(cell) for cell in cells])
    return file.getvalue()


def safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
