"""How many people fit, who they are, some of them, and how many fit each branch by itself.

All of it runs outside the walls, where indexes can be used; the SQL says by itself of which workspace it is.
"""

import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.utils import OperationalError

from tradewind.lib import clock
from tradewind.segments import compile, walks
from tradewind.segments.nodes import All, AnyOf, Node, Not
from tradewind.workspaces import walls

SETTINGS = {
    "work_mem": "96MB",  # for the hashes of one question: a million people take some 50 MB
    # A look-up whose hash the planner thinks too big would be searched from end to end for each person. It counts
    # entries, the hash holds people.
    "hash_mem_multiplier": "16",
    "jit": "off",
    "max_parallel_workers_per_gather": "1",  # two cores at most: others work, too
}
BRANCHES_MS = 1_500
"""So long the counts of a page may take; what is not counted by then is estimated."""
KEPT_SECONDS = 20
"""So long a branch's count is good for live editing: changing one condition counts only what it changes."""
SAMPLE_LEAST, SAMPLE_MOST = 400, 4_000
SHOWN_FROM = 300
"""Among so many drawn people are enough to show of most trees."""
MANY = 50_000
"""From so many people on counting everybody takes its time."""
DRAWN_AT_MOST = 200_000

# Nobody who was erased is among them.
EVERYBODY = "SELECT count(*), min(contact_id), max(contact_id) FROM contact_row WHERE workspace_id = %s"
DRAWN = "SELECT contact_id FROM contact_row WHERE workspace_id = %s AND contact_id = ANY(%s)"

# The identity by which outsiders know a person: a number, else the user id, else the user name; current ones first.
IDENTITY = """
SELECT found.contact_id, known.value FROM ({people}) found LEFT JOIN LATERAL (
  SELECT CASE WHEN i.kind = 'username' THEN '@' || i.value ELSE i.value END AS value FROM identity i
  WHERE i.contact_id = found.contact_id
  ORDER BY i.is_current DESC, array_position('{{phone,bsuid,username}}'::text[], i.kind::text), i.seen_at DESC,
           i.id DESC
  LIMIT 1
) known ON true
"""


@dataclass(frozen=True, slots=True)
class Count:
    """How many people. `is_about`: estimated from a sample, because counting took too long."""

    people: int
    is_about: bool = False
    ms: float = 0.0


# By the hash of a tree: how many, and when that was.
Kept = dict[str, tuple[Count, datetime]]


@contextmanager
def asking(*, limit_ms: int = 0) -> Iterator[Any]:
    """A cursor for such questions: outside the walls, room for hashes, a time limit (0: none)."""
    wanted = {**SETTINGS, **({"statement_timeout": f"{limit_ms}ms"} if limit_ms else {})}
    with walls.outside(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'current_setting({name!r})' for name in wanted)}")
        before = dict(zip(wanted, cursor.fetchone(), strict=True))
        put(cursor, wanted)
        yield cursor
        put(cursor, before)


def put(cursor: Any, settings: dict[str, str]) -> None:
    cursor.execute(
        f"SELECT {', '.join('set_config(%s, %s, true)' for _ in settings)}",
        [part for pair in settings.items() for part in pair],
    )


def count(node: Node, *, workspace_id: int, now: datetime | None = None, limit_ms: int = 0) -> Count:
    """How many people fit. With a limit the answer may be an estimate; without one it is exact."""
    now = now or clock.now()
    try:
        return exactly(node, workspace_id, now, limit_ms)
    except OperationalError as error:
        if not limit_ms or not is_timeout(error):
            raise
        return estimates([node], workspace_id, now)[0]


