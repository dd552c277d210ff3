"""Which column of a file of events becomes what: by its head in many languages, and by what stands in it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from tradewind.contacts.errors import ContactError
from tradewind.contacts.facts import shape
from tradewind.contacts.facts.uploads import vocabulary
from tradewind.contacts.facts.uploads.words import TARGETS
from tradewind.contacts.imports import cells, guessing
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.problems import ImportRefused
from tradewind.contacts.imports.vocabulary import plain

RESERVED = frozenset(TARGETS)  # names that have a meaning in an event
ONCE = tuple(name for name in TARGETS if name not in ("field", "skip"))


def guess(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, country: str = "", fields: dict[str, str] | None = None
) -> list[Column]:
    """One Column for each head. `rows`: a sample. People's own fields have no part in it."""
    values = [
        [row[place].strip() for row in rows if place < len(row) and row[place].strip()] for place in range(len(heads))
    ]
    found = [Column(head, vocabulary.target_of(head) or "skip") for head in heads]
    found = only_once(found)
    found = with_best(found, "contact", [guessing.phones(some, country) for some in values])
    found = with_best(found, "at", [guessing.share(some, cells.date_of) for some in values])
    return guessing.unlike(
        [
            own_field(column, some) if column.to == "skip" and not guessing.is_reject_head(column.head) else column
            for column, some in zip(found, values, strict=True)
        ]
    )


def only_once(found: list[Column]) -> list[Column]:
    """Of two columns with one meaning the first has it."""
    taken = set[str]()
    result = []
    for column in found:
        result.append(Column(column.head) if column.to in taken else column)
        taken |= {column.to} - {"skip"}
    return result


def with_best(found: list[Column], target: str, shares: Sequence[float]) -> list[Column]:
    """When no head says so, the unknown column with the most fitting cells is meant."""
    if any(column.to == target for column in found):
        return found
    fitting = [share if column.to == "skip" else 0.0 for column, share in zip(found, shares, strict=True)]
    best = max(range(len(fitting)), key=lambda place: fitting[place], default=None)
    if best is None or fitting[best] < 0.5:
        return found
    return [replace(column, to=target) if place == best else column for place, column in enumerate(found)]


def own_field(column: Column, values: list[str]) -> Column:
    """What we know nothing of is kept with the event, under the name of its column."""
    if not column.head:
        return column
    found = guessing.own_field(column, values)
    return replace(found, key=f"{found.key} 2") if found.key in RESERVED else found


def read_mapping(given: Sequence[dict[str, Any]], heads: Sequence[str]) -> list[Column]:
    """The mapping that a page sends. Raises ImportRefused for what does not fit the file."""
    return checked(guessing.columns_said(given, heads, TARGETS))


def checked(columns: list[Column]) -> list[Column]:
    """It is said whom an event is about and when it happened, and nothing is set by two columns."""
    chosen = [column.to for column in columns]
    if "contact" not in chosen:
        raise ImportRefused(_("No column says whom it is about. Say which one holds the phone number."))
    if "at" not in chosen:
        raise ImportRefused(_("No column says when it happened. Say which one is the time."))
    guessing.refuse_doubled(columns, ONCE)
    for column in columns:
        if column.to == "field" and column.key in RESERVED:
            raise ImportRefused(_("Two columns become %(name)s. Choose one of them.") % {"name": column.key})
    return columns


def refuse_nameless(columns: Sequence[Column], options: dict[str, Any]) -> None:
    """Without a column of names all rows of a table have one name, and somebody must say which."""
    if not any(column.to == "event" for column in columns) and not options.get("event"):
        raise ImportRefused(_("Say what each row of this file is: an order, a visit, …"))


def event_said(text: str) -> str:
    """The name for every row, as a person wrote or chose it; "" for none. Raises ContactError."""
    if not text.strip():
        return ""
    try:
        return shape.kind_of(vocabulary.event_of(text))
    except shape.FactError as error:
        raise ContactError(str(error)) from None


def default_event(columns: Sequence[Column], file_name: str) -> str:
    """What the rows of a file without names most likely are: what its name says, else orders when it has amounts."""
    for word in plain(file_name.rpartition(".")[0]).split():
        if found := vocabulary.events().get(word) or vocabulary.events().get(word.removesuffix("s")):
            return found
    told = {column.to for column in columns}
    return "order.placed" if told & {"order", "amount"} else "page.viewed" if "page" in told else ""
