# ruff: noqa: S608  SQL is put together here: from our own words and placeholders, never from values.
"""Many trees counted in one walk over everybody: each condition is asked once a person, however many trees have it.

What a page shows of a tree are a dozen counts of much the same conditions; each by itself would be a walk of its own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tradewind.segments import compile
from tradewind.segments.leaves import Desk
from tradewind.segments.nodes import All, AnyOf, Event, Leaf, Node, Not, Saved
from tradewind.segments.sets import Ground, condition


def counts_sql(
    nodes: Sequence[Node], *, workspace_id: int, now: datetime, contact_ids: list[int] | None = None
) -> tuple[str, dict[str, Any]]:
    """How many people (of these, or of all) fit each node: one row, a column for each, as (sql, params)."""
    desk = Desk("s", workspace_id, now)
    if contact_ids is not None:
        desk.ground = Ground(desk.ground.workspace, f"{desk.add(contact_ids)}::bigint[]")
    columns: dict[Leaf, str] = {}
    counts = [f"count(*) FILTER (WHERE {expression(node, columns)})" for node in nodes]
    # OFFSET 0 keeps the planner from asking a condition anew wherever it stands.
    asked = [f"{condition(compile.people_of(leaf, desk))} AS {column}" for leaf, column in columns.items()]
    people = f"SELECT {', '.join(asked) or '1'} FROM contact_row n WHERE {desk.ground.of('n', 'contact_id')} OFFSET 0"
    return f"SELECT {', '.join(counts)} FROM ({people}) AS walk", desk.values


def expression(node: Node, columns: dict[Leaf, str]) -> str:
    """The node over the columns of its leaves, which are noted; never NULL."""
    if isinstance(node, All | AnyOf):
        parts = [expression(each, columns) for each in node.of]
        word, empty = (" AND ", "true") if isinstance(node, All) else (" OR ", "false")
        return f"({word.join(parts)})" if parts else empty
    if isinstance(node, Not):
        return f"NOT {expression(node.of, columns)}"
    if isinstance(node, Saved) and node.node is not None:
        return expression(node.node, columns)
    return columns.setdefault(node, f"l{len(columns)}")


def hard(nodes: Sequence[Node]) -> int:
    """How many conditions look into what happened, entry by entry: the dear ones, also for few people."""
    columns: dict[Leaf, str] = {}
    for node in nodes:
        expression(node, columns)
    return sum(isinstance(leaf, Event) for leaf in columns)
