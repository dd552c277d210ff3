"""A row becomes a person, or is refused with the column and the reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from django.utils.translation import gettext as _

from tradewind.contacts.imports import cells
from tradewind.contacts.imports.cells import line_of
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.problems import BadCell, ImportRefused, Reject
from tradewind.contacts.imports.rows import OPEN_QUOTE
from tradewind.contacts.tags import paths
from tradewind.lib import phone_at_speed
from tradewind.lib.phone import PhoneError
from tradewind.lib.zones import is_zone, recipient_zone, zone_of_city

LONGEST_FIELD = 1000
LONGEST_WORDING = 4000
LONGEST_WORD = 5  # a longer "yes" says more than yes: it is the wording
MOST_REMEMBERED = 10_000
# lib.phone takes any number of a possible length, because new ranges appear all the time. In a list, one so short that
# nobody was given is a number that was cut off: the shortest mobile numbers have a plus and 7 digits and are assigned.
SHORTEST_PHONE = 9
MOST_NEW_TAGS = 300
MOST_TAGS_IN_ROW = 30
KEPT_CELL = 500  # letters of each cell that a reject keeps


class Person(NamedTuple):
    """What a row says of somebody; "" and None = nothing. `home`, `zone`: from the number, for a new contact."""

    phone: str
    row: int
    name: str
    language: str
    country: str
    city: str
    timezone: str
    company: str
    fields: dict[str, Any]
    tags: tuple[str, ...]  # numbers of tags, or "+Path" of tags that are to be made
    state: str  # "", opted_in, opted_out
    at: float  # when they said so, unix seconds; 0 = unknown
    source: str
    wording: str
    home: str
    zone: str


@dataclass(slots=True)
class Plan:
    """What rows are read by: the columns, and what the workspace has. Plain values: it goes to other processes."""

    columns: list[Column]
    country: str  # the hint for numbers without a country
    zone: str  # the workspace's, for times without one
    tags: dict[str, str]  # lower path → the tag's number, or a reason why nobody gets it by hand
    creates_tags: bool = False
    landlines: bool = False
    now: float = 0.0


# Places in the list that a row becomes before it is a Person.
(PHONE, ROW, NAME, LANGUAGE, COUNTRY, CITY, ZONE, COMPANY, FIELDS, TAGS, STATE, SAID_AT, SOURCE, WORDING, HOME,
 DERIVED) = range(16)  # fmt: skip
EMPTY: tuple[Any, ...] = ("", 0, "", "", "", "", "", "", None, (), "", 0.0, "", "", "", "")
# Read in this order: the country is the hint for the number.
ORDER = ("country", "phone", "name", "first_name", "last_name", "language", "city", "timezone", "company", "opt_in",
         "opt_in_at", "opt_in_source", "opt_in_wording", "field", "tags")  # fmt: skip
NOTHING: dict[str, Any] = {}
Setter = Callable[[str, list[Any]], None]


class Cleaner:
    """Reads rows by a plan. `new_tags`: tags that rows want and nobody has made, lower path → path."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.width = len(plan.columns)
        self.heads = [column.head or str(place + 1) for place, column in enumerate(plan.columns)]
        self.tags = TagReader(plan)
        self.zones: dict[tuple[str, str, str, str | None], str] = {}
        chosen = [(place, column) for place, column in enumerate(plan.columns) if column.to != "skip"]
        chosen.sort(key=lambda each: ORDER.index(each[1].to))
        self.setters = [(place, self.setter(column)) for place, column in chosen]
        self.phone_at = next(place for place, column in chosen if column.to == "phone")
        self.has_time = any(column.to == "opt_in_at" for _place, column in chosen)

    @property
    def new_tags(self) -> dict[str, str]:
        return self.tags.new

    def __call__(self, row: int, given: Sequence[str]) -> Person | Reject:
        out = list(EMPTY)
        place = self.phone_at
        try:
            if len(given) != self.width:
                given = evened(given, self.width)
            for place, put in self.setters:
                if text := given[place]:
                    put(text, out)
            place = self.phone_at
            if not out[PHONE]:
                raise BadCell("empty")
        except BadCell as bad:
            return reject(row, self.heads[place], bad.reason, bad.detail, given)
        out[ROW] = row
        self.complete(out)
        return Person._make(out)

    def complete(self, out: list[Any]) -> None:
        """What follows from several cells: the time zone, and what was agreed to."""
        number_zone = out[DERIVED]
        key = (out[CITY], out[COUNTRY], out[HOME], number_zone)
        derived = self.zones.get(key)
        if derived is None:
            derived = self.zones[key] = zone_for(*key, default=self.plan.zone)
        out[DERIVED] = derived
        if out[SAID_AT] and not out[STATE]:
            out[STATE] = "opted_in"
        elif not out[STATE]:
            out[SOURCE] = out[WORDING] = ""
        if out[FIELDS] is None:
            out[FIELDS] = NOTHING

    def setter(self, column: Column) -> Setter:
        made: dict[str, Callable[[], Setter]] = {
            "phone": self.phone,
            "country": lambda: putter(COUNTRY, remembering(cells.country_of)),
            "language": lambda: putter(LANGUAGE, remembering(cells.language_of)),
            "timezone": lambda: putter(ZONE, zone_named),
            "name": lambda: put_name,
            "first_name": lambda: put_name,
            "last_name": lambda: put_name,
            "city": lambda: putter(CITY, text_of(80)),
            "company": lambda: putter(COMPANY, text_of(120)),
            "opt_in": lambda: put_consent,
            "opt_in_at": lambda: putter(SAID_AT, self.moments(column)),
            "opt_in_source": lambda: putter(SOURCE, lambda text: line_of(text)[:40]),
            "opt_in_wording": lambda: putter(WORDING, lambda text: line_of(text)[:LONGEST_WORDING]),
        }
        if column.to == "field":
            return field_setter(column)
        if column.to == "tags":
            return self.tag_setter(column)
        return made[column.to]()

    def phone(self) -> Setter:
        hint, lets_landlines_in = self.plan.country or None, self.plan.landlines

        def put(text: str, out: list[Any]) -> None:
            found = phone_of(text, out[COUNTRY] or hint)
            if not found.is_assigned and len(found.phone) <= SHORTEST_PHONE:
                raise BadCell("too_short")
            if found.is_landline and not lets_landlines_in:
                raise BadCell("landline")
            out[PHONE], out[HOME], out[DERIVED] = found.phone, found.country or "", found.zone

        return put

    def moments(self, column: Column) -> Callable[[str], float]:
        def read(text: str) -> float:
            if not text.strip():
                return 0.0
            at = cells.moment_of(text, self.plan.zone, day_first=column.day_first)
            return min(at.timestamp(), self.plan.now)

        return remembering(read)

    def tag_setter(self, column: Column) -> Setter:
        def put(text: str, out: list[Any]) -> None:
            out[TAGS] += self.tags(text, column.prefix)

        return put


