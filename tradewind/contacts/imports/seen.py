"""What stands in the columns of a file, in words: for the page on which a person says what they become."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradewind.contacts.facts.uploads import reading, vocabulary
from tradewind.contacts.imports import cells, guessing, planning, rows
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.sniffing import Shape
from tradewind.contacts.imports.sources import PiecesSource
from tradewind.contacts.models import Import

LOOKED_AT = 500
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """A column for the page. `doubt`: an example of a date that can be read both ways, with both days; or None."""

    place: int
    column: Column
    examples: list[str]
    words: str
    is_warning: bool
    doubt: tuple[str, str, str] | None


def columns(of: Import) -> list[Seen]:
    """All columns by the first rows of the file."""
    shape = Shape(**of.shape)
    sample = [given for _number, given in rows.sample(PiecesSource(of.pk), shape, LOOKED_AT)]
    found = []
    for place, column in enumerate(planning.columns_of(of)):
        values = [given[place].strip() for given in sample if place < len(given) and given[place].strip()]
        found.append(seen(of, place, column, values, len(sample)))
    return found


def seen(of: Import, place: int, column: Column, values: list[str], rows_seen: int) -> Seen:
    words, is_warning = words_of(of, column, values, rows_seen)
    return Seen(place, column, list(dict.fromkeys(values))[:EXAMPLES], words, is_warning, doubt_of(column, values))


def words_of(of: Import, column: Column, values: list[str], rows_seen: int) -> tuple[str, bool]:
    """(what we saw, whether it is to be looked at)"""
    if column.to in ("phone", "contact"):
        country = of.options.get("country") or of.workspace.country
        percent = round(100 * guessing.phones(values, country))
        said = _("%(percent)s %% are valid") % {"percent": percent}
        if country:
            said = _("%(said)s; no country code means %(country)s") % {"said": said, "country": country}
        return said, percent < 90
    if column.to == "event":
        names = {vocabulary.event_of(value) for value in values}
        return ngettext("%(n)s kind", "%(n)s kinds", len(names)) % {"n": len(names)}, False
    if column.to in ("at", "amount"):
        percent = round(100 * guessing.share(values, lambda value: is_readable(of, column, value)))
        return _("%(percent)s %% can be read") % {"percent": percent}, percent < 90
    if column.to == "country":
        known = {code for value in values if (code := quietly(cells.country_of, value))}
        return ngettext("%(n)s country", "%(n)s countries", len(known)) % {"n": len(known)}, False
    if column.to == "opt_in":
        yes = sum(quietly(cells.yes_or_no, value) is True for value in values)
        if yes < rows_seen:
            return _("some do not agree: no marketing to them"), True
        return _("all agree"), False
    if column.to == "field" and column.kind in ("date", "number", "yes_no"):
        return _("%(kind)s, %(percent)s %% filled") % {
            "kind": kind_name(column.kind),
            "percent": share(values, rows_seen),
        }, False
    if not values:
        return _("empty"), False
    percent = share(values, rows_seen)
    return (_("filled in all rows") if percent == 100 else _("%(percent)s %% filled") % {"percent": percent}), False


def kind_name(kind: str) -> str:
    from tradewind.contacts.imports.words import KINDS

    return str(KINDS[kind])


def share(values: list[str], rows_seen: int) -> int:
    return round(100 * len(values) / rows_seen) if rows_seen else 0


def doubt_of(column: Column, values: list[str]) -> tuple[str, str, str] | None:
    """A date that can be read both ways: (as written, with the day first, with the month first)."""
    if not (column.to in ("opt_in_at", "at") or (column.to == "field" and column.kind == "date")):
        return None
    example = next((value for value in values if cells.is_ambiguous(value)), None)
    if example is None:
        return None
    return example, said(cells.date_of(example, day_first=True)), said(cells.date_of(example, day_first=False))


def said(day: date) -> str:
    return date_format(day, "j F")


def is_readable(of: Import, column: Column, text: str) -> bool:
    """Whether the time or the amount of an event comes in. Raises BadCell when it does not."""
    if column.to == "at":
        cells.moment_of(text, of.workspace.timezone, day_first=column.day_first)
    else:
        reading.take_amount({}, text)
    return True


def quietly(read: Any, text: str) -> Any:
    try:
        return read(text)
    except ValueError:
        return None
