"""How many people each product's interest has, all products in one reading of what happened.

A walk asks each condition of each product by itself, so a dozen products read the same entries three dozen times, and
with their data, which no index holds. Here each entry is read once; which products are meant is asked of the different
products only, by the same comparison as in a tree.
"""

import time
from collections.abc import Sequence
from datetime import datetime

from django.db.utils import OperationalError

from tradewind.lib import clock
from tradewind.segments import compare, queries
from tradewind.segments.compile import Compiled
from tradewind.segments.leaves import Desk, edges
from tradewind.segments.nodes import AnyOf, Event, Node
from tradewind.segments.queries import Count

# Of one kind of event: who had how often to do with which product.
TOLD = """
SELECT j.contact_id, {kind} AS kind, {least} AS least, j.data -> 'product' AS product, count(*) AS often FROM journal j
WHERE j.workspace_id = {workspace} AND j.contact_id IS NOT NULL AND j.kind = {kind} AND j.data ? 'product'{time}{only}
GROUP BY j.contact_id, j.data -> 'product'
"""
COUNTED = """
WITH told AS MATERIALIZED ({told}),
meant AS MATERIALIZED (
  SELECT k.product, part.place
  FROM (SELECT DISTINCT product, jsonb_build_object('product', product) AS data FROM told) k
  CROSS JOIN LATERAL (VALUES {tests}) AS part (place, fits) WHERE part.fits)
SELECT found.place, count(DISTINCT n.contact_id) FROM (
  SELECT m.place, t.contact_id FROM told t JOIN meant m ON m.product = t.product
  GROUP BY m.place, t.contact_id, t.kind, t.least HAVING sum(t.often) >= t.least) found
JOIN contact_row n ON n.contact_id = found.contact_id AND n.workspace_id = {workspace}
GROUP BY found.place
"""


def counts(nodes: Sequence[Node], *, workspace_id: int, limit_ms: int, now: datetime | None = None) -> list[Count]:
    """As `queries.counts`, for trees of this recipe (`catalogue.interest`): exact within the limit, else estimated."""
    now = now or clock.now()
    try:
        people, ms = counted(nodes, workspace_id, now, limit_ms=limit_ms)
    except OperationalError as error:
        if not queries.is_timeout(error):
            raise
        return estimates(nodes, workspace_id, now)
    return [Count(each, ms=ms / len(nodes)) for each in people]


def estimates(nodes: Sequence[Node], workspace_id: int, now: datetime) -> list[Count]:
    """About how many, by the shares of a sample."""
    drawn = queries.sampled(workspace_id)
    if not drawn.ids:
        return [Count(0) for _node in nodes]
    people, ms = counted(nodes, workspace_id, now, contact_ids=drawn.ids)
    share = drawn.out_of / len(drawn.ids)
    return [Count(queries.two_figures(each * share), True, ms / len(nodes)) for each in people]


def counted(
    nodes: Sequence[Node], workspace_id: int, now: datetime, *, contact_ids: list[int] | None = None, limit_ms: int = 0
) -> tuple[list[int], float]:
    """(how many of everybody, or of these, each tree has, milliseconds)."""
    started = time.perf_counter()
    sql, values = counts_sql(nodes, workspace_id, now, contact_ids)
    with queries.asking(limit_ms=limit_ms) as cursor:
        cursor.execute(sql, values)
        found = dict(cursor.fetchall())
    return [int(found.get(place, 0)) for place in range(len(nodes))], (time.perf_counter() - started) * 1000


def counts_sql(nodes: Sequence[Node], workspace_id: int, now: datetime, contact_ids: list[int] | None) -> Compiled:
    """One row a tree that anybody fits: (its place, how many)."""
    desk = Desk("s", workspace_id, now)
    only = f" AND j.contact_id = ANY({desk.add(contact_ids)}::bigint[])" if contact_ids is not None else ""
    told = " UNION ALL ".join(told_of(event, desk, only) for event in events_of(nodes[0]))
    tests = ", ".join(f"({place}, {fits_of(node, desk)})" for place, node in enumerate(nodes))
    return COUNTED.format(told=told, tests=tests, workspace=desk.ground.workspace), desk.values


def told_of(event: Event, desk: Desk, only: str) -> str:
    when = "".join(f" AND j.at {sign} {desk.add(at)}" for sign, at in edges(event, desk.now))
    return TOLD.format(
        kind=f"{desk.add(event.kind)}::text",
        least=f"{desk.add(event.least)}::int",
        workspace=desk.ground.workspace,
        time=when,
        only=only,
    )


def fits_of(node: Node, desk: Desk) -> str:
    """Whether a product is that of the tree."""
    ((key, (test,)),) = events_of(node)[0].where
    return compare.own_value("k.data", f"{desk.add(key)}::text", test, desk, desk.now)


def events_of(node: Node) -> list[Event]:
    """Any of these events is enough; they differ in kind, times and days, and are about one product."""
    assert isinstance(node, AnyOf)
    return [each for each in node.of if isinstance(each, Event)]
