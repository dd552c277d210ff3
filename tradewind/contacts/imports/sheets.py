"""Workbooks (.xlsx, .ods): the first sheet with rows in it, and what is looked at before one is opened."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from tradewind.contacts.imports import sniffing
from tradewind.contacts.imports.problems import ImportRefused
from tradewind.contacts.imports.sniffing import Shape
from tradewind.contacts.imports.sources import Source

# A workbook is held in memory while it is read: these bound how much that is.
LARGEST_FILE = 64 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
LARGEST_RATIO = 200  # spreadsheets pack 5 to 30 times
SMALL = 8 * 1024 * 1024
MOST_PARTS = 5_000


def sniff(source: Source) -> Shape:
    """The first sheet that has rows. Raises ImportRefused for bombs, passwords and what is no workbook."""
    book = opened(source)
    for name in book.sheet_names:
        rows = first_rows(book, name)
        filled = [row for row in rows if any(cell.strip() for cell in row)]
        if filled:
            sniffing.refuse_too_wide(max(map(len, filled)))
            return Shape("workbook", "", "", sniffing.has_head(filled), 0, name)
    raise ImportRefused(_("The workbook has no rows."))


def opened(source: Source) -> Any:
    if source.size() > LARGEST_FILE:
        raise ImportRefused(
            _("The workbook is larger than %(most)s MB. Save it as CSV: that has no limit.")
            % {"most": LARGEST_FILE // 1024 // 1024}
        )
    with source.open() as file:
        body = file.read()
    look_inside(body)
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(body))
    except (CalamineError, OSError, ValueError) as error:
        raise ImportRefused(_("The workbook cannot be read. Save it again as .xlsx or CSV.")) from error


def look_inside(body: bytes) -> None:
    """Unpacks every part once, without keeping it, so that what the archive says of itself need not be believed."""
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & 1 for part in parts):
                raise ImportRefused(_("The workbook is locked with a password. Save it without one."))
            said = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or is_bomb(said, len(body)):
                raise bomb()
            for part in parts:
                with archive.open(part) as file:
                    while block := file.read(1024 * 1024):
                        unpacked += len(block)
                        if is_bomb(unpacked, len(body)):
                            raise bomb()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, ImportRefused):
            raise
        raise ImportRefused(_("The workbook is damaged. Save it again as .xlsx or CSV.")) from error


def is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > LARGEST_UNPACKED or (unpacked > SMALL and unpacked > packed * LARGEST_RATIO)


def bomb() -> ImportRefused:
    return ImportRefused(_("The workbook unpacks to far more than a list of people. It was not opened."))


def first_rows(book: Any, name: str) -> list[list[str]]:
    found = []
    for row in book.get_sheet_by_name(name).iter_rows():
        found.append([as_text(cell) for cell in row])
        if len(found) >= sniffing.SAMPLE_ROWS:
            break
    return found


def read(source: Source, shape: Shape) -> Iterator[tuple[int, list[str]]]:
    book = opened(source)
    sheet = book.get_sheet_by_name(shape.sheet) if shape.sheet else book.get_sheet_by_index(0)
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, [as_text(cell) for cell in row]


def as_text(cell: Any) -> str:
    """A cell as a person would have typed it: whole numbers without a point, dates as 2026-11-22."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
