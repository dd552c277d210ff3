# ruff: noqa: S608  SQL is put together here: from our own words and placeholders, never from values.
"""Fields that are reckoned and that the narrow row does not say: place and habits (C9), how somebody buys (C7)."""

from tradewind.segments import compare
from tradewind.segments.compare import Binds
from tradewind.segments.nodes import Test
from tradewind.segments.sets import Found, Ground, People, rest

# Field → column of `contact_standing`; how each is compared stands in tree.BUILT_IN.
COLUMNS = {
    "zone_group": "zone_group", "dialect": "dialect", "climate": "climate", "habit": "habit", "matrix": "matrix",
    "growth": "growth", "potential_vip": "is_potential_vip",
}  # fmt: skip


def reckoned(key: str, test: Test, binds: Binds, ground: Ground) -> People:
    """The people whose figure fits; of whom nothing was reckoned, all of it is missing: they are no potential VIP."""
    if test.reading == "yes_no" and test.op != "is_set":
        wanted = set(test.operands)
        if wanted == {True, False}:
            return rest(of_standing("false", ground))
        people = of_standing(f"s.{COLUMNS[key]}", ground)
        return people if wanted == {True} else rest(people)
    return of_standing(condition(f"s.{COLUMNS[key]}", test, binds), ground)


def condition(column: str, test: Test, binds: Binds) -> str:
    if test.reading == "yes_no":
        return "true"
    if test.reading != "number":  # all but the dialect (de-CH) are kept in small letters
        of_text = compare.text_column if column == "s.dialect" else compare.folded_column
        return of_text(column, test, binds)
    return f"{column} IS NOT NULL" if test.op == "is_set" else compare.ordered(column, test, binds, "numeric")


def of_standing(fits: str, ground: Ground) -> Found:
    return Found(f"SELECT s.contact_id FROM contact_standing s WHERE {ground.of('s', 'contact_id')} AND ({fits})")
