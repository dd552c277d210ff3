"""A person of a file as one line of text, in the form that PostgreSQL's COPY reads: so it is spooled and staged.

What a row says is written down once; whoever needs to look into it (double rows, people who are there already) takes
the line apart again.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from tradewind.contacts.keys import others

# The columns of a line, in their order; `key` is one spelling for all under which the same person may be known.
COLUMNS = ("key", "phone", "row", "name", "language", "country", "city", "timezone", "company", "home", "zone", "state",
           "at", "source", "wording", "fields", "tags")  # fmt: skip
SEVERAL_SPELLINGS = ("+55", "+52", "+54")


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
    home: str
    zone: str
    state: str  # "", opted_in, opted_out
    at: float  # when they said so, unix seconds; 0 = unknown
    source: str
    wording: str
    fields: dict[str, Any]
    tags: tuple[int, ...]  # numbers of tags; below 0: of a tag that is still to be made (`cells.TagReader.numbers`)


def key_of(phone: str) -> str:
    """One spelling for all under which the same person may be known (contacts.keys)."""
    if phone.startswith(SEVERAL_SPELLINGS):
        return min(phone, *others(phone))
    return phone


def line_of(person: Person) -> str:
    return "\t".join(
        (
            key_of(person.phone),
            person.phone,
            str(person.row),
            *map(escaped, person[2:10]),
            person.state,
            str(person.at),
            escaped(person.source),
            escaped(person.wording),
            fields_of(pair_of(key, value) for key, value in person.fields.items()),
            array_of(person.tags),
        )
    )


def person_of(line: str) -> Person:
    _key, phone, row, *texts, state, at, source, wording, fields, tags = line.split("\t")
    numbers = tuple(map(int, tags[1:-1].split(","))) if len(tags) > 2 else ()
    said = (state, float(at), plain(source), plain(wording), orjson.loads(plain(fields)), numbers)
    return Person._make((phone, int(row), *map(plain, texts), *said))


def array_of(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def pair_of(key: str, value: Any) -> str:
    """A field of the business's own, as a part of `fields_of`."""
    return escaped(f"{orjson.dumps(key).decode()}:{orjson.dumps(value).decode()}")


def fields_of(pairs: Iterable[str]) -> str:
    return "{" + ",".join(pairs) + "}"


def escaped(text: str) -> str:
    """Cleaned cells are one line without tabs: only the backslash means something to COPY."""
    return text.replace("\\", "\\\\") if "\\" in text else text


def plain(text: str) -> str:
    return text.replace("\\\\", "\\") if "\\" in text else text


def joined(earlier: Person, later: Person) -> Person:
    """Two rows of one person. Of two words about marketing the younger one counts, of equally old ones the later."""
    consent = later if later.state and later.at >= earlier.at else earlier
    return Person(
        phone=earlier.phone,
        row=later.row,
        name=later.name or earlier.name,
        language=later.language or earlier.language,
        country=later.country or earlier.country,
        city=later.city or earlier.city,
        timezone=later.timezone or earlier.timezone,
        company=later.company or earlier.company,
        home=later.home,
        zone=later.zone if later.city or later.country else earlier.zone,
        state=consent.state,
        at=consent.at,
        source=consent.source,
        wording=consent.wording,
        fields={**earlier.fields, **later.fields},
        tags=tuple(dict.fromkeys([*earlier.tags, *later.tags])),
    )
