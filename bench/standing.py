"""`tradewind bench standing`: how fast people are reckoned, one after an event and all of them by the hour.

Each person has twelve messages, eight of them read, two that they wrote, three orders and two clicks. One at a time is
what follows an event; in batches of 200 is how everybody decays. Only an idle web process runs beside it.
"""

import random
from pathlib import Path
from typing import Any

from bench.stage import stage

SINGLES = 300
MOST_IN_BATCHES = 40_000
MESSAGES = """
INSERT INTO message (workspace_id, number_id, contact_id, direction, kind, category, state, rank, wamid, text,
                     created_at, accepted_at, read_at)
SELECT %(workspace)s, %(number)s, c.id, CASE WHEN n > 12 THEN 'in' ELSE 'out' END, 'text', 'service',
       CASE WHEN n > 12 THEN 'received' WHEN n %% 3 = 0 THEN 'delivered' ELSE 'read' END, 1,
       'wamid.bench.' || c.id || '.' || n,
       CASE WHEN n = 13 THEN 'Wann kommt meine Bestellung?' WHEN n = 14 THEN 'Danke' ELSE '' END,
       at, CASE WHEN n <= 12 THEN at END, CASE WHEN n <= 12 AND n %% 3 <> 0 THEN at + interval '20 minutes' END
FROM contact c CROSS JOIN generate_series(1, 14) AS n
CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - make_interval(hours => (n * 97 + c.id::int %% 600))) AS t (at)
WHERE c.workspace_id = %(workspace)s AND c.id > %(after)s AND c.id <= %(to)s
"""
FACTS = """
INSERT INTO journal (workspace_id, at, kind, contact_id, data)
SELECT %(workspace)s, %(now)s::timestamptz - make_interval(hours => (n * 331 + c.id::int %% 900)),
       CASE WHEN n <= 3 THEN 'order.placed' ELSE 'link.clicked' END, c.id,
       CASE WHEN n <= 3 THEN jsonb_build_object('amount', 20 + (c.id * 7 + n * 13) %% 300, 'currency', 'EUR')
            ELSE '{}' END
FROM contact c CROSS JOIN generate_series(1, 5) AS n
WHERE c.workspace_id = %(workspace)s AND c.id > %(after)s AND c.id <= %(to)s
"""
STRETCH = 20_000


def run(*, contacts: int = 100_000, data: Path | None = None) -> dict[str, Any]:
    """Figures: p50_ms and p95_ms for one person, people_per_second in batches, seconds for 1,000,000 at that rate."""
    with stage(data=data, numbers=1, people=contacts, processes={"web": 1}) as scene:
        ids = furnish(scene)
        singles = sorted(alone(scene, random.Random(7).sample(ids, min(SINGLES, len(ids)))))
        batched = ids[:MOST_IN_BATCHES]
        seconds = scene.reckon(batched)
        again = scene.reckon(batched)
    return {
        "contacts": contacts,
        "p50_ms": round(singles[len(singles) // 2], 2),
        "p95_ms": round(singles[int(len(singles) * 0.95)], 2),
        "people_per_second": round(len(batched) / again),
        "people_per_second_first_time": round(len(batched) / seconds),
        "seconds_for_a_million": round(1_000_000 * again / len(batched)),
    }


def furnish(scene: Any) -> list[int]:
    from tradewind.lib import clock

    ids = scene.people()
    for start in range(0, len(ids), STRETCH):
        part = ids[start : start + STRETCH]
        values = {"workspace": scene.workspace.pk, "number": scene.numbers[0].pk, "now": clock.now(),
                  "after": part[0] - 1, "to": part[-1]}  # fmt: skip
        execute(MESSAGES, values)
        execute(FACTS, values)
    for table in ("message", "journal"):
        scene.sql(f"ANALYZE {table}")
    return ids


def execute(statement: str, values: dict[str, Any]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def alone(scene: Any, ids: list[int]) -> list[float]:
    """Milliseconds for each person, transaction and commit included; the first few only warm up."""
    times = [scene.reckon([each]) * 1000 for each in ids]
    return times[10:] or times
