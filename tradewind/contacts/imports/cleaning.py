"""Rows become people, or are refused with the column and the reason. Many at a time, column by column.

The answers are those that reading one row after the other would give: of a row that is spoilt in several places, the
first in the order of `Cleaner.lines` counts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

from tradewind.contacts.imports import cells, readers
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.lines import SEVERAL_SPELLINGS, escaped, fields_of, key_of
from tradewind.contacts.imports.problems import BadCell, Reject
from tradewind.contacts.imports.readers import Bad, PhoneReader, Reader, TagReader
from tradewind.contacts.imports.rows import OPEN_QUOTE, Row
from tradewind.lib.zones import recipient_zone, zone_of_city

KEPT_CELL = 500  # letters of each cell that a reject keeps
# Columns are read in this order: country (the hint for the number), phone, names, language, city, timezone, company,
# consent with its time, source and wording, own fields, tags.
NAMES = ("name", "first_name", "last_name")
# How cells are read that become a text each.
TEXTS: dict[str, Callable[[str], str]] = {
    "country": cells.country_of,
    "name": readers.clipped(readers.LONGEST_NAME),
    "first_name": readers.clipped(readers.LONGEST_NAME),
    "last_name": readers.clipped(readers.LONGEST_NAME),
    "language": cells.language_of,
    "city": readers.text_of(80),
    "timezone": readers.zone_named,
    "company": readers.text_of(120),
    "opt_in_source": readers.clipped(readers.LONGEST_SOURCE),
    "opt_in_wording": readers.clipped(readers.LONGEST_WORDING),
}


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


@dataclass(slots=True)
class Cleaned:
    """What came of some rows: phone and line (`lines.COLUMNS`) of each person, and the rows that are refused."""

    phones: list[str]
    lines: list[str]
    refused: list[Reject]


class Cleaner:
    """Reads rows by a plan. `tags.numbers`: the tags that rows want and nobody has made."""

    def __init__(self, plan: Plan, *, part: int = 0, parts: int = 1) -> None:
        self.plan = plan
        self.width = len(plan.columns)
        self.heads = [column.head or str(place + 1) for place, column in enumerate(plan.columns)]
        self.at = {column.to: place for place, column in enumerate(plan.columns)}
        self.phones = PhoneReader(plan.country, landlines=plan.landlines)
        self.texts = {name: Reader(read, "") for name, read in TEXTS.items() if name in self.at}
        self.consent = Reader(readers.consent_of, ("", ""))
        self.moments = Reader(self.moment_of, 0.0)
        own = [(place, column) for place, column in enumerate(plan.columns) if column.to == "field"]
        self.fields = [(place, readers.field_reader(column)) for place, column in own]
        self.tags = TagReader(plan.tags, creates=plan.creates_tags, part=part, parts=parts)
        self.tagged = [
            (place, self.tags.of(column.prefix)) for place, column in enumerate(plan.columns) if column.to == "tags"
        ]
        self.zones: dict[tuple[str, str, str, str | None], str] = {}

    def moment_of(self, text: str) -> float:
        if not text.strip():
            return 0.0
        day_first = self.plan.columns[self.at["opt_in_at"]].day_first
        return min(cells.moment_of(text, self.plan.zone, day_first=day_first).timestamp(), self.plan.now)

    def __call__(self, rows: Sequence[Row]) -> Cleaned:
        """What these rows say. The order is kept."""
        block = Block([cells for _number, cells in rows], self.width, self.at["phone"])
        phones, lines = self.lines(block, [str(number) for number, _cells in rows])
        if not block.bad:
            return Cleaned(phones, lines, [])
        good = [place not in block.bad for place in range(len(rows))]
        refused = [
            reject(rows[place][0], self.heads[column], error, rows[place][1])
            for place, (column, error) in sorted(block.bad.items())
        ]
        return Cleaned(list(compress(phones, good)), list(compress(lines, good)), refused)

    def lines(self, block: "Block", numbers: list[str]) -> tuple[list[str], list[str]]:
        """Phones and lines of all rows; those of spoilt rows mean nothing."""
        country = self.text("country", block)
        phones, told = self.phones(block.column(self.at["phone"]), country, self.at["phone"], block.bad)
        home = [each.country or "" for each in told]
        name = self.names(block)
        language, city, timezone, company = (
            self.text(each, block) for each in ("language", "city", "timezone", "company")
        )
        zone = self.derived_zones(zip(city, country, home, [each.zone for each in told], strict=True))
        state, at, source, wording = self.consents(block)
        fields, tags = self.own_fields(block), self.tag_numbers(block)
        keys = [key_of(phone) if phone.startswith(SEVERAL_SPELLINGS) else phone for phone in phones]
        columns = (keys, phones, numbers, name, language, country, safe(city), timezone, safe(company), home, zone,
                   state, at, safe(source), safe(wording), fields, tags)  # fmt: skip
        return phones, list(map("\t".join, zip(*columns, strict=True)))

    def text(self, name: str, block: "Block") -> list[str]:
        reader = self.texts.get(name)
        return reader(block.column(self.at[name]), self.at[name], block.bad) if reader else block.empty

    def names(self, block: "Block") -> list[str]:
        parts = [self.text(name, block) for name in NAMES if name in self.texts]
        if len(parts) == 1:
            return safe(parts[0])
        whole = [" ".join(filter(None, each))[: readers.LONGEST_NAME] for each in zip(*parts, strict=True)]
        return safe(whole) if parts else block.empty

    def derived_zones(self, facts: Iterable[tuple[str, str, str, str | None]]) -> list[str]:
        """The time zone of each person by what is known of them."""
        zones, found = self.zones, []
        for key in facts:
            zone = zones.get(key)
            if zone is None:
                zone = zones[key] = zone_for(*key, default=self.plan.zone)
            found.append(zone)
        return found

    def consents(self, block: "Block") -> tuple[list[str], list[str], list[str], list[str]]:
        """State, time, source and wording: whoever says when has agreed; who says neither has no source."""
        if "opt_in" not in self.at and "opt_in_at" not in self.at:
            self.text("opt_in_source", block), self.text("opt_in_wording", block)
            return block.empty, ["0"] * block.size, block.empty, block.empty
        said, at = [("", "")] * block.size, [0.0] * block.size
        if "opt_in" in self.at:
            said = self.consent(block.column(self.at["opt_in"]), self.at["opt_in"], block.bad)
        if "opt_in_at" in self.at:
            at = self.moments(block.column(self.at["opt_in_at"]), self.at["opt_in_at"], block.bad)
        sources, wordings = self.text("opt_in_source", block), self.text("opt_in_wording", block)
        state = [said_so or ("opted_in" if when else "") for (said_so, _words), when in zip(said, at, strict=True)]
        source = [given if so else "" for given, so in zip(sources, state, strict=True)]
        wording = [(given or own) if so else "" for given, (_so, own), so in zip(wordings, said, state, strict=True)]
        return state, list(map(str, at)), source, wording

    def own_fields(self, block: "Block") -> list[str]:
        columns = [reader(block.column(place), place, block.bad) for place, reader in self.fields]
        if not columns:
            return ["{}"] * block.size
        return [fields_of(filter(None, pairs)) for pairs in zip(*columns, strict=True)]

    def tag_numbers(self, block: "Block") -> list[str]:
        """Rows that are spoilt want no tags: none is made for them."""
        columns = [reader(block.of_good_rows(place), place, block.bad) for place, reader in self.tagged]
        if len(columns) == 1:
            return [f"{{{numbers}}}" for numbers in columns[0]]
        joined = [",".join(filter(None, each)) for each in zip(*columns, strict=True)] or block.empty
        return [f"{{{','.join(dict.fromkeys(numbers.split(',')))}}}" for numbers in joined]


class Block:
    """Rows as columns of cells. `bad`: what is wrong with which of them."""

    def __init__(self, given: list[Sequence[str]], width: int, phone_at: int) -> None:
        self.size, self.bad = len(given), Bad()
        self.empty = [""] * self.size
        if any(len(each) != width or each[0] == OPEN_QUOTE for each in given):
            given = [self.evened(place, each, width, phone_at) for place, each in enumerate(given)]
        self.columns = list(zip(*given, strict=True))

    def column(self, place: int) -> Sequence[str]:
        return self.columns[place]

    def of_good_rows(self, place: int) -> Sequence[str]:
        if not self.bad:
            return self.columns[place]
        return ["" if row in self.bad else text for row, text in enumerate(self.columns[place])]

    def evened(self, place: int, given: Sequence[str], width: int, phone_at: int) -> Sequence[str]:
        """A short row ends with empty cells; a long one is refused unless what is too much is empty."""
        problem = None
        if given and given[0] == OPEN_QUOTE:
            problem = BadCell("open_quote")
        elif any(cell.strip() for cell in given[width:]):
            problem = BadCell("too_many_cells", str(len(given)))
        if problem:
            self.bad[place] = (phone_at, problem)
            return [""] * width
        return [*given[:width], *[""] * (width - len(given))]


def safe(texts: list[str]) -> list[str]:
    """For COPY."""
    return [escaped(text) for text in texts] if any("\\" in text for text in texts) else texts


def zone_for(city: str, country: str, home: str, number_zone: str | None, *, default: str) -> str:
    """As actions.create derives it: by city, else by number where it is of the same country, else by country."""
    place = country or home
    if city and (by_city := zone_of_city(city, place)):
        return by_city
    if number_zone and home == place:
        return number_zone
    return recipient_zone(country=place, default=default)


def reject(row: int, head: str, error: BadCell, given: Sequence[str]) -> Reject:
    cells_kept = [cell.replace("\x00", "\ufffd")[:KEPT_CELL] for cell in given if cell != OPEN_QUOTE]
    return Reject(row, head[:200], error.reason, error.detail[:200], cells_kept)
