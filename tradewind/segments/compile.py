"""From a tree to one SQL: the people of one workspace that fit it at a moment.

    sql, params = contacts_sql(tree.read(value, workspace_id=7), workspace_id=7, now=clock.now())

The SQL yields one column, contact_id, each person once, and stands as a sub-select anywhere; its placeholders are
%(s0)s, %(s1)s, … Each leaf's part says by itself of which workspace it is, so that the SQL is safe to run outside the
walls, which it should: row-level security keeps the web role from the indexes that these queries need.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tradewind.segments import leaves
from tradewind.segments.days import asked
from tradewind.segments.leaves import Desk
from tradewind.segments.nodes import (
    All,
    AnyOf,
    Event,
    Field,
    Node,
    Not,
    OptedIn,
    Saved,
    Score,
    Sent,
    Tagged,
    WindowOpen,
)
from tradewind.segments.sets import Ground, People, all_of, any_of, counted, listed, rest

Compiled = tuple[str, dict[str, Any]]


def contacts_sql(node: Node, *, workspace_id: int, now: datetime, prefix: str = "s") -> Compiled:
    """The people as (sql, params)."""
    desk = Desk(prefix, workspace_id, now)
    return listed(people_of(node, desk), desk.ground), desk.values


def count_sql(node: Node, *, workspace_id: int, now: datetime, prefix: str = "s") -> Compiled:
    """How many they are, as (sql, params): one row, one column."""
    desk = Desk(prefix, workspace_id, now)
    return counted(people_of(node, desk), desk.ground), desk.values


def restricted(node: Node, *, workspace_id: int, now: datetime, contact_ids: list[int], prefix: str = "s") -> Compiled:
    """The same, looking at these people only: each leaf asks for their rows alone."""
    desk = Desk(prefix, workspace_id, now)
    desk.ground = Ground(desk.ground.workspace, f"{desk.add(contact_ids)}::bigint[]")
    return listed(people_of(node, desk), desk.ground), desk.values


def restricted_count(
    node: Node, *, workspace_id: int, now: datetime, contact_ids: list[int], prefix: str = "s"
) -> Compiled:
    """How many of these people fit."""
    desk = Desk(prefix, workspace_id, now)
    desk.ground = Ground(desk.ground.workspace, f"{desk.add(contact_ids)}::bigint[]")
    return counted(people_of(node, desk), desk.ground), desk.values


def people_of(node: Node, desk: Desk) -> People:
    """The set of a node."""
    if isinstance(node, All):
        return all_of([people_of(each, desk) for each in node.of])
    if isinstance(node, AnyOf):
        return any_of([people_of(each, desk) for each in node.of])
    if isinstance(node, Not):
        return rest(people_of(node.of, desk))
    if isinstance(node, Saved):
        return people_of(node.node, desk) if node.node is not None else leaves.frozen(node, desk)
    return LEAVES[type(node)](node, desk)


LEAVES: dict[type, Callable[[Any, Desk], People]] = {
    Tagged: leaves.tagged,
    Field: leaves.known,
    Event: asked.happened,
    Score: leaves.scored,
    Sent: leaves.sent,
    OptedIn: leaves.opted_in,
    WindowOpen: leaves.window_open,
}

# The word by which each kind of leaf is written.
NAMES: dict[type, str] = {
    Tagged: "tag",
    Field: "field",
    Event: "event",
    Score: "score",
    Saved: "segment",
    Sent: "campaign",
    OptedIn: "opted_in",
    WindowOpen: "window_open",
}