def putter(place: int, read: Callable[[str], Any]) -> Setter:
    def put(text: str, out: list[Any]) -> None:
        out[place] = read(text)

    return put


def put_name(text: str, out: list[Any]) -> None:
    name = line_of(text)
    out[NAME] = (f"{out[NAME]} {name}" if out[NAME] else name)[:200]


def put_consent(text: str, out: list[Any]) -> None:
    says_yes = cells.yes_or_no(text)
    if says_yes is not None:
        out[STATE] = "opted_in" if says_yes else "opted_out"
        if len(text.strip()) > LONGEST_WORD:
            out[WORDING] = line_of(text)[:LONGEST_WORDING]


def field_setter(column: Column) -> Setter:
    def put(text: str, out: list[Any]) -> None:
        if cell := text.strip():
            value = value_of(cell, column)
            if out[FIELDS] is None:
                out[FIELDS] = {column.key: value}
            else:
                out[FIELDS][column.key] = value

    return put


def text_of(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        cleaned = line_of(text)
        if len(cleaned) > most:
            raise BadCell("too_long_text", str(most))
        return cleaned

    return read


def zone_named(text: str) -> str:
    zone = text.strip()
    if zone and not is_zone(zone):
        raise BadCell("unknown_zone")
    return zone


def evened(given: Sequence[str], width: int) -> Sequence[str]:
    """A short row ends with empty cells; a long one is refused unless what is too much is empty."""
    if given and given[0] == OPEN_QUOTE:
        raise BadCell("open_quote")
    if len(given) < width:
        return [*given, *[""] * (width - len(given))]
    if any(cell.strip() for cell in given[width:]):
        raise BadCell("too_many_cells", str(len(given)))
    return given[:width]


def phone_of(text: str, hint: str | None) -> phone_at_speed.Reading:
    try:
        return phone_at_speed.read(text, hint)
    except PhoneError as error:
        said = text.strip().lstrip("'’`=\"").rstrip('"')
        if cells.EXCEL_DIGITS.fullmatch(said):
            raise BadCell("excel_digits") from None
        if said.endswith(".0") and said[:-2].lstrip("+").isdigit():
            return phone_of(said[:-2], hint)
        if said != text.strip() and said:
            return phone_of(said, hint)
        raise BadCell(error.code) from None


def value_of(text: str, column: Column) -> Any:
    """A cell as a field of its kind keeps it."""
    if column.kind == "date":
        return cells.date_of(text, day_first=column.day_first).isoformat()
    if column.kind == "number":
        return cells.number_of(text)
    if column.kind == "yes_no":
        return cells.yes_or_no(text)
    cleaned = line_of(text)
    if len(cleaned) > LONGEST_FIELD:
        raise BadCell("too_long_text", str(LONGEST_FIELD))
    return cleaned


def zone_for(city: str, country: str, home: str, number_zone: str | None, *, default: str) -> str:
    """As actions.create derives it: by city, else by number where it is of the same country, else by country."""
    place = country or home
    if city and (by_city := zone_of_city(city, place)):
        return by_city
    if number_zone and home == place:
        return number_zone
    return recipient_zone(country=place, default=default)


T = TypeVar("T")


def remembering(read: Callable[[str], T]) -> Callable[[str], T]:
    """The same answers, worked out once for each text."""
    known: dict[str, T] = {}

    def reading(text: str) -> T:
        found = known.get(text)
        if found is None:
            found = read(text)
            if len(known) < MOST_REMEMBERED:
                known[text] = found
        return found

    return reading


class TagReader:
    """Cells with tags: "Outdoor; Schuhe" → the tags' numbers, or +Path of those that are to be made."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.known: dict[tuple[str, str], tuple[str, ...]] = {}
        self.new: dict[str, str] = {}

    def __call__(self, text: str, prefix: str) -> tuple[str, ...]:
        key = (text, prefix)
        found = self.known.get(key)
        if found is None:
            found = self.read(text, prefix)
            if len(self.known) < 20_000:
                self.known[key] = found
        return found

    def read(self, text: str, prefix: str) -> tuple[str, ...]:
        sign = ";" if ";" in text else "|" if "|" in text else "\n" if "\n" in text else ","
        names = [name.strip().lstrip("#") for name in text.split(sign)]
        found = tuple(dict.fromkeys(self.tag(name, prefix) for name in names if name))
        if len(found) > MOST_TAGS_IN_ROW:
            raise BadCell("too_many_tags", str(MOST_TAGS_IN_ROW))
        return found

    def tag(self, name: str, prefix: str) -> str:
        try:
            path = paths.clean(f"{prefix}/{name}" if prefix and "/" not in name else name)
        except ValueError as error:
            raise BadCell("bad_tag", str(error)) from None
        known = self.plan.tags.get(path.lower())
        if known is not None:
            if known.isdigit():
                return known
            raise BadCell(known, path)
        if not self.plan.creates_tags:
            raise BadCell("unknown_tag", path[:100])
        self.new.setdefault(path.lower(), path)
        if len(self.new) > MOST_NEW_TAGS:
            raise ImportRefused(
                _("More than %(most)s tags would be made. Is the right column taken for tags?")
                % {"most": MOST_NEW_TAGS}
            )
        return f"+{path}"


def reject(row: int, head: str, reason: str, detail: str, given: Sequence[str]) -> Reject:
    cells_kept = [cell.replace("\x00", "\ufffd")[:KEPT_CELL] for cell in given if cell != OPEN_QUOTE]
    return Reject(row, head[:200], reason, detail[:200], cells_kept)
