"""`tradewind bench rules`: a simulated month of rule-made tags, held against a plain re-computation.

Virtual days go by in quarters. In each, people order, look and are changed, some get a tag by hand, new ones come; then
the worker's loop runs until it rests. At the end of each week and of the month every rule's tag is compared with a
query written by hand for that rule, which shares nothing with the compiler of trees. `wrong` counts people who have a
tag and should not, or should and have not.
"""

import random
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.stage import stage

QUARTERS = 4
WEEK = 7 * QUARTERS

EVENTS = """
INSERT INTO journal (workspace_id, at, kind, contact_id, data)
SELECT %(workspace)s, %(now)s::timestamptz - make_interval(mins => (random() * 300)::int),
       (ARRAY['order.placed', 'page.viewed', 'page.viewed', 'cart.updated'])[1 + floor(random() * 4)::int], id,
       jsonb_build_object('amount', (random() * 200)::int)
FROM contact WHERE workspace_id = %(workspace)s AND random() < 0.02
"""
CHANGES = """
WITH chosen AS (
  UPDATE contact SET country = (ARRAY['DE', 'IT', 'AE'])[1 + floor(random() * 3)::int],
                     marketing = CASE WHEN random() < 0.5 THEN 'opted_in' ELSE 'opted_out' END
  WHERE workspace_id = %(workspace)s AND random() < 0.002 RETURNING id
)
INSERT INTO journal (workspace_id, at, kind, contact_id, data)
SELECT %(workspace)s, %(now)s, 'contact.changed', id, '{"fields": ["country"]}' FROM chosen
"""
NEWCOMERS = """
WITH made AS (
  INSERT INTO contact (workspace_id, name, language, country, city, timezone, company, marketing, fields, created_at)
  SELECT %(workspace)s, 'Newcomer', 'de', 'DE', '', '', '', 'unknown', '{}', %(now)s FROM generate_series(1, %(n)s)
  RETURNING id
)
INSERT INTO journal (workspace_id, at, kind, contact_id, data)
SELECT %(workspace)s, %(now)s, 'contact.created', id, '{}' FROM made
"""

# Tag → (tree, the same by hand). `c` is the contact; {days} ago by the virtual clock.
ORDERS = (
    "(SELECT count(*) FROM journal j WHERE j.workspace_id = c.workspace_id AND j.contact_id = c.id"
    " AND j.kind = 'order.placed'"
)
HAND = "EXISTS (SELECT FROM contact_tags t WHERE t.contact_id = c.id AND t.tags @> ARRAY[%(hand)s]::int[])"
RULES: dict[str, tuple[dict[str, Any], str]] = {
    "Bench/Loyal": ({"event": "order.placed", "times": {"gte": 3}}, f"{ORDERS}) >= 3"),
    "Bench/Recent": (
        {"event": "order.placed", "within_days": 14},
        f"{ORDERS} AND j.at >= %(now)s::timestamptz - interval '14 days') >= 1",
    ),
    "Bench/Lost": (
        {"all": [{"event": "order.placed"}, {"not": {"event": "order.placed", "within_days": 7}}]},
        f"{ORDERS}) >= 1 AND {ORDERS} AND j.at >= %(now)s::timestamptz - interval '7 days') = 0",
    ),
    "Bench/Big": (
        {"event": "order.placed", "within_days": 20, "where": {"amount": {"gt": 150}}},
        f"{ORDERS} AND j.at >= %(now)s::timestamptz - interval '20 days'"
        " AND (j.data ->> 'amount')::numeric > 150) >= 1",
    ),
    "Bench/New": (
        {"field": "created_at", "within_days": 10},
        "c.created_at >= %(now)s::timestamptz - interval '10 days' AND c.created_at <= %(now)s",
    ),
    "Bench/German": (
        {"all": [{"field": "country", "is": "DE"}, {"opted_in": True}]},
        "c.country = 'DE' AND c.marketing = 'opted_in'",
    ),
    "Bench/Picked": (
        {"all": [{"tag": "Bench/Hand"}, {"not": {"tag": "Bench/Loyal"}}]},
        f"{HAND} AND NOT {ORDERS}) >= 3",
    ),
}
WRONG = """
SELECT count(*) FROM contact c LEFT JOIN contact_tags h ON h.contact_id = c.id
WHERE c.workspace_id = %(workspace)s AND ({fits}) <> coalesce(h.tags @> ARRAY[%(tag)s]::int[], false)
"""


