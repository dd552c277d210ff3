# ruff: noqa: S608  SQL is put together here: from our own words and placeholders, never from values.
"""Sets of people as SQL, and how they go together.

Each leaf is a set: either a condition on the one row that a person has in a table (`Rows`), or a query of its own
(`Query`). A negation is no query: it is a mark, `is_rest`, "everybody but these". It is carried upwards and spent on
subtracting, or on taking the count away from the whole; only a whole tree that is a negation walks through everybody.
Conditions on the same table are made one condition, so that they cost one walk or one combination of bitmaps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

# The tables with one row a person: their short name in conditions, and the column of the person.
TABLES = {"contact": ("c", "id"), "contact_tags": ("t", "contact_id"), "contact_standing": ("s", "contact_id")}
# Every person has a row in it.
COMPLETE = "contact"


@dataclass(frozen=True, slots=True)
class Rows:
    """The people whose row in `table` fits `condition`; `is_rest`: everybody but these."""

    table: str
    condition: str
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """The people of a query with one column, contact_id. `is_single`: no person twice. `is_known`: only people that are
    there, which the journal alone cannot say of those who were erased. `either`: of which sets it is the union."""

    sql: str
    is_single: bool = True
    is_known: bool = True
    is_rest: bool = False
    either: "tuple[People, ...]" = ()


People: TypeAlias = Rows | Query


@dataclass(frozen=True, slots=True)
class Ground:
    """Where all of it takes place: one workspace, and perhaps only some people. Placeholders, not values."""

    workspace: str
    only: str = ""

    def of(self, alias: str, column: str) -> str:
        """The condition that every query of a table bears."""
        narrowed = f" AND {alias}.{column} = ANY({self.only})" if self.only else ""
        return f"{alias}.workspace_id = {self.workspace}{narrowed}"

    def query(self, rows: Rows) -> str:
        alias, column = TABLES[rows.table]
        return (
            f"SELECT {alias}.{column} AS contact_id FROM {rows.table} {alias}"
            f" WHERE {self.of(alias, column)} AND ({rows.condition})"
        )


EVERYBODY = Rows(COMPLETE, "true")
NOBODY = Rows(COMPLETE, "true", is_rest=True)


def rest(people: People) -> People:
    """Everybody but these."""
    return replace(people, is_rest=not people.is_rest)


def all_of(parts: Sequence[People], ground: Ground) -> People:
    """Who is in each of them."""
    if NOBODY in parts:
        return NOBODY
    merged = one_a_table(part for part in parts if part != EVERYBODY)
    if not merged:
        return EVERYBODY
    if len(merged) == 1:
        return merged[0]
    kept = [part for part in merged if not part.is_rest]
    taken = [part for part in merged if part.is_rest]
    if not kept:
        either = tuple(each for part in taken for each in parts_of(part))
        return Query(union(either, ground), False, all(map(is_known, either)), is_rest=True, either=either)
    return intersection(kept, taken, ground)


def any_of(parts: Sequence[People], ground: Ground) -> People:
    """Who is in at least one: everybody but those who are in none."""
    return rest(all_of([rest(part) for part in parts], ground))


def one_a_table(parts: Iterable[People]) -> list[People]:
    """The same people with at most one `Rows` for each table; those with a condition first."""
    queries: list[People] = []
    tables: dict[str, list[Rows]] = {}
    for part in parts:
        if isinstance(part, Rows):
            tables.setdefault(part.table, []).append(part)
        else:
            queries.append(part)
    return [*(merged(rows) for rows in tables.values()), *queries]


def merged(rows: Sequence[Rows]) -> Rows:
    """Conditions on one table as one. With something to keep, the rest is taken away in the same condition."""
    if len(rows) == 1:
        return rows[0]
    kept = [f"({each.condition})" for each in rows if not each.is_rest]
    taken = [f"({each.condition})" for each in rows if each.is_rest]
    if not kept:
        return Rows(rows[0].table, " OR ".join(taken), is_rest=True)
    return Rows(rows[0].table, " AND ".join([*kept, *(f"{each} IS NOT TRUE" for each in taken)]))


def intersection(kept: Sequence[People], taken: Sequence[People], ground: Ground) -> Query:
    """One set as the base, the others narrow it; unions come last.

    A union is asked of each person who is left, by look-ups or a hash, as the planner likes: as a sub-select to join
    with, its size would be guessed at 200. OFFSET 0 keeps the planner from asking earlier, of more people.
    """
    base, *others = sorted(kept, key=lambda part: (len(parts_of(part)) > 1, not is_single(part)))
    joined = [f"kept.contact_id IN ({plain(part, ground)})" for part in others if len(parts_of(part)) == 1]
    joined += [f"NOT {there_is(each, ground)}" for part in taken for each in parts_of(part)]
    asked = [
        f"({' OR '.join(there_is(each, ground) for each in parts_of(part))})"
        for part in others
        if len(parts_of(part)) > 1
    ]
    sql = f"SELECT kept.contact_id FROM ({plain(base, ground)}) kept{where(joined)}"
    if asked:
        sql = f"SELECT kept.contact_id FROM ({sql} OFFSET 0) kept{where(asked)}"
    return Query(sql, is_single(base), any(map(is_known, kept)))


def where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def parts_of(people: People) -> tuple[People, ...]:
    """The sets of a union; any other set is itself."""
    return (people.either if isinstance(people, Query) else ()) or (people,)


def there_is(people: People, ground: Ground) -> str:
    """Whether the person of `kept` is in a set, as a condition."""
    if isinstance(people, Rows):
        alias, column = TABLES[people.table]
        return f"EXISTS ({ground.query(people)} AND {alias}.{column} = kept.contact_id)"
    return f"EXISTS (SELECT FROM ({people.sql}) one WHERE one.contact_id = kept.contact_id)"


def union(parts: Sequence[People], ground: Ground) -> str:
    return " UNION ALL ".join(f"({plain(each, ground)})" for each in parts)


def plain(people: People, ground: Ground) -> str:
    """The query of what is inside, whether it is to be kept or taken."""
    return ground.query(people) if isinstance(people, Rows) else people.sql


def is_single(people: People) -> bool:
    return isinstance(people, Rows) or people.is_single


def is_known(people: People) -> bool:
    return isinstance(people, Rows) or people.is_known


def exact(people: People, ground: Ground) -> str:
    """The query of what is inside, no person twice and only people that are there."""
    sql = plain(people, ground)
    if not is_single(people):
        sql = f"SELECT DISTINCT contact_id FROM ({sql}) several"
    if not is_known(people):
        there = f"JOIN contact c ON c.id = found.contact_id AND {ground.of('c', 'id')}"
        sql = f"SELECT found.contact_id FROM ({sql}) found {there}"
    return sql


def listed(people: People, ground: Ground) -> str:
    """The query of the people: contact_id, each once."""
    if not people.is_rest:
        return exact(people, ground)
    if isinstance(people, Rows) and people.table == COMPLETE:
        return ground.query(Rows(COMPLETE, f"({people.condition}) IS NOT TRUE"))
    return (
        f"SELECT c.id AS contact_id FROM contact c WHERE {ground.of('c', 'id')}"
        f" AND NOT EXISTS (SELECT FROM ({plain(people, ground)}) gone WHERE gone.contact_id = c.id)"
    )


def counted(people: People, ground: Ground) -> str:
    """The query of how many they are; the rest is counted as everybody less those."""
    if people == NOBODY:
        return "SELECT 0::bigint"
    inside = f"SELECT count(*) FROM ({exact(people, ground)}) counted"
    if not people.is_rest:
        return inside
    return f"SELECT (SELECT count(*) FROM contact c WHERE {ground.of('c', 'id')}) - ({inside})"
