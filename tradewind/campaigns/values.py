"""The SQL that freezes the values of a template's variables for each person, and finds those that cannot be sent.

Meta refuses line breaks, tabs and runs of spaces in a value: white space is folded. Lengths are counted as
whatsapp.payloads counts them, so that what the plan lets through the sender can render.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tradewind.campaigns.bindings import FIELDS, OWN
from tradewind.lib.zones import usable
from tradewind.whatsapp.payloads import Variable
from tradewind.whatsapp.payloads.components import Parts, Text, take_apart

BLANKS = r"[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
"""White space as PostgreSQL's patterns write it, with no-break and other wide blanks."""
ISO_ZONE = " ?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])"
ISO = (
    "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    f"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{{1,6}})?)?({ISO_ZONE})?)?$"
)
"""A date, or a date and time with or without its zone, of this century; which days a month has is looked at apart."""
MOST_PAIRS = 40
"""A function takes at most 100 arguments: larger templates (carousels) are put together in pieces."""


@dataclass(frozen=True, slots=True)
class Values:
    """`columns`: ", <sql> AS value_0, …" of a contact. The rest is SQL over these columns of `person`."""

    columns: str
    variables: str
    missing: str
    over: str  # an offer whose end is no time, or has passed: also unfit
    unfit: str
    params: dict[str, Any]


def values_of(
    components: Sequence[Mapping[str, Any]], bindings: Sequence[Mapping[str, str]], *, zone: str, at: datetime
) -> Values:
    """All about the values of a template's variables, each of which is bound.

    The end of an offer is a time in `zone` unless it names its own; one that is over `at` that moment does not fit.
    """
    return values_in(take_apart(components), bindings, zone=zone, at=at)


def values_in(parts: Parts, bindings: Sequence[Mapping[str, str]], *, zone: str, at: datetime) -> Values:
    """The same of a message that is taken apart already."""
    variables = parts.variables()
    bound = {binding["key"]: binding for binding in bindings}
    params: dict[str, Any] = {f"key_{rank}": variable.slot for rank, variable in enumerate(variables)}
    params |= {"offers_zone": usable(zone), "offers_at": int(at.timestamp())} if any(map(is_end, variables)) else {}
    columns = [
        (end_sql if is_end(variable) else str)(value_sql(bound[variable.slot], rank, params))
        for rank, variable in enumerate(variables)
    ]
    column_of = {variable.slot: f"person.value_{rank}" for rank, variable in enumerate(variables)}
    over = [over_sql(column_of[variable.slot]) for variable in variables if is_end(variable)]
    return Values(
        columns="".join(f", {sql} AS value_{rank}" for rank, sql in enumerate(columns)),
        variables=object_sql(len(variables)),
        missing=" OR ".join(f"{column} IS NULL" for column in column_of.values()) or "false",
        over=" OR ".join(over) or "false",
        unfit=" OR ".join([*over, *unfit_of(parts, column_of)]) or "false",
        params=params,
    )


def object_sql(count: int) -> str:
    pieces = [
        f"jsonb_build_object({', '.join(f'%(key_{rank})s::text, person.value_{rank}' for rank in some)})"
        for start in range(0, count, MOST_PAIRS)
        if (some := range(start, min(count, start + MOST_PAIRS)))
    ]
    return " || ".join(pieces) or "'{}'::jsonb"


def value_sql(binding: Mapping[str, str], rank: int, params: dict[str, Any]) -> str:
    """The folded value of a person, else the fallback, else null."""
    params[f"fallback_{rank}"] = binding["fallback"]
    fallback = f"nullif(%(fallback_{rank})s::text, '')"
    if not binding["field"]:
        return fallback
    return f"coalesce(nullif({folded(column_sql(binding['field'], rank, params))}, ''), {fallback})"


def column_sql(field: str, rank: int, params: dict[str, Any]) -> str:
    if field == "first_name":
        return f"split_part({folded('contact.name')}, ' ', 1)"
    if field in FIELDS:
        return f"contact.{field}"
    params[f"field_{rank}"] = field.removeprefix(OWN)
    return f"(contact.fields ->> %(field_{rank})s::text)"


def folded(column: str) -> str:
    return f"btrim(regexp_replace({column}, '{BLANKS}', ' ', 'g'))"


def is_end(variable: Variable) -> bool:
    return variable.where == "limited_time_offer"


def end_sql(value: str) -> str:
    """The end of an offer as unix seconds, from those or from an ISO date (its last second) or time; else as it is."""
    last_day = (
        "extract(day FROM make_date(substr(said, 1, 4)::int, substr(said, 6, 2)::int, 1)"
        " + interval '1 month' - interval '1 day')"
    )
    # Only constants of ours and the SQL of the value stand in it.
    return f"""(SELECT CASE
      WHEN said !~ '{ISO}' THEN said
      WHEN substr(said, 9, 2)::int > {last_day} THEN said
      WHEN length(said) = 10 THEN {seconds("(said::date + 1)::timestamp AT TIME ZONE %(offers_zone)s", less=1)}
      WHEN said ~ '{ISO_ZONE}$' THEN {seconds("said::timestamptz")}
      ELSE {seconds("said::timestamp AT TIME ZONE %(offers_zone)s")} END FROM (SELECT {value} AS said) given)"""  # noqa: S608


def seconds(moment: str, *, less: int = 0) -> str:
    return f"(floor(extract(epoch FROM {moment}))::bigint - {less})::text"


def over_sql(column: str) -> str:
    """Whether the end of an offer is no time, or has passed; an empty one is missing, not over."""
    return f"CASE WHEN {column} ~ '^[0-9]{{10}}$' THEN {column}::bigint <= %(offers_at)s ELSE {column} IS NOT NULL END"


def unfit_of(parts: Parts, column_of: Mapping[str, str]) -> Iterator[str]:
    """Conditions under which Meta would refuse a value: too long alone, or its part too long when filled."""
    for variable in own_of(parts):
        yield from unfit_value(parts, variable, column_of[variable.slot])
    for text in (parts.header, parts.body):
        if text is not None and text.variables:
            yield too_long(text, column_of)
    for card in parts.cards:
        yield from unfit_of(card, column_of)


def own_of(parts: Parts) -> list[Variable]:
    """The variables of these parts without those of its cards."""
    return [variable for variable in parts.variables() if all(variable not in c.variables() for c in parts.cards)]


def unfit_value(parts: Parts, variable: Variable, column: str) -> Iterator[str]:
    yield f"length({column}) > {variable.longest}"
    kind = next((button.kind for button in parts.buttons if button.variable == variable), "")
    if kind == "url":
        yield f"{column} ~ ' '"
    elif kind == "copy_code":
        yield f"{column} !~ '^[A-Za-z0-9]+$'"


def too_long(text: Text, column_of: Mapping[str, str]) -> str:
    lengths = (f"{text.repeats[each.key]} * coalesce(length({column_of[each.slot]}), 0)" for each in text.variables)
    return f"{text.fixed_length} + {' + '.join(lengths)} > {text.longest}"
