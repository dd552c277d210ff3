"""Columns of cells become columns of values: each text is read once and looked up after that.

A reader takes the cells of many rows at a time. What cannot be read is noted in `bad`, row → why, unless an earlier
column has spoilt the row already.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from tradewind.contacts.imports import cells
from tradewind.contacts.imports.cells import line_of
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.lines import pair_of
from tradewind.contacts.imports.problems import BadCell, ImportRefused
from tradewind.contacts.tags import paths
from tradewind.lib import phone_at_speed
from tradewind.lib.phone import PhoneError
from tradewind.lib.zones import is_zone

MOST_REMEMBERED = 20_000
LONGEST_FIELD = 1000
LONGEST_WORDING = 4000
LONGEST_SOURCE = 40
LONGEST_NAME = 200
LONGEST_WORD = 5  # a longer "yes" says more than yes: it is the wording
# lib.phone takes any number of a possible length, because new ranges appear all the time. In a list, one so short that
# nobody was given is a number that was cut off: the shortest mobile numbers have a plus and 7 digits and are assigned.
SHORTEST_PHONE = 9
MOST_NEW_TAGS = 300
MOST_TAGS_IN_ROW = 30

NO_FACTS = phone_at_speed.Facts(None, None, False, False)

T = TypeVar("T")
Bad = dict[int, tuple[int, BadCell]]  # place of the row among those that are read → (place of the column, why)


class Reader(Generic[T]):
    """Reads cells of one kind. `nothing` stands for an empty cell, and for one that cannot be read."""

    def __init__(self, read: Callable[[str], T], nothing: T) -> None:
        self.read, self.nothing = read, nothing
        self.known: dict[str, T] = {"": nothing}
        self.wrong: dict[str, BadCell] = {}

    def __call__(self, texts: Sequence[str], column: int, bad: Bad) -> list[T]:
        known = self.known
        if len(known) > MOST_REMEMBERED:
            self.known = known = {"": self.nothing}
            self.wrong = {}
        for text in set(texts).difference(known):
            try:
                known[text] = self.read(text)
            except BadCell as error:
                known[text], self.wrong[text] = self.nothing, error
        if self.wrong:
            for place, text in enumerate(texts):
                if text in self.wrong:
                    bad.setdefault(place, (column, self.wrong[text]))
        return [known[text] for text in texts]


class PhoneReader:
    """Phone numbers, each with the country of its row as a hint."""

    def __init__(self, hint: str, *, landlines: bool) -> None:
        self.hint, self.lets_landlines_in = hint or None, landlines

    def __call__(
        self, texts: Sequence[str], countries: Sequence[str], column: int, bad: Bad
    ) -> tuple[list[str], list[phone_at_speed.Facts]]:
        phones, facts = [], []
        for place, (text, country) in enumerate(zip(texts, countries, strict=True)):
            try:
                phone, told = self.read(text, country or self.hint)
            except BadCell as error:
                phone, told = "", NO_FACTS
                bad.setdefault(place, (column, error))
            phones.append(phone)
            facts.append(told)
        return phones, facts

    def read(self, text: str, hint: str | None) -> tuple[str, phone_at_speed.Facts]:
        if not text:
            raise BadCell("empty")
        phone, told = phone_of(text, hint)
        if told.is_landline and not self.lets_landlines_in:
            raise BadCell("landline")
        if not told.is_assigned and len(phone) <= SHORTEST_PHONE:
            raise BadCell("too_short")
        return phone, told


def phone_of(text: str, hint: str | None) -> tuple[str, phone_at_speed.Facts]:
    try:
        return phone_at_speed.told(text, hint)
    except PhoneError as error:
        said = text.strip().lstrip("'’`=\"").rstrip('"')
        if cells.EXCEL_DIGITS.fullmatch(said):
            raise BadCell("excel_digits") from None
        if said.endswith(".0") and said[:-2].lstrip("+").isdigit():
            return phone_of(said[:-2], hint)
        if said != text.strip() and said:
            return phone_of(said, hint)
        raise BadCell(error.code) from None


class TagReader:
    """Cells with tags: "Outdoor; Schuhe" → the tags' numbers; tags that are to be made have numbers below 0.

    `known`: lower path → the tag's number, or a reason why nobody gets it by hand. `numbers`: the new tags, number →
    path; `part` of `parts` processes gives numbers that no other process gives.
    """

    def __init__(self, known: dict[str, str], *, creates: bool, part: int = 0, parts: int = 1) -> None:
        self.known, self.creates, self.part, self.parts = known, creates, part, parts
        self.new: dict[str, int] = {}
        self.numbers: dict[int, str] = {}

    def of(self, prefix: str) -> Reader[str]:
        """A reader for a column whose tags stand below `prefix`: their numbers with commas between."""
        return Reader(lambda text: ",".join(map(str, self.read(text, prefix))), "")

    def read(self, text: str, prefix: str) -> tuple[int, ...]:
        sign = ";" if ";" in text else "|" if "|" in text else "\n" if "\n" in text else ","
        names = [name.strip().lstrip("#") for name in text.split(sign)]
        found = tuple(dict.fromkeys(self.tag(name, prefix) for name in names if name))
        if len(found) > MOST_TAGS_IN_ROW:
            raise BadCell("too_many_tags", str(MOST_TAGS_IN_ROW))
        return found

    def tag(self, name: str, prefix: str) -> int:
        try:
            path = paths.clean(f"{prefix}/{name}" if prefix and "/" not in name else name)
        except ValueError as error:
            raise BadCell("bad_tag", str(error)) from None
        known = self.known.get(path.lower())
        if known is not None:
            if known.isdigit():
                return int(known)
            raise BadCell(known, path)
        if not self.creates:
            raise BadCell("unknown_tag", path[:100])
        return self.new.get(path.lower()) or self.make(path)

    def make(self, path: str) -> int:
        if len(self.new) >= MOST_NEW_TAGS:
            raise ImportRefused(
                _("More than %(most)s tags would be made. Is the right column taken for tags?")
                % {"most": MOST_NEW_TAGS}
            )
        number = -(len(self.new) * self.parts + self.part + 1)
        self.new[path.lower()], self.numbers[number] = number, path
        return number


def field_reader(column: Column) -> Reader[str]:
    """A field of the business's own, as a part of `lines.fields_of`."""

    def read(text: str) -> str:
        return pair_of(column.key, value_of(cell, column)) if (cell := text.strip()) else ""

    return Reader(read, "")


