"""`tradewind bench segments`: how fast trees are counted among a million people with a year of journal.

Trees of 3–8 conditions as people build them, drawn by chance from a fixed seed: one group of "all", now and then an
"any" or a "not" in it. Each is counted once to warm it and then measured. With events and without are told apart.
"""

import os
import random
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.segment_stage import DIMENSIONS, KINDS, Stage, open_database, stand

SEED = 20_261_122


def run(
    *, contacts: int = 1_000_000, entries: int = 20_000_000, trees: int = 60, data: Path | None = None
) -> dict[str, Any]:
    """Figures: p50_ms, p95_ms, slowest_ms without events; events_p50_ms, … with them; cpu_p50_ms, … the same in
    the time that the processors worked for it, all processes of the server together, however crowded the machine is.

    The stage (minutes to make) is kept in the folder given and found there again.
    """
    with tempfile.TemporaryDirectory() as folder:
        open_database(data or Path(folder))
        from tradewind.lib import clock

        stage = stand(contacts, entries, clock.now())
        plain = measured(stage, [tree_of(stage, random.Random(SEED + n), False) for n in range(trees)])
        events = measured(stage, [tree_of(stage, random.Random(-SEED - n), True) for n in range(trees)])
        from django.db import connections

        connections.close_all()
    return {
        "contacts": contacts,
        "entries": entries,
        "trees": trees,
        **figures("", plain),
        **figures("events_", events),
    }


def figures(prefix: str, asked: list[tuple[float, float]]) -> dict[str, float]:
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "slowest_ms": 1.0}
    times, worked = (sorted(each) for each in zip(*asked, strict=True))
    return {f"{prefix}{name}": at(times, share) for name, share in shares.items()} | {
        f"{prefix}cpu_{name}": at(worked, share) for name, share in shares.items()
    }


def measured(stage: Stage, trees: list[dict[str, Any]], rounds: int = 3) -> list[tuple[float, float]]:
    """Milliseconds of each round of each tree, warm, from JSON to the count; and of processors at work, on average."""
    found = []
    for tree in trees:
        ask(stage, tree)
        before = server_ms()
        times = [ask(stage, tree) for _ in range(rounds)]
        worked = (server_ms() - before) / rounds
        found += [(each, worked) for each in times]
    return found


def server_ms() -> float:
    """Milliseconds that processors have worked for our connection: its own process, and the ones that helped it and
    are gone, whose time the server's first process bears (proc(5), stat: utime to cstime)."""
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    own = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    parent = Path(f"/proc/{own[1]}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, (*own[11:13], *parent[13:15]))) * 1000 / os.sysconf("SC_CLK_TCK")


def ask(stage: Stage, tree: dict[str, Any]) -> float:
    import time

    from tradewind.segments import queries
    from tradewind.segments.tree import read

    started = time.perf_counter()
    queries.count(read(tree, workspace_id=stage.workspace.pk), workspace_id=stage.workspace.pk, now=stage.now)
    return (time.perf_counter() - started) * 1000


def at(ordered: list[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1)


def tree_of(stage: Stage, chance: random.Random, with_events: bool) -> dict[str, Any]:
    """A tree of 3 to 8 conditions; with events one or two of them are events."""
    leaves: list[dict[str, Any]] = []
    wanted = chance.randint(3, 8)
    while len(leaves) < wanted:
        if (drawn := leaf(stage, chance)) not in leaves:  # nobody says the same thing twice
            leaves.append(drawn)
    if with_events:
        for place in range(chance.randint(1, 2)):
            leaves[place] = event(chance, stage.now)
    parts: list[dict[str, Any]] = []
    while leaves:
        shape = chance.random()
        if shape < 0.25 and len(leaves) > 1:
            parts.append({"any": [leaves.pop() for _ in range(min(len(leaves), chance.randint(2, 3)))]})
        elif shape < 0.45 and parts:
            parts.append({"not": leaves.pop()})
        else:
            parts.append(leaves.pop())
    return {"all": parts}


def leaf(stage: Stage, chance: random.Random) -> dict[str, Any]:
    from tradewind.workspaces.door import public_id

    choices: list[tuple[int, dict[str, Any]]] = [
        (35, {"tag": chance.choice(stage.tags)}),
        (4, {"tag": chance.choice(DIMENSIONS)}),
        (10, {"field": "country", "in": chance.sample(["DE", "IT", "AE", "GB", "AT", "NP"], chance.randint(1, 3))}),
        (10, {"field": "language", "is": chance.choice(["de", "it", "ar", "en"])}),
        (8, {"opted_in": True}),
        (8, {"score": chance.choice(["engagement"]), "gte": chance.choice([40, 60, 80])}),
        (3, {"score": "orders", "gte": chance.randint(1, 10)}),
        (3, {"field": "grade", "is": chance.choice("AB")}),
        (3, {"field": "stage", "in": ["new", "growing"]}),
        (4, {"field": "last_inbound_at", "within_days": chance.choice([7, 30, 90])}),
        (3, {"field": "created_at", "within_days": chance.choice([30, 90])}),
        (3, {"field": "city", "is": f"City {chance.randrange(60)}"}),
        (2, {"field": "size", "is": chance.choice(["S", "XL"])}),
        (1, {"field": "points", "gt": 900}),
        (1, {"field": "birthday", "anniversary_within_days": 7}),
        (3, {"window_open": True}),
        (3, {"campaign": public_id(stage.campaign), "outcome": chance.choice(["read", "failed", "delivered"])}),
        (1, {"field": "name", "contains": chance.choice(["rossi", "anna v", "12345"])}),
    ]
    weights, leaves = zip(*choices, strict=True)
    return chance.choices(leaves, weights)[0]


def event(chance: random.Random, now: datetime) -> dict[str, Any]:
    kind = chance.choice([kind for kind in KINDS if not kind.startswith("message.")] + ["message.read"])
    found: dict[str, Any] = {"event": kind, "within_days": chance.choice([7, 30, 90, 90, 180])}
    if chance.random() < 0.4:
        found["times"] = chance.choice([0, {"gte": 2}, {"gte": 3}])
    if kind.startswith("order") and chance.random() < 0.4:
        found["where"] = {"amount": {"gt": chance.choice([100, 3000])}, "currency": "EUR"}
    return found
