"""Which column becomes what: by the words of its head in many languages, and by what stands in it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, count
from typing import Any

from django.utils.translation import gettext as _

from tradewind.contacts.imports import cells, vocabulary
from tradewind.contacts.imports.problems import BadCell, ImportRefused
from tradewind.lib import phone_at_speed
from tradewind.lib.phone import PhoneError
from tradewind.lib.text import storable

ONCE = ("phone", "name", "first_name", "last_name", "country", "language", "city", "timezone", "company", "opt_in",
        "opt_in_at", "opt_in_source", "opt_in_wording")  # fmt: skip
TARGETS = (*ONCE, "tags", "field", "skip")
LONGEST_KEY = 60
_HAS_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and what it becomes. `to`: one of TARGETS; `key`, `kind`: of a field; `prefix`: of tags."""

    head: str
    to: str = "skip"
    key: str = ""
    kind: str = "text"
    prefix: str = ""
    day_first: bool | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def guess(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, country: str = "", fields: dict[str, str] | None = None
) -> list[Column]:
    """One Column for each head. `rows`: a sample; `fields`: the workspace's own fields, key → kind."""
    known = {vocabulary.plain(key): (key, kind) for key, kind in (fields or {}).items()}
    values = [
        [row[place].strip() for row in rows if place < len(row) and row[place].strip()] for place in range(len(heads))
    ]
    found = [by_head(head, known, values[place]) for place, head in enumerate(heads)]
    found = only_once(found, values, country)
    if not any(column.to == "phone" for column in found):
        found = with_phone(found, values, country)
    for place, column in enumerate(found):
        if column.to == "skip" and column.head and not is_reject_head(column.head):
            taken = {each.to for each in found} & {"name", "first_name", "last_name"}
            is_name = not taken and share(values[place], is_full_name) > 0.8
            found[place] = replace(column, to="name") if is_name else own_field(column, values[place])
        elif column.to == "skip" and not column.head:
            found[place] = by_content(column, values[place], found)
    return unlike([whole_names(column, found) for column in found])


def unlike(found: Sequence[Column]) -> list[Column]:
    """Two columns of one name become two fields: "Note", "Note 2"."""
    taken = set[str]()
    result = []
    for column in found:
        if column.to == "field":
            names = (f"{column.key[: LONGEST_KEY - 4]} {n}" for n in count(2))
            free = next(name for name in chain([column.key], names) if name not in taken)
            column = replace(column, key=free)
            taken.add(free)
        result.append(column)
    return result


def by_head(head: str, known: dict[str, tuple[str, str]], values: list[str]) -> Column:
    name = vocabulary.plain(head)
    if name in known and vocabulary.target_of(head) is None:
        key, kind = known[name]
        return Column(head, "field", key, kind)
    if name in vocabulary.BIRTHDAYS:
        return Column(head, "field", "birthday", "date")
    target = vocabulary.target_of(head)
    if target is None:
        return Column(head)
    # "Newsletter" that holds "Outdoor; Schuhe" is no yes and no.
    if target == "opt_in" and values and share(values, lambda text: cells.yes_or_no(text) is not None) < 0.5:
        return Column(head)
    return Column(head, target)


def only_once(found: list[Column], values: list[list[str]], country: str) -> list[Column]:
    """Two columns with numbers: the one with more valid ones is the phone, the other becomes a field."""
    result = list(found)
    for target in ONCE:
        places = [place for place, column in enumerate(found) if column.to == target]
        if len(places) > 1:
            if target == "phone":
                places.sort(key=lambda place: -len(values[place]) * phones(values[place], country))
            for place in places[1:]:
                result[place] = Column(found[place].head)
    return result


def with_phone(found: list[Column], values: list[list[str]], country: str) -> list[Column]:
    """No head says phone: the column with most numbers is it."""
    shares = [
        phones(some, country) if column.to in ("skip", "field") else 0.0
        for column, some in zip(found, values, strict=True)
    ]
    best = max(range(len(shares)), key=lambda place: shares[place], default=None)
    if best is None or shares[best] < 0.5:
        return found
    return [replace(column, to="phone", key="") if place == best else column for place, column in enumerate(found)]


def phones(values: list[str], country: str) -> float:
    def is_phone(text: str) -> bool:
        try:
            phone_at_speed.read(text, country or None)
        except PhoneError:
            return bool(cells.EXCEL_DIGITS.fullmatch(text))
        return sum(letter.isdigit() for letter in text) >= 7

    return share(values, is_phone)


