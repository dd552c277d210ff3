"""`tradewind bench intake`: how many webhooks a second are stored before they are answered, and projected.

One signed body per event, three statuses for each of many sent messages and one text in twenty, over 32 keep-alive
connections, each waiting for its answer. The load runs in this process; web, worker and PostgreSQL share the machine.
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop

from bench import webhook_load
from bench.stage import stage

CONNECTIONS = 32
MESSAGES = 40_000


def run(*, seconds: float = 20.0, data: Path | None = None) -> dict[str, Any]:
    """Figures: stored_per_second, ack_p50_ms, ack_p99_ms, projected_per_second, cpu_us_per_event, cpu_us_parts."""
    with stage(data=data, numbers=1, people=MESSAGES, processes={"web": 1, "worker": 1}) as scene:
        ids = scene.sent_messages(MESSAGES)
        requests = iter(list(prepare(scene, ids)))
        cpu = scene.cpu_parts()
        load = uvloop.run(webhook_load.fire(scene.host, scene.port, requests, connections=CONNECTIONS, seconds=seconds))
        stored = load.answered.get(200, 0)
        projected = scene.projected()
        took, seen = catch_up(scene, stored)
        return {
            "stored_per_second": round(stored / load.seconds),
            "ack_p50_ms": round(load.percentile(0.50), 2),
            "ack_p99_ms": round(load.percentile(0.99), 2),
            "projected_per_second": round(projected / load.seconds),
            "projected_per_second_after": round((seen - projected) / took) if took > 1 else None,
            "stored": stored,
            "projected": seen,
            "answers": {str(status): count for status, count in load.answered.items()},
            **cpu_per_event(cpu, scene.cpu_parts(), stored),
        }


def cpu_per_event(before: dict[str, float], after: dict[str, float], events: int) -> dict[str, Any]:
    """Microseconds of processor time for each event stored and projected: in all, and of each kind of process."""
    parts = {name: round((after[name] - before[name]) / max(events, 1) * 1e6) for name in before}
    return {"cpu_us_per_event": sum(parts.values()), "cpu_us_parts": parts}


def prepare(scene: Any, wamids: list[str]) -> Iterator[bytes]:
    """All requests in advance, statuses of a message in order but spread among others'."""
    dice = random.Random(7)
    at = int(time.time())
    for start in range(0, len(wamids), 500):
        block = wamids[start : start + 500]
        for status in ("sent", "delivered", "read"):
            dice.shuffle(block)
            for wamid in block:
                yield scene.request(
                    webhook_load.status_body(scene.waba_id, scene.phone_number_id, wamid, status, "4915110000000", at)
                )
        for number in range(75):
            serial = f"{start}.{number}"
            yield scene.request(
                webhook_load.text_body(
                    scene.waba_id, scene.phone_number_id, f"wamid.in.{serial}", f"4915{start + number:09d}", "Hallo", at
                )
            )


def catch_up(scene: Any, stored: int) -> tuple[float, int]:
    """Wait until everything stored is projected; seconds it took, and how many there are."""
    started = time.perf_counter()
    while (seen := scene.projected()) < stored and time.perf_counter() - started < 120:
        time.sleep(0.1)
    return time.perf_counter() - started, seen
