"""The rows that were left out, kept with their reason, and given back as a file that can be mended and sent again."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from tradewind.contacts.imports import words
from tradewind.contacts.imports.problems import Reject
from tradewind.contacts.imports.vocabulary import plain
from tradewind.contacts.models import Import, ImportReject
from tradewind.lib.text import storable

BLOCK = 500
MOST_KEPT = 200_000
BOM = "\ufeff"  # so that spreadsheets read it as UTF-8
# What a spreadsheet would take for a formula, also in the wide forms of East Asian keyboards.
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
KEEP = """
INSERT INTO contact_import_reject (workspace_id, of_import_id, row, "column", reason, detail, cells)
SELECT %s, %s, row, "column", reason, detail, cells::jsonb
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[]) AS g (row, "column", reason, detail, cells)
ON CONFLICT (of_import_id, row) DO NOTHING
"""


def keep(workspace_id: int, import_id: int, refused: Sequence[Reject], *, before: int = 0) -> None:
    """Write refused rows down, up to as many as anybody mends; `before` says how many were refused so far.

    A row that is there already stays as it is.
    """
    if not refused or before >= MOST_KEPT:
        return
    columns: list[list[Any]] = [
        [each.row for each in refused],
        [storable(each.column) for each in refused],
        [each.reason for each in refused],
        [storable(each.detail) for each in refused],
        [json.dumps([storable(cell) for cell in each.cells], ensure_ascii=False) for each in refused],
    ]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [workspace_id, import_id, *columns])


def heads() -> list[str]:
    """The columns that the file of rejects adds, in the language of the moment."""
    return [gettext("Why it was left out"), gettext("Column at fault"), gettext("Row in the file")]


def all_heads() -> set[str]:
    """Those heads in all languages of the console, for comparing."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {plain(head) for head in heads()}
    return found


def file_of(of: Import, language: str) -> Iterator[str]:
    """The refused rows in the form of the file: CSV with the reasons at the end of each row, or lines of JSON."""
    is_json = of.shape.get("kind") == "json"
    with translation.override(language):
        own = [column["head"] for column in of.mapping]
        first = "" if is_json else BOM + lines([[*own, *heads()]])
    yield first
    after = -1
    while True:
        some = list(ImportReject.objects.filter(of_import=of, row__gt=after).order_by("row")[:BLOCK])
        if not some:
            return
        after = some[-1].row
        # Never across a yield: the thread serves others in between.
        with translation.override(language):
            text = json_lines(some) if is_json else lines([line_of(each, len(own)) for each in some])
        yield text


def json_lines(some: Sequence[ImportReject]) -> str:
    """As facts.files reads them back: of such a line only what was given counts."""
    found = [
        {"line": each.row, "reason": str(words.reason_of(each.reason, each.detail)), "given": "".join(each.cells)}
        for each in some
    ]
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in found)


def line_of(reject: ImportReject, width: int) -> list[str]:
    cells = [*map(str, reject.cells), *[""] * width][: max(width, len(reject.cells))]
    return [*cells, str(words.reason_of(reject.reason, reject.detail)), reject.column, str(reject.row)]


def lines(rows: Sequence[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([[safe(cell) for cell in row] for row in rows])
    return file.getvalue()


def safe(cell: str) -> str:
    """An apostrophe makes it text for every spreadsheet; the import takes it off phone numbers again."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_STARTS) else cell
