"""The people of a file, parted into buckets by their number, in files without a name that vanish with the process.

All rows of one person come into one bucket, so double rows meet although only one bucket is in memory at a time.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import IO

from tradewind.contacts.imports.lines import SEVERAL_SPELLINGS, Person, joined, key_of, line_of, person_of

PEOPLE_IN_BUCKET = 6_000
MOST_BUCKETS = 200
FLUSH_AT = 20_000


def buckets_for(rows: int) -> int:
    """How many buckets so many rows need."""
    return max(1, min(MOST_BUCKETS, round(rows / PEOPLE_IN_BUCKET)))


@dataclass(slots=True)
class Bucket:
    """People, each once: key → line. `rows`: how many rows the file has for them."""

    people: dict[str, str]
    rows: int

    @property
    def doubles(self) -> int:
        return self.rows - len(self.people)


class Spool:
    """Buckets of people. Files are made before a process forks, so that all write into the same ones."""

    def __init__(self, buckets: int) -> None:
        self.files: list[IO[bytes]] = [tempfile.TemporaryFile() for _ in range(buckets)]  # noqa: SIM115  `close` closes them
        self._waiting: list[list[str]] = [[] for _ in range(buckets)]
        self._count = 0

    def add(self, phones: Sequence[str], lines: Sequence[str]) -> None:
        """Put people away. Neighbours in the index of numbers come into one bucket, so it touches few of its pages."""
        waiting, buckets = self._waiting, len(self._waiting)
        for phone, line in zip(phones, lines, strict=True):
            if phone.startswith(SEVERAL_SPELLINGS):
                phone = key_of(phone)
            waiting[int(phone[-7:-4] or 0) % buckets].append(line)
        self._count += len(lines)
        if self._count >= FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        for file, lines in zip(self.files, self._waiting, strict=True):
            if lines:
                file.write(("\n".join(lines) + "\n").encode())
                file.flush()
                lines.clear()
        self._count = 0

    def lines(self, place: int) -> list[str]:
        file = self.files[place]
        file.seek(0)
        return file.read().decode().split("\n")[:-1]

    def close(self) -> None:
        for file in self.files:
            file.close()


def bucket(spools: Sequence[Spool], place: int) -> Bucket:
    """A bucket of all spools, double rows made one; of what several rows fill in, the later row's is taken."""
    lines = [line for spool in spools for line in spool.lines(place)]
    keys = [line[: line.index("\t")] for line in lines]
    found = Bucket(dict(zip(keys, lines, strict=True)), len(lines))
    if found.doubles:
        fold(found.people, keys, lines)
    return found


def fold(people: dict[str, str], keys: list[str], lines: list[str]) -> None:
    """Several rows of a person become one, in the order of the file."""
    seen: set[str] = set()
    several: dict[str, list[Person]] = {}
    for key in keys:
        if key in seen:
            several[key] = []
        seen.add(key)
    for key, line in zip(keys, lines, strict=True):
        if key in several:
            several[key].append(person_of(line))
    for key, rows in several.items():
        people[key] = line_of(reduce(joined, sorted(rows, key=lambda each: each.row)))
