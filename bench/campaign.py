"""`tradewind bench campaign`: a million people: planned, launched, paused, while the console is asked for pages."""

import statistics
import threading
import time
from pathlib import Path
from typing import Any

from bench.stage import Scene, stage

PROCESSES = {"web": 1, "sender": 1, "worker": 1}
PAGES = ("/campaigns/", "/contacts/", "/numbers/")


def run(
    *, contacts: int = 1_000_000, numbers: int = 20, seconds: float = 20.0, data: Path | None = None
) -> dict[str, Any]:
    """Figures: plan_seconds, first_message_seconds, pause_seconds, console_p50_ms, console_p95_ms, by page."""
    with stage(data=data, numbers=numbers, people=contacts, processes=PROCESSES) as scene:
        campaign = scene.drafted_campaign()
        plan_seconds = timed(lambda: scene.plan(campaign, seconds=300))
        pages = Pages(scene, campaign)
        scene.launch(campaign)
        first = first_message(scene, campaign)
        pages.read_for(seconds)
        sent = scene.reached(campaign, "accepted")
        pause = scene.pause_and_measure(campaign)
        return {
            "contacts": contacts,
            "plan_seconds": round(plan_seconds, 1),
            "first_message_seconds": round(first, 2),
            "accepted_while_watched": sent,
            "pause_seconds": round(pause, 2),
            **pages.figures(),
        }


def timed(act: Any) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def first_message(scene: Scene, campaign: Any) -> float:
    """Seconds between the launch as recorded and the first call, as recorded."""
    give_up = time.monotonic() + 30
    while (seconds := scene.first_attempt_after(campaign)) is None:
        if time.monotonic() > give_up:
            raise TimeoutError("no message left within 30 s")
        time.sleep(0.02)
    return seconds


class Pages:
    """Asks for the console's pages one after the other, as one busy member would, and notes how long each takes."""

    def __init__(self, scene: Scene, campaign: Any) -> None:
        self.scene = scene
        self.paths = [*PAGES, *scene.pages_of(campaign)]
        self.waits: dict[str, list[float]] = {path: [] for path in self.paths}
        self.over = threading.Event()

    def read_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        with self.scene.browser() as get:
            while time.monotonic() < until:
                for path in self.paths:
                    started = time.perf_counter()
                    get(path)
                    self.waits[path].append((time.perf_counter() - started) * 1000)

    def figures(self) -> dict[str, Any]:
        everything = [wait for waits in self.waits.values() for wait in waits]
        quantiles = statistics.quantiles(everything, n=20)
        return {
            "console_p50_ms": round(quantiles[9], 1),
            "console_p95_ms": round(quantiles[18], 1),
            "console_p95_ms_by_page": {p: round(statistics.quantiles(w, n=20)[18], 1) for p, w in self.waits.items()},
            "pages": len(everything),
        }
