"""The rows of a file, one after the other, whatever its kind: (number in the file, cells).

Numbers are those that a spreadsheet shows: the head is row 1, and empty rows count. Memory stays flat for texts.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from tradewind.contacts.imports import sheets, sniffing
from tradewind.contacts.imports.problems import ImportRefused
from tradewind.contacts.imports.sniffing import Shape
from tradewind.contacts.imports.sources import Source

Row = tuple[int, list[str]]
NO_DELIMITER = "\x1f"  # a character that no table has: the whole line is one cell
# A cell of more lines than this is a quote that nobody closed.
MOST_LINES_IN_ROW = 50
OPEN_QUOTE = "\x00open quote"


def sniff(source: Source, *, country: str = "", file_name: str = "") -> Shape:
    """What the file is. Raises ImportRefused with a sentence."""
    with source.open() as file:
        start = file.read(sniffing.SAMPLE_BYTES)
    kind = sniffing.kind_of(start)
    if kind == "workbook":
        return sheets.sniff(source)
    return sniffing.sniff_text(start, is_whole=source.size() <= len(start), country=country)


def heads_of(source: Source, shape: Shape) -> list[str]:
    """The names of the columns; "" for columns without one."""
    first = next(read(source, shape, with_head=True), None)
    if first is None:
        raise ImportRefused(_("The file is empty."))
    if shape.has_head:
        sniffing.refuse_too_wide(len(first[1]))
        return [" ".join(cell.replace("\x00", "").split())[:200] for cell in first[1]]
    width = max(len(cells) for _number, cells in sample(source, shape, 50))
    sniffing.refuse_too_wide(width)
    return [""] * width


def sample(source: Source, shape: Shape, most: int) -> list[Row]:
    """The first rows below the head."""
    found = []
    for row in read(source, shape):
        found.append(row)
        if len(found) >= most:
            break
    return found


def read(source: Source, shape: Shape, *, with_head: bool = False) -> Iterator[Row]:
    """All rows that are not empty; without the head unless it is asked for."""
    rows = sheets.read(source, shape) if shape.kind == "workbook" else read_text(source, shape)
    waits_for_head = shape.has_head and not with_head
    for number, cells in rows:
        if not any(cells) or not any(cell.strip() for cell in cells):
            continue
        if waits_for_head:
            waits_for_head = False
            continue
        yield number, cells


def read_text(source: Source, shape: Shape) -> Iterator[Row]:
    with source.open() as raw:
        text = io.TextIOWrapper(raw, encoding=shape.encoding, errors="replace", newline="")
        lines = Lines(text)
        for _skipped in range(shape.skips):
            next(lines, None)
        delimiter = shape.delimiter or NO_DELIMITER
        number = shape.skips
        while True:
            for cells in rows_until_trouble(lines, delimiter):
                number += 1
                yield number, cells
            if not lines.has_trouble:
                return
            number += 1
            yield number, broken_row(lines, delimiter)


def rows_until_trouble(lines: "Lines", delimiter: str) -> Iterator[list[str]]:
    """Rows as the csv module reads them; ends at the end, or where a quote stays open (`lines.has_trouble`)."""
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for cells in reader:
            if lines.is_open_at_end():
                lines.has_trouble = True
                return
            lines.taken.clear()
            yield cells
    except (csv.Error, _TooManyLines):
        lines.has_trouble = True


def broken_row(lines: "Lines", delimiter: str) -> list[str]:
    """The line where the quote opened, read without quotes; what it had swallowed is read again."""
    first, *rest = lines.taken
    lines.give_back(rest)
    cells = next(csv.reader([first[:10_000]], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
    return [OPEN_QUOTE, *cells]


class _TooManyLines(Exception):
    """One row has taken more lines than a row has."""


class Lines:
    """The lines of a text, which remembers those of the row that is being read."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.has_trouble = False

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        taken = self.taken
        if len(taken) > MOST_LINES_IN_ROW:
            raise _TooManyLines
        line = self._again.popleft() if self._again else next(self._text)
        taken.append(line)
        return line

    def give_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))
        self.taken, self.has_trouble = [], False

    def is_open_at_end(self) -> bool:
        """Whether the row just read swallowed the rest of the file: several lines, and an odd number of quotes."""
        return len(self.taken) > 1 and sum(line.count('"') for line in self.taken) % 2 == 1
