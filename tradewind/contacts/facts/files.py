"""Files of events: JSON lines or CSV, read line by line however large they are.

What was refused goes to a file of the same form that can be mended and sent again: of JSON lines as {"line", "reason",
"given"}, of which only `given` counts when it is read; of CSV with two more columns, which are passed over.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson
from django.utils.translation import gettext as _

LONGEST_LINE = 262_144  # bytes; an event of the largest size fits several times
DELIMITERS = ",;\t|"
LINE, REASON = "rejected_line", "rejected_reason"
# Heads that shops' exports have for our four words, folded to small letters.
HEADS = {
    "phone": "contact", "phone_number": "contact", "mobile": "contact", "telefon": "contact", "customer": "contact",
    "name": "event", "event_name": "event", "type": "event",
    "time": "at", "date": "at", "timestamp": "at", "created_at": "at", "occurred_at": "at",
    "event_id": "id",
    "total": "amount", "price": "amount", "value": "amount",
}  # fmt: skip


class Row(NamedTuple):
    """One line. `event` is what was read in it, or None with the `problem`."""

    number: int
    raw: Any
    event: Any
    problem: str


class BadFile(ValueError):
    """The file as a whole cannot be read; the message says why."""


def rows(path: Path) -> Iterator[Row]:
    """The lines of a file; .csv, .tsv and .txt are tables, everything else is JSON lines. Raises BadFile."""
    try:
        with path.open("rb") as file:
            yield from table(file) if is_table(path) else json_lines(file)
    except OSError as error:
        raise BadFile(_("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}) from error


def is_table(path: Path) -> bool:
    return path.suffix.lower() in (".csv", ".tsv", ".txt")


def lines(file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Number and content of each line; None for one that is too long to be an event."""
    number = 0
    while chunk := file.readline(LONGEST_LINE):
        number += 1
        is_whole = chunk.endswith(b"\n") or len(chunk) < LONGEST_LINE
        rest = chunk
        while rest and not rest.endswith(b"\n"):  # on to the end of the line, in pieces
            rest = file.readline(LONGEST_LINE)
        yield number, chunk.removeprefix(b"\xef\xbb\xbf") if is_whole else None


def json_lines(file: IO[bytes]) -> Iterator[Row]:
    for number, line in lines(file):
        if line is None:
            yield Row(number, "", None, _("The line is too long to be an event."))
        elif line.strip():
            yield json_line(number, line.strip())


def json_line(number: int, line: bytes) -> Row:
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Row(number, line.decode(errors="replace"), None, _("This is no JSON: %(why)s.") % {"why": error})
    if isinstance(event, dict) and "given" in event and "reason" in event:  # a line of a file of rejects
        event = event["given"]
        if isinstance(event, str):
            return json_line(number, event.encode())
    return Row(number, event, event, "")


def table(file: IO[bytes]) -> Iterator[Row]:
    """A table with heads in its first line."""
    texts = decoded(file)
    first = next(texts, (0, ""))[1]
    delimiter = max(DELIMITERS, key=first.count)
    heads = [head_of(head) for head in next(csv.reader([first], delimiter=delimiter), [])]
    if not {"contact", "event"} <= set(heads):
        raise BadFile(_("The first line must name the columns, contact and event among them."))
    reader = csv.reader((text for _number, text in texts), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield table_row(reader.line_num + 1, heads, cells)
    except csv.Error as error:  # a quotation mark that nobody closes
        raise BadFile(
            _("Line %(number)s cannot be read: %(why)s.") % {"number": reader.line_num + 1, "why": error}
        ) from error


def table_row(number: int, heads: list[str], cells: list[str]) -> Row:
    if len(cells) > len(heads):
        return Row(number, cells, None, _("The line has more cells than the first line has columns."))
    event = {head: cell.strip() for head, cell in zip(heads, cells, strict=False) if head not in ("", LINE, REASON)}
    return Row(number, cells, event, "")


def head_of(head: str) -> str:
    plain = "_".join(head.strip().lower().split())
    return HEADS.get(plain, plain)


def decoded(file: IO[bytes]) -> Iterator[tuple[int, str]]:
    """The lines as text: UTF-8, or what old spreadsheets write."""
    for number, line in lines(file):
        if line is None:
            raise BadFile(_("Line %(number)s is too long to be an event.") % {"number": number})
        try:
            yield number, line.decode()
        except UnicodeDecodeError:
            yield number, line.decode("cp1252", errors="replace")


class Rejects:
    """The file of what was refused, made when the first comes."""

    def __init__(self, path: Path, of: Path) -> None:
        self.path, self.of = path, of
        self.count = 0
        self._file: Any = None
        self._writer: Any = None

    def add(self, row: Row, reason: str) -> None:
        """Raises OSError when it cannot be written."""
        self.count += 1
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
        if is_table(self.of):
            self._add_cells(row, reason)
        else:
            line = {"line": row.number, "reason": reason, "given": row.raw}
            self._file.write(orjson.dumps(line).decode() + "\n")

    def _add_cells(self, row: Row, reason: str) -> None:
        if self._writer is None:
            self._writer = csv.writer(self._file)
            self._writer.writerow([*self._heads(), LINE, REASON])
        self._writer.writerow([*padded(row.raw, len(self._heads())), row.number, reason])

    def _heads(self) -> list[str]:
        with self.of.open("rb") as file:
            first = next(decoded(file), (0, ""))[1]
        found = next(csv.reader([first], delimiter=max(DELIMITERS, key=first.count)), [])
        return [head for head in found if head_of(head) not in (LINE, REASON)]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def padded(cells: Iterable[str], width: int) -> list[str]:
    """So many cells; what a line has too many is kept in the last of them."""
    found = [*cells]
    if len(found) > width:
        return [*found[: width - 1], " ".join(found[width - 1 :])]
    return found + [""] * (width - len(found))
