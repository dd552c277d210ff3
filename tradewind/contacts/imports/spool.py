"""The people of a file, parted into buckets by their number, in files without a name that vanish with the process.

All rows of one person come into one bucket, so double rows meet although only one bucket is in memory at a time.
"""

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

import orjson

from tradewind.contacts.imports.cleaning import Person
from tradewind.contacts.keys import others

PEOPLE_IN_BUCKET = 6_000
MOST_BUCKETS = 200
FLUSH_AT = 20_000


def buckets_for(rows: int) -> int:
    """How many buckets so many rows need."""
    return max(1, min(MOST_BUCKETS, round(rows / PEOPLE_IN_BUCKET)))


def known_as(phone: str) -> str:
    """One spelling for all under which the same person may be known (contacts.keys)."""
    if phone.startswith(("+55", "+52", "+54")):
        return min(phone, *others(phone))
    return phone


class Spool:
    """Buckets of people. Files are made before a process forks, so that all write into the same ones."""

    def __init__(self, buckets: int) -> None:
        self.files: list[IO[bytes]] = [tempfile.TemporaryFile() for _ in range(buckets)]  # noqa: SIM115  `close` closes them
        self._waiting: list[list[bytes]] = [[] for _ in range(buckets)]
        self._count = 0

    def add(self, person: Person) -> None:
        phone = person.phone
        if phone.startswith(("+55", "+52", "+54")):
            phone = known_as(phone)
        self._waiting[int(phone[-7:]) % len(self.files)].append(orjson.dumps(tuple(person)))
        self._count += 1
        if self._count >= FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        for file, lines in zip(self.files, self._waiting, strict=True):
            if lines:
                file.write(b"\n".join(lines) + b"\n")
                lines.clear()
        self._count = 0

    def bucket(self, place: int) -> list[Person]:
        """The people of one bucket, in the order of their rows."""
        file = self.files[place]
        file.seek(0)
        found = [_person(orjson.loads(line)) for line in file]
        found.sort(key=_row)
        return found

    def close(self) -> None:
        for file in self.files:
            file.close()


def _person(values: list[object]) -> Person:
    values[9] = tuple(values[9])  # type: ignore[arg-type]  # JSON knows lists only
    return Person._make(values)


def _row(person: Person) -> int:
    return person.row


def merged(people: Iterable[Person]) -> Iterator[tuple[Person, int]]:
    """Each person once, with how many rows they had; of what several rows fill in, the later row's is taken."""
    found: dict[str, Person] = {}
    rows: dict[str, int] = {}
    for person in people:
        key = known_as(person.phone)
        there = found.get(key)
        found[key] = person if there is None else joined(there, person)
        rows[key] = rows.get(key, 0) + 1
    for key, person in found.items():
        yield person, rows[key]


def joined(earlier: Person, later: Person) -> Person:
    """Two rows of one person. Of two words about marketing the younger one counts, of equally old ones the later."""
    consent = later if later.state and later.at >= earlier.at else earlier
    return Person(
        earlier.phone,
        later.row,
        later.name or earlier.name,
        later.language or earlier.language,
        later.country or earlier.country,
        later.city or earlier.city,
        later.timezone or earlier.timezone,
        later.company or earlier.company,
        {**earlier.fields, **later.fields},
        tuple(dict.fromkeys([*earlier.tags, *later.tags])),
        consent.state,
        consent.at,
        consent.source,
        consent.wording,
        later.home,
        later.zone if later.city or later.country else earlier.zone,
    )
