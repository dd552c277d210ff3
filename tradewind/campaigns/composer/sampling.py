"""Real people of an audience as they would read the message, the hardest cases first: a look at some thousands of them.

The flight plan looks at everybody; this is the quick look while the message is written, before anything is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.utils import OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.campaigns import values
from tradewind.campaigns.audience import Audience, compile_audience
from tradewind.campaigns.bindings import FIELDS, OWN
from tradewind.campaigns.errors import AudienceError
from tradewind.campaigns.values import Values, column_sql, folded
from tradewind.campaigns.wording import Free, Said, parts_of
from tradewind.lib import clock
from tradewind.segments import queries
from tradewind.workspaces.models import Workspace

LOOKED_AT = 4_000
PATIENCE_MS = 1_500
GAPS_FROM = 1_000
"""Parameters of the gaps are numbered from here, behind those of the values."""
# Letters of the scripts that run from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their further forms.
RIGHT_TO_LEFT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
CASES: dict[str, str | Promise] = {
    "missing": gettext_lazy("A variable is empty: this person would be left out"),
    "unfit": gettext_lazy("A value does not fit: this person would be left out"),
    "empty": gettext_lazy("The fallback is used"),
    "longest": gettext_lazy("The longest values"),
    "rtl": gettext_lazy("Written from right to left"),
    "shortest": gettext_lazy("The shortest values"),
    "anyone": gettext_lazy("Anyone"),
}

# In braces: the audience, who is passed over, the values of values.py, and how many of a person's fields are empty.
SAMPLE = """
WITH person AS MATERIALIZED (
  SELECT contact.id, contact.name, {gaps} AS gaps{columns}
  FROM ({audience}) people
  JOIN contact ON contact.id = people.contact_id AND contact.workspace_id = %(workspace)s
  WHERE contact.suppressed_at IS NULL AND (NOT %(is_marketing)s OR contact.marketing = 'opted_in'){without}
    AND (NOT %(is_free)s OR contact.marketing <> 'opted_out' AND EXISTS (
      SELECT FROM service_window talk WHERE talk.contact_id = contact.id AND talk.closes_at > %(now)s
        AND (cardinality(%(numbers)s::bigint[]) = 0 OR talk.number_id = ANY(%(numbers)s))))
  LIMIT %(most)s
), facts AS MATERIALIZED (
  SELECT id, name, gaps, ({variables}) AS variables, coalesce({missing}, true) AS is_missing,
         coalesce({unfit}, false) AS is_unfit FROM person
), sized AS MATERIALIZED (
  SELECT facts.*, length(variables::text) AS size, (variables::text || name) ~ %(rtl)s AS is_rtl FROM facts
)
(SELECT 'missing', id, name, variables::text FROM sized WHERE is_missing ORDER BY id LIMIT 1)
UNION ALL (SELECT 'unfit', id, name, variables::text FROM sized WHERE is_unfit AND NOT is_missing
           ORDER BY size DESC, id LIMIT 1)
UNION ALL (SELECT 'empty', id, name, variables::text FROM sized WHERE gaps > 0 AND NOT is_missing
           ORDER BY gaps DESC, id LIMIT 1)
UNION ALL (SELECT 'longest', id, name, variables::text FROM sized WHERE NOT is_missing AND NOT is_unfit
           ORDER BY size DESC, id LIMIT 1)
UNION ALL (SELECT 'rtl', id, name, variables::text FROM sized WHERE is_rtl AND NOT is_missing
           ORDER BY size DESC, id LIMIT 1)
UNION ALL (SELECT 'shortest', id, name, variables::text FROM sized WHERE NOT is_missing ORDER BY size, id LIMIT 1)
UNION ALL (SELECT 'anyone', id, name, variables::text FROM sized WHERE NOT is_missing
           ORDER BY hashint8(id), id LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One person with the values that they would get; `word` is one of CASES. A missing value is not in `values`."""

    word: str
    contact: int
    name: str
    values: dict[str, str]

    @property
    def title(self) -> str | Promise:
        return CASES[self.word]


def cases(
    workspace: Workspace,
    audience: dict[str, Any],
    said: Said,
    bindings: Sequence[Mapping[str, str]],
    numbers: Sequence[int] = (),
) -> list[Case]:
    """At most one person for each of CASES, each person once. Raises AudienceError, also when it takes too long.

    Of a free message only people who may get it, from these `numbers`; none given: from any.
    """
    found = compile_audience(audience, workspace_id=workspace.pk, country=workspace.country)
    filled = values.values_in(parts_of(said).parts, bindings, zone=workspace.timezone, at=clock.now())
    sql, params = statement(found, filled, bindings)
    params |= {
        "workspace": workspace.pk,
        "is_marketing": said.category == "MARKETING",
        "is_free": isinstance(said, Free),
        "now": clock.now(),
        "numbers": list(numbers),
        "most": LOOKED_AT,
        "rtl": RIGHT_TO_LEFT,
    }
    try:
        with queries.asking(limit_ms=PATIENCE_MS) as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
    except OperationalError as problem:
        if not queries.is_timeout(problem):
            raise
        raise AudienceError(
            _("Looking for people took too long; the flight plan takes its time and looks at all.")
        ) from problem
    return once(rows)


def statement(audience: Audience, filled: Values, bindings: Sequence[Mapping[str, str]]) -> tuple[str, dict[str, Any]]:
    params = {**audience.params, **filled.params}
    for each in audience.without:
        params |= each.params
    without = "".join(
        f" AND NOT EXISTS (SELECT FROM ({each.sql}) gone WHERE gone.contact_id = people.contact_id)"
        for each in audience.without
    )
    sql = SAMPLE.format(
        audience=audience.sql,
        without=without,
        columns=filled.columns,
        variables=filled.variables,
        missing=filled.missing,
        unfit=filled.unfit,
        gaps=gaps(bindings, params),
    )
    return sql, params


def gaps(bindings: Sequence[Mapping[str, str]], params: dict[str, Any]) -> str:
    """SQL that counts the fields of a contact that are empty."""
    fields = list(dict.fromkeys(each["field"] for each in bindings if each["field"]))
    known = [each for each in fields if each in (*FIELDS, "first_name") or each.startswith(OWN)]
    counts = [
        f"(coalesce({folded(column_sql(field, GAPS_FROM + rank, params))}, '') = '')::int"
        for rank, field in enumerate(known)
    ]
    return " + ".join(counts) or "0"


def once(rows: list[tuple[str, int, str, str]]) -> list[Case]:
    """Each person for the first case that they stand for; the order is that of CASES."""
    seen: set[int] = set()
    found = []
    for word, contact, name, said in sorted(rows, key=lambda row: list(CASES).index(row[0])):
        if contact not in seen:
            seen.add(contact)
            filled = {slot: value for slot, value in orjson.loads(said).items() if value is not None}
            found.append(Case(word, contact, name, filled))
    return found