def value_of(text: str, column: Column) -> Any:
    """A cell as a field of its kind keeps it."""
    if column.kind == "date":
        if (counted := cells.serial_of(text)) is not None:
            return counted.date().isoformat()
        return cells.date_of(text, day_first=column.day_first).isoformat()
    if column.kind == "number":
        return cells.number_of(text)
    if column.kind == "yes_no":
        return cells.yes_or_no(text)
    cleaned = line_of(text)
    if len(cleaned) > LONGEST_FIELD:
        raise BadCell("too_long_text", str(LONGEST_FIELD))
    return cleaned


def consent_of(text: str) -> tuple[str, str]:
    """(state, wording) of a cell that says yes or no, perhaps in more words."""
    says_yes = cells.yes_or_no(text)
    if says_yes is None:
        return "", ""
    wording = line_of(text)[:LONGEST_WORDING] if len(text.strip()) > LONGEST_WORD else ""
    return ("opted_in" if says_yes else "opted_out"), wording


def text_of(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        cleaned = line_of(text)
        if len(cleaned) > most:
            raise BadCell("too_long_text", str(most))
        return cleaned

    return read


def clipped(most: int) -> Callable[[str], str]:
    return lambda text: line_of(text)[:most]


def zone_named(text: str) -> str:
    zone = text.strip()
    if zone and not is_zone(zone):
        raise BadCell("unknown_zone")
    return zone