def share(values: list[str], fits: Any) -> float:
    if not values:
        return 0.0

    def tried(text: str) -> bool:
        try:
            return bool(fits(text))
        except BadCell:
            return False

    return sum(map(tried, values)) / len(values)


def by_content(column: Column, values: list[str], found: list[Column]) -> Column:
    """A column without a head: only what is beyond doubt."""
    taken = {each.to for each in found}
    if (
        values
        and "country" not in taken
        and share(values, lambda text: len(text) == 2 and cells.country_of(text)) > 0.9
    ):
        return replace(column, to="country")
    is_named = share(
        values, lambda text: _HAS_LETTERS.search(text) and "@" not in text and not any(map(str.isdigit, text))
    )
    if values and "name" not in taken and len(set(values)) > len(values) / 2 and is_named > 0.8:
        return replace(column, to="name")
    return column


def is_full_name(text: str) -> bool:
    """Two to four words that begin with capitals, and nothing that names do not have."""
    words = text.split()
    return 2 <= len(words) <= 4 and all(
        word[0].isupper() and word.replace("-", "").replace("'", "").isalpha() for word in words
    )


def own_field(column: Column, values: list[str]) -> Column:
    """A column that we know nothing of becomes a field of the business's own, of the kind that fits its values."""
    kind = "text"
    if len(values) >= 2 and share(values, cells.date_of) > 0.9:
        kind = "date"
    elif values and share(values, lambda text: not text.startswith("0") and cells.number_of(text) is not None) > 0.95:
        kind = "number"
    return replace(column, to="field", key=column.head[:LONGEST_KEY], kind=kind)


def whole_names(column: Column, found: list[Column]) -> Column:
    """A first name without a column of last names is the whole name ("Nome" is either, by the language)."""
    targets = {each.to for each in found}
    if column.to == "first_name" and "last_name" not in targets and "name" not in targets:
        return replace(column, to="name")
    return column


def is_reject_head(head: str) -> bool:
    return vocabulary.plain(head) in {vocabulary.plain(each) for each in vocabulary.REJECT_HEADS} | reject_heads()


def reject_heads() -> set[str]:
    """What our file of rejects calls its columns in all languages of the console."""
    from tradewind.contacts.imports import rejects

    return rejects.all_heads()


def read_mapping(given: Sequence[dict[str, Any]], heads: Sequence[str]) -> list[Column]:
    """The mapping that a page or a program sends. Raises ImportRefused for what does not fit the file."""
    return checked(columns_said(given, heads, TARGETS))


def columns_said(given: Sequence[dict[str, Any]], heads: Sequence[str], targets: Collection[str]) -> list[Column]:
    """One Column for each head of the file, as it was said. Raises ImportRefused."""
    if len(given) != len(heads):
        raise ImportRefused(_("The mapping must name all %(n)s columns.") % {"n": len(heads)})
    found = []
    for head, said in zip(heads, given, strict=True):
        to, key = str(said.get("to", "skip")), storable(str(said.get("key", ""))).strip()
        if to not in targets:
            raise ImportRefused(_("Nothing is called %(name)s.") % {"name": to})
        if to == "field" and not 1 <= len(key) <= LONGEST_KEY:
            raise ImportRefused(_("The name of a field has 1 to 60 letters."))
        kind = str(said.get("kind", "text"))
        prefix = storable(str(said.get("prefix", ""))).strip().strip("/")
        day_first = said.get("day_first")
        found.append(
            Column(head, to, key, kind if kind in ("text", "number", "date", "yes_no") else "text", prefix,
                   day_first if isinstance(day_first, bool) else None)
        )  # fmt: skip
    return found


def checked(columns: list[Column]) -> list[Column]:
    """There is one phone column, and nothing is set by two columns."""
    if not any(column.to == "phone" for column in columns):
        raise ImportRefused(_("No column is the phone number. Say which one it is."))
    refuse_doubled(columns, ONCE)
    return columns


def refuse_doubled(columns: Sequence[Column], once: Sequence[str]) -> None:
    """Nothing is set by two columns. Raises ImportRefused."""
    chosen = [column.to for column in columns]
    doubled = next((to for to in once if chosen.count(to) > 1), None) or next(
        (c.key for c in columns if c.to == "field" and sum(d.to == "field" and d.key == c.key for d in columns) > 1),
        None,
    )
    if doubled:
        raise ImportRefused(_("Two columns become %(name)s. Choose one of them.") % {"name": doubled})