def is_timeout(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "57014"


@dataclass(frozen=True, slots=True)
class Sample:
    """Some people drawn by chance, out of how many."""

    ids: list[int]
    out_of: int


def everybody(workspace_id: int) -> tuple[int, int, int]:
    """(how many people there are, the first row number, the last); of many it may be some seconds old."""
    key = f"segments.everybody:{workspace_id}"
    kept: tuple[int, int, int] | None = cache.get(key)
    if kept is None:
        with asking() as cursor:
            cursor.execute(EVERYBODY, [workspace_id])
            people, first, last = cursor.fetchone()
        kept = (int(people), first or 0, last or 0)
        if kept[0] > MANY:
            cache.set(key, kept, KEPT_SECONDS)
    return kept


def sampled(workspace_id: int, seed: int | None = None) -> Sample:
    """People drawn by row number, each as likely as any other; everybody when they are few. The same seed draws the
    same ones while nobody comes or goes."""
    people, first, last = everybody(workspace_id)
    if not people:
        return Sample([], 0)
    chance, span = random.Random(seed), last - first + 1
    draws = min(span, DRAWN_AT_MOST, max(SAMPLE_MOST, SAMPLE_MOST * span // people))
    with asking() as cursor:
        cursor.execute(DRAWN, [workspace_id, chance.sample(range(first, last + 1), draws)])
        found = sorted(row[0] for row in cursor.fetchall())
    chance.shuffle(found)
    return Sample(found[:SAMPLE_MOST], people)


def two_figures(of: float) -> int:
    whole = round(of)
    return round(whole, 2 - len(str(whole))) if whole >= 100 else whole


def branches(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every node with its place, as TreeError says places: "all", "all[0].tag", …"""
    if isinstance(node, All | AnyOf):
        path += "all" if isinstance(node, All) else "any"
        yield path, node
        for place, each in enumerate(node.of):
            yield from branches(each, f"{path}[{place}].")
    elif isinstance(node, Not):
        path += "not"
        yield path, node
        yield from branches(node.of, f"{path}.")
    else:
        yield path + compile.NAMES[type(node)], node


def counts_by_branch(
    node: Node, *, workspace_id: int, now: datetime | None = None, limit_ms: int = BRANCHES_MS
) -> dict[str, Count]:
    """How many fit each branch by itself, by its place."""
    found = list(branches(node))
    counted = counts([each for _path, each in found], workspace_id=workspace_id, now=now, limit_ms=limit_ms)
    return {path: each for (path, _node), each in zip(found, counted, strict=True)}


def counts(
    nodes: Sequence[Node], *, workspace_id: int, now: datetime | None = None, limit_ms: int = BRANCHES_MS
) -> list[Count]:
    """How many fit each of the nodes, all in one walk. What was counted a moment ago is not counted again; when the
    walk does not come to its end within the limit, the rest is estimated."""
    now = now or clock.now()
    kept = remembered(workspace_id, now)
    known = {node: kept[name_of(node)][0] for node in dict.fromkeys(nodes) if name_of(node) in kept}
    if wanted := [node for node in dict.fromkeys(nodes) if node not in known]:
        fresh = dict(zip(wanted, walked(wanted, workspace_id, now, limit_ms), strict=True))
        known |= fresh
        remember(workspace_id, kept, {name_of(node): (each, now) for node, each in fresh.items() if not each.is_about})
    return [known[node] for node in nodes]


def walked(nodes: list[Node], workspace_id: int, now: datetime, limit_ms: int) -> list[Count]:
    """The counts, exact if they come in time, else estimated."""
    if limit_ms <= 0:
        return estimates(nodes, workspace_id, now)
    try:
        people, ms = walk(nodes, workspace_id, now, limit_ms=limit_ms)
    except OperationalError as error:
        if not is_timeout(error):
            raise
        return estimates(nodes, workspace_id, now)
    return [Count(each, ms=ms / len(nodes)) for each in people]


def estimates(nodes: list[Node], workspace_id: int, now: datetime) -> list[Count]:
    """About how many, by the shares of a sample; a smaller one where what happened must be read for each."""
    drawn = sampled(workspace_id)
    ids = drawn.ids[: max(SAMPLE_LEAST, SAMPLE_MOST // max(1, walks.hard(nodes)))]
    if not ids:
        return [Count(0) for _node in nodes]
    people, ms = walk(nodes, workspace_id, now, contact_ids=ids)
    return [Count(two_figures(each * drawn.out_of / len(ids)), True, ms / len(nodes)) for each in people]


def walk(
    nodes: list[Node], workspace_id: int, now: datetime, *, contact_ids: list[int] | None = None, limit_ms: int = 0
) -> tuple[list[int], float]:
    """(how many of everybody, or of these, fit each, milliseconds)."""
    started = time.perf_counter()
    sql, values = walks.counts_sql(nodes, workspace_id=workspace_id, now=now, contact_ids=contact_ids)
    with asking(limit_ms=limit_ms) as cursor:
        cursor.execute(sql, values)
        return [int(each) for each in cursor.fetchone()], (time.perf_counter() - started) * 1000


def name_of(node: Node) -> str:
    return hashlib.sha256(repr(node).encode()).hexdigest()


def remembered(workspace_id: int, now: datetime) -> Kept:
    """Counts of about the same moment: one of another day says nothing, nor does one from before the clock was set."""
    kept: Kept = cache.get(f"segments.counted:{workspace_id}") or {}
    return {name: each for name, each in kept.items() if abs(now - each[1]) <= timedelta(seconds=KEPT_SECONDS)}


def remember(workspace_id: int, kept: Kept, fresh: Kept) -> None:
    """All in one entry, because each costs the database a transaction; who else counts meanwhile may forget some."""
    if fresh:
        cache.set(f"segments.counted:{workspace_id}", kept | fresh, KEPT_SECONDS)


def exactly(node: Node, workspace_id: int, now: datetime, limit_ms: int) -> Count:
    started = time.perf_counter()
    sql, values = compile.count_sql(node, workspace_id=workspace_id, now=now)
    with asking(limit_ms=limit_ms) as cursor:
        cursor.execute(sql, values)
        return Count(int(cursor.fetchone()[0]), ms=(time.perf_counter() - started) * 1000)


def sample(node: Node, *, workspace_id: int, n: int = 7, seed: int = 0, now: datetime | None = None) -> list[int]:
    """Some of the people, by chance; the same seed draws the same ones while nothing changes.

    Most trees fit enough of some who are drawn; only for a rare one everybody is looked at.
    """
    now = now or clock.now()
    drawn = sampled(workspace_id, seed)
    some = drawn.ids[:SHOWN_FROM]
    fitting = set(among(node, some, workspace_id=workspace_id, now=now))
    found = [each for each in some if each in fitting]
    if len(found) >= n or len(some) >= drawn.out_of:
        return found[:n]
    sql, values = compile.contacts_sql(node, workspace_id=workspace_id, now=now)
    with asking() as cursor:
        cursor.execute(
            f"SELECT contact_id FROM ({sql}) people ORDER BY hashint8extended(contact_id, %(seed)s), contact_id"  # noqa: S608
            " LIMIT %(n)s",
            {**values, "seed": seed, "n": n},
        )
        return [row[0] for row in cursor.fetchall()]


def among(node: Node, contact_ids: list[int], *, workspace_id: int, now: datetime) -> list[int]:
    """Those of these people who fit."""
    sql, values = compile.restricted(node, workspace_id=workspace_id, now=now, contact_ids=contact_ids)
    with asking() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def page(node: Node, *, workspace_id: int, after: int = 0, limit: int = 50, now: datetime | None = None) -> list[int]:
    """The next people by row number, from `after` on (without it)."""
    sql, values = compile.contacts_sql(node, workspace_id=workspace_id, now=now or clock.now())
    with asking() as cursor:
        cursor.execute(
            f"SELECT contact_id FROM ({sql}) people WHERE contact_id > %(after)s ORDER BY contact_id LIMIT %(limit)s",  # noqa: S608
            {**values, "after": after, "limit": limit},
        )
        return [row[0] for row in cursor.fetchall()]


def members(node: Node, *, workspace_id: int, now: datetime | None = None) -> Iterator[tuple[int, str]]:
    """Everybody who fits, by contact id, with one identity each ("" when there is none); read as it is asked for."""
    sql, values = compile.contacts_sql(node, workspace_id=workspace_id, now=now or clock.now())
    with walls.outside(), transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(f"{IDENTITY.format(people=sql)} ORDER BY found.contact_id", values)
        while rows := cursor.fetchmany(5_000):
            yield from ((contact, value or "") for contact, value in rows)


def fits(node: Node, contact_id: int, *, workspace_id: int, now: datetime | None = None) -> bool:
    """Whether one person fits."""
    sql, values = compile.restricted_count(
        node, workspace_id=workspace_id, now=now or clock.now(), contact_ids=[contact_id]
    )
    with asking() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.fetchone()[0])
