"""The rows of a file as events, each read or refused with column and reason; memory stays flat."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from tradewind.contacts.facts import files, who
from tradewind.contacts.facts.uploads import vocabulary
from tradewind.contacts.imports import cells, readers, rejects, rows
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.problems import BadCell, Reject
from tradewind.contacts.imports.sniffing import Shape
from tradewind.contacts.imports.sources import Source

LONGEST_TEXT = 2_000  # of one cell; an event as a whole has a bound of its own
LONGEST_NOTE = 200  # of the column and the detail that a rejected row keeps
_WITH_CURRENCY = re.compile(r"([A-Z]{3})\s*(.*\d)|(.*\d)\s*([A-Z]{3})")
SIGNS = {"€": "EUR", "£": "GBP", "฿": "THB", "₺": "TRY", "₹": "INR", "zł": "PLN", "R$": "BRL"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How the cells of this file are read. `event`: the name of every row that has none of its own."""

    columns: Sequence[Column]
    event: str
    country: str
    zone: str


class Given(NamedTuple):
    """A row: its number and cells, and the event in it, or why it is left out."""

    number: int
    cells: list[str]
    event: Any
    reject: Reject | None


def read(source: Source, shape: Shape, plan: Plan) -> Iterator[Given]:
    """All rows that are not empty, in their order."""
    if shape.kind == "json":
        return from_json(source)
    return from_table(source, shape, plan)


def from_json(source: Source) -> Iterator[Given]:
    with source.open() as file:
        for row in files.json_lines(file):
            if row.problem:
                cells = [row.raw[:LONGEST_TEXT]] if row.raw else []
                code = "not_json" if row.raw else "long_line"
                yield Given(row.number, cells, None, Reject(row.number, "", code, "", cells))
            else:
                yield Given(row.number, [orjson.dumps(row.raw).decode()], row.event, None)


def from_table(source: Source, shape: Shape, plan: Plan) -> Iterator[Given]:
    for number, given in rows.read(source, shape):
        try:
            yield Given(number, given, event_of(given, plan), None)
        except Misread as error:
            yield Given(number, given, None, Reject(number, error.head, error.code, error.detail, given))


class Misread(ValueError):
    """A cell that cannot be taken, with the head of its column."""

    def __init__(self, head: str, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.head, self.code, self.detail = head[:LONGEST_NOTE], code, detail[:LONGEST_NOTE]


def event_of(given: Sequence[str], plan: Plan) -> dict[str, Any]:
    """A row as an event. Raises Misread."""
    if given and given[0] == rows.OPEN_QUOTE:
        raise Misread("", "open_quote")
    if len(given) > len(plan.columns) and any(cell.strip() for cell in given[len(plan.columns) :]):
        raise Misread("", "too_many_cells")
    event: dict[str, Any] = {"event": plan.event}
    for column, cell in zip(plan.columns, given, strict=False):
        text = unescaped(cell.strip())
        if not text or column.to == "skip":
            continue
        try:
            take(event, column, text, plan)
        except BadCell as error:
            raise Misread(column.head, error.reason, error.detail) from None
    return event


def unescaped(text: str) -> str:
    """Without the apostrophe that our file of rejects puts before what a spreadsheet would take for a formula."""
    return text[1:] if text.startswith("'") and text[1:].lstrip().startswith(rejects.FORMULA_STARTS) else text


def take(event: dict[str, Any], column: Column, text: str, plan: Plan) -> None:
    """Put one cell into the event. Raises BadCell."""
    match column.to:
        case "contact":
            event["contact"] = contact_of(text, plan.country)
        case "event":
            event["event"] = vocabulary.event_of(text)
        case "at":
            event["at"] = cells.moment_of(text, plan.zone, day_first=column.day_first).isoformat()
        case "amount":
            take_amount(event, text)
        case "currency":
            event["currency"] = SIGNS.get(text, text)
        case "field":
            event[column.key] = readers.value_of(text, column)
        case target:
            event[target] = one_line(text)


def contact_of(text: str, country: str) -> str:
    """A number as E.164, with the country of the file as hint; ids as they are."""
    return readers.phone_of(text, country or None)[0] if who.is_phone_like(text.lstrip("'’`=\"")) else text


def take_amount(event: dict[str, Any], text: str) -> None:
    """ "12,50 EUR" says the currency as well, unless a column of its own does."""
    for sign, code in SIGNS.items():
        text = text.replace(sign, f" {code} ").strip()
    if found := _WITH_CURRENCY.fullmatch(text):
        text = found[2] or found[3]
        event.setdefault("currency", found[1] or found[4])
    event["amount"] = cells.number_of(text)


def one_line(text: str) -> str:
    cleaned = cells.line_of(text)
    if len(cleaned) > LONGEST_TEXT:
        raise BadCell("too_long_text", str(LONGEST_TEXT))
    return cleaned
