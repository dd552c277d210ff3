# ruff: noqa: S608  SQL is put together here: from our own words and placeholders, never from values.
"""Conditions on people as SQL, and how they go together.

Every person has one narrow row in `contact_row`, and a tree is one condition on that row, `n`: what the row says by
itself is compared in place (`Here`), all else is asked of the tables that know (`Found`). So a tree is one walk over
narrow rows, whatever groups it has, instead of a join of wide tables; and a negation is just that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Here:
    """The people whose narrow row fits; `condition` is never NULL.

    `weight`: what it costs beside others, 1 to 9; `share`: of how many people it may be true, 0 to 1, roughly.
    """

    condition: str
    weight: int = 1
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """The people of a query with one column, contact_id, never NULL; it may name somebody twice."""

    sql: str


@dataclass(frozen=True, slots=True)
class Every:
    """Who is in each of them."""

    of: "tuple[People, ...]"


@dataclass(frozen=True, slots=True)
class Rest:
    """Everybody but these."""

    of: "People"


People: TypeAlias = Here | Found | Every | Rest

EVERYBODY = Here("true")
NOBODY = Here("false")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where all of it takes place: one workspace, and perhaps only some people. Placeholders, not values."""

    workspace: str
    only: str = ""

    def of(self, alias: str, column: str) -> str:
        """The condition that every query of a table bears."""
        narrowed = f" AND {alias}.{column} = ANY({self.only})" if self.only else ""
        return f"{alias}.workspace_id = {self.workspace}{narrowed}"


def rest(people: People) -> People:
    """Everybody but these."""
    return people.of if isinstance(people, Rest) else Rest(people)


def all_of(parts: Sequence[People]) -> People:
    """Who is in each of them; groups in groups are made one, so that each part can be joined with by itself."""
    flat = [each for part in parts for each in (part.of if isinstance(part, Every) else (part,))]
    if not flat:
        return EVERYBODY
    return flat[0] if len(flat) == 1 else Every(tuple(flat))


def any_of(parts: Sequence[People]) -> People:
    """Who is in at least one: everybody but those who are in none."""
    return rest(all_of([rest(part) for part in parts]))


def listed(people: People, ground: Ground) -> str:
    """The query of the people: contact_id, each once."""
    return f"SELECT n.contact_id FROM contact_row n WHERE {ground.of('n', 'contact_id')} AND {joined(people)}"


def counted(people: People, ground: Ground) -> str:
    """The query of how many they are."""
    return f"SELECT count(*) FROM contact_row n WHERE {ground.of('n', 'contact_id')} AND {joined(people)}"


def joined(people: People) -> str:
    """The condition of a question. Look-ups stand side by side under AND, where the planner can make joins of them, in
    any order. What the row itself says is one expression, in our order: taken apart, it is asked in the planner's, who
    does not know that a bit costs less than a text, and a text less than JSON."""
    parts = people.of if isinstance(people, Every) else (people,)
    asked = [each for each in parts if not is_look_up(each)]
    told = [condition(all_of(asked)) + (" IS TRUE" if len(asked) > 1 else "")] if asked else []
    return " AND ".join(told + [look_up(each) for each in parts if is_look_up(each)])


def is_look_up(people: People) -> bool:
    return isinstance(people.of if isinstance(people, Rest) else people, Found)


def look_up(people: People) -> str:
    if isinstance(people, Found):
        return f"n.contact_id IN ({people.sql})"
    assert isinstance(people, Rest)
    assert isinstance(people.of, Found)
    return f"NOT EXISTS (SELECT FROM ({people.of.sql}) one WHERE one.contact_id = n.contact_id)"


def condition(people: People, is_so: bool = True) -> str:
    """The condition as one expression, first what decides most for least: the rest is then asked of few.

    A look-up is a hash made once. Nothing in it points outwards, else it could not be asked in parallel.
    """
    no = "" if is_so else "NOT "
    if isinstance(people, Rest):
        return condition(people.of, not is_so)
    if isinstance(people, Every):
        parts = (condition(each, is_so) for each in sorted(people.of, key=rank))
        return f"({(' AND ' if is_so else ' OR ').join(parts)})"
    if isinstance(people, Found):
        return f"n.contact_id {no}IN ({people.sql})"
    return f"{no}({people.condition})"


def rank(people: People) -> float:
    """What to ask later is greater: what it costs for each person of whom it decides that they do not fit."""
    return cost(people) / max(1 - share(people), 0.01)


def cost(people: People) -> int:
    """A look-up counts for more than anything that the row itself says."""
    if isinstance(people, Rest):
        return cost(people.of)
    if isinstance(people, Every):
        return sum(map(cost, people.of))
    return people.weight if isinstance(people, Here) else 1_000


def share(people: People) -> float:
    """Of how many people it may be true, 0 to 1."""
    if isinstance(people, Rest):
        return 1 - share(people.of)
    if isinstance(people, Every):
        return prod(map(share, people.of))
    return people.share if isinstance(people, Here) else 0.5