def run(*, contacts: int = 100_000, days: int = 30, data: Path | None = None) -> dict[str, Any]:
    """Figures: wrong (people, at all looks together), looks, tags at the end, seconds of the loop, events."""
    from tradewind.lib import clock

    with stage(data=data, numbers=1, people=contacts, processes={"web": 1}) as scene:
        file = scene.stack.data / "rules-clock.json"
        begin = clock.now() - timedelta(days=days)
        clock.write(file, at=begin, speed=0.0)
        clock.use(f"file:{file}")
        try:
            return month(scene, file, begin, days)
        finally:
            clock.forget()
            file.unlink(missing_ok=True)


def month(scene: Any, file: Path, begin: datetime, days: int) -> dict[str, Any]:
    from tradewind.lib import clock
    from tradewind.segments.rules.keeper import Keeper

    keeper, chance = Keeper(), random.Random(5)
    tags = rules_of(scene)
    seconds, wrong, looks = 0.0, 0, 0
    scene.sql("SELECT setseed(0.5)")
    for quarter in range(1, days * QUARTERS + 1):
        clock.write(file, at=begin + timedelta(days=quarter / QUARTERS), speed=0.0)
        clock.use(f"file:{file}")
        happen(scene, tags["Bench/Hand"], chance)
        seconds += worked(keeper)
        if quarter % WEEK == 0 or quarter == days * QUARTERS:
            wrong, looks = wrong + wrong_now(scene, tags), looks + 1
    events = scene.sql("SELECT count(*) FROM journal WHERE workspace_id = %s", scene.workspace.pk)[0][0]
    held = scene.sql("SELECT coalesce(sum(people), 0)::int FROM tag_rule WHERE workspace_id = %s", scene.workspace.pk)
    return {
        "contacts": scene.sql("SELECT count(*) FROM contact WHERE workspace_id = %s", scene.workspace.pk)[0][0],
        "days": days, "wrong": wrong, "looks": looks, "rules": len(RULES), "tags": held[0][0], "entries": events,
        "seconds": round(seconds, 1), "seconds_per_quarter_day": round(seconds / (days * QUARTERS), 2),
    }  # fmt: skip


def rules_of(scene: Any) -> dict[str, int]:
    """Tag → its row; every rule switched on."""
    from tradewind.contacts.tags import tree
    from tradewind.segments.rules import actions

    paths = ["Bench/Hand", *RULES]
    tags = {path: tree.make(workspace=scene.workspace, name=path, member=scene.owner)[0].pk for path in paths}
    for path, (conditions, _by_hand) in RULES.items():
        made = actions.create(workspace=scene.workspace, member=scene.owner, tag=path, tree=conditions)
        actions.switch_on(made, member=scene.owner)
    return tags


def happen(scene: Any, hand: int, chance: random.Random) -> None:
    """A quarter of a day."""
    from django.db import connection, transaction

    from tradewind.contacts.tags.assign import By, Change, change_many
    from tradewind.journal.connections import hot_cursor
    from tradewind.lib import clock

    values = {"workspace": scene.workspace.pk, "now": clock.now(), "n": 20}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (EVENTS, CHANGES, NEWCOMERS):
            cursor.execute(statement, values)
    rows = scene.sql(
        "SELECT id FROM contact WHERE workspace_id = %s AND random() < 0.005 ORDER BY id", scene.workspace.pk
    )
    with transaction.atomic(), hot_cursor() as hot:
        changes = [Change(row[0], hand, chance.random() < 0.7) for row in rows]
        change_many(hot, scene.workspace.pk, changes, by=By(member_id=scene.owner.pk))


def worked(keeper: Any) -> float:
    """Seconds until the loop rests."""
    began = time.perf_counter()
    while keeper.step():
        pass
    return time.perf_counter() - began


def wrong_now(scene: Any, tags: dict[str, int]) -> int:
    from django.db import connection

    from tradewind.lib import clock

    total = 0
    for path, (_tree, by_hand) in RULES.items():
        values = {
            "workspace": scene.workspace.pk, "now": clock.now(), "tag": tags[path], "hand": tags["Bench/Hand"]
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(WRONG.format(fits=by_hand), values)
            total += int(cursor.fetchone()[0])
    return total
