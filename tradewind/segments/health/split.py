"""By which other field a tag that is too large says most when it is split: the one whose values are spread best."""

import math
from dataclasses import dataclass

from django.utils.functional import Promise

from tradewind.segments import queries, words
from tradewind.segments.recipes.places import NAMES

FIELDS = ("country", "language", "city", "stage", "grade")
OF_STANDING = ("stage", "grade")
MOST_PARTS = 6
LEAST_COVERED = 0.6
"""So much of the people the parts must reach together."""
LOOKED_AT = 20_000

# {value} and {join} are ours. Some thousands are enough to see how values are spread.
VALUES = """
SELECT value, count(*) FROM (
  SELECT {value} AS value FROM contact_tags t {join}
  WHERE t.workspace_id = %s AND t.tags @> ARRAY[%s]::int[] LIMIT {limit}
) found GROUP BY value ORDER BY count(*) DESC, value
"""


@dataclass(frozen=True, slots=True)
class Split:
    """A proposal: `values` are (value, its name) of the largest parts, `bits` how much they tell."""

    field: str
    name: str | Promise
    values: list[tuple[str, str]]
    bits: float


def best(workspace_id: int, tag_id: int) -> Split | None:
    """The field that tells most; None when none divides the people into parts worth having."""
    found = [split for field in FIELDS if (split := by(field, workspace_id, tag_id)) is not None]
    return max(found, key=lambda split: split.bits, default=None)


def by(field: str, workspace_id: int, tag_id: int) -> Split | None:
    counts = values_of(field, workspace_id, tag_id)
    people = sum(counts.values())
    largest = [(value, n) for value, n in counts.items() if value][:MOST_PARTS]
    covered = sum(n for _value, n in largest)
    if len(largest) < 2 or covered < LEAST_COVERED * people:
        return None
    name = NAMES.get(field, lambda value: value)
    return Split(
        field, words.FIELDS[field], [(value, name(value)) for value, _n in largest], spread(largest, covered, people)
    )  # fmt: skip


def spread(parts: list[tuple[str, int]], covered: int, people: int) -> float:
    """Entropy of the parts in bits, less for people whom none of them reaches."""
    return -sum(n / covered * math.log2(n / covered) for _value, n in parts) * covered / people


def values_of(field: str, workspace_id: int, tag_id: int) -> dict[str, int]:
    """How often each value occurs among the people of a tag; "" for those of whom nothing is known."""
    alias = "s" if field in OF_STANDING else "c"
    join = (
        "LEFT JOIN contact_standing s ON s.contact_id = t.contact_id"
        if field in OF_STANDING
        else "JOIN contact c ON c.id = t.contact_id"
    )
    sql = VALUES.format(value=f"coalesce({alias}.{field}, '')", join=join, limit=LOOKED_AT)
    with queries.asking() as cursor:
        cursor.execute(sql, [workspace_id, tag_id])
        return {str(value): int(n) for value, n in cursor.fetchall()}
