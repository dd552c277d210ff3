"""The rows of a file, one after the other, whatever its kind: (number in the file, cells).

Numbers are those that a spreadsheet shows: the head is row 1, and empty rows count. Memory stays flat for texts.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count, islice
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
QUOTE = '"'
END = "\x00end"  # stands alone in a row unless a quote before it is open
LETTERS_IN_BLOCK = 64 * 1024
ROWS_IN_BLOCK = 1000


def sniff(source: Source, *, country: str = "", takes_json: bool = False) -> Shape:
    """What the file is. Raises ImportRefused with a sentence. `takes_json`: lines of JSON are a kind of their own."""
    with source.open() as file:
        start = file.read(sniffing.SAMPLE_BYTES)
    kind = sniffing.kind_of(start)
    if takes_json and sniffing.is_json(start):
        return Shape("json")
    if takes_json and sniffing.is_json_list(start):
        raise ImportRefused(_("This is one list of JSON. Write one object a line, without the list around them."))
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
        return [head_of(cell) for cell in first[1]]
    width = max(len(cells) for _number, cells in sample(source, shape, 50))
    sniffing.refuse_too_wide(width)
    return [""] * width


def head_of(cell: str) -> str:
    """One line without NUL, and without the mark of an encoding that was put before another one."""
    return " ".join(cell.replace("\x00", "").strip("\ufeff").split())[:200]


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
    for block in read_blocks(source, shape, with_head=with_head):
        yield from block


def read_blocks(
    source: Source, shape: Shape, *, with_head: bool = False, part: int = 0, parts: int = 1
) -> Iterator[list[Row]]:
    """The rows of `read`, many at a time. Of several parts each gets other blocks; together they get all rows."""
    waits_for_head = shape.has_head and not with_head
    if shape.kind == "workbook":
        blocks = in_blocks(sheets.read(source, shape))
    else:
        blocks = text_blocks(source, shape, lambda place: waits_for_head or place % parts == part)
    for place, block in blocks:
        rows = [row for row in block if is_filled(row[1])]
        if waits_for_head and rows:
            waits_for_head = False
            del rows[0]
        if rows and place % parts == part:
            yield rows


def is_filled(cells: list[str]) -> bool:
    return bool(cells) and (bool(cells[0] and not cells[0].isspace()) or any(cell.strip() for cell in cells))


def in_blocks(rows: Iterator[Row]) -> Iterator[tuple[int, list[Row]]]:
    for place in count():
        block = list(islice(rows, ROWS_IN_BLOCK))
        if not block:
            return
        yield place, block


def text_blocks(source: Source, shape: Shape, is_wanted: Callable[[int], bool]) -> Iterator[tuple[int, list[Row]]]:
    """The rows of a text, a block of lines at a time; of blocks that nobody wants only the lines are counted."""
    with source.open() as raw:
        text = io.TextIOWrapper(raw, encoding=shape.encoding, errors="replace", newline="")
        lines = Lines(text)
        for _skipped in range(shape.skips):
            next(lines, None)
        delimiter = shape.delimiter or NO_DELIMITER
        number = shape.skips + 1
        for place in count():
            some = text.readlines(LETTERS_IN_BLOCK)
            if not some:
                return
            if not is_wanted(place) and not any(QUOTE in line for line in some):
                number += len(some)
                continue
            found = plain_rows(some, delimiter) or careful_rows(some, lines, delimiter)
            yield place, list(enumerate(found, number))
            number += len(found)


def plain_rows(some: list[str], delimiter: str) -> list[list[str]] | None:
    """The rows of these lines if each line is a row of its own; None when quotes are at work across lines."""
    try:
        rows = list(csv.reader([*some, END], delimiter=delimiter))
    except csv.Error:
        return None
    return rows[:-1] if len(rows) == len(some) + 1 and rows[-1] == [END] else None


def careful_rows(some: list[str], lines: "Lines", delimiter: str) -> list[list[str]]:
    """The rows of these lines, and what belongs to the last of them; a quote that nobody closes spoils one row only."""
    lines.give_back(some)
    found: list[list[str]] = []
    while lines.has_given():
        for cells in rows_until_trouble(lines, delimiter):
            found.append(cells)
            if not lines.has_given():
                break
        if lines.has_trouble:
            found.append(broken_row(lines, delimiter))
    return found


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

    def has_given(self) -> bool:
        """Whether lines that were given back are still to be read."""
        return bool(self._again)

    def is_open_at_end(self) -> bool:
        """Whether the row just read swallowed the rest of the file: several lines, and an odd number of quotes."""
        return len(self.taken) > 1 and sum(line.count('"') for line in self.taken) % 2 == 1
