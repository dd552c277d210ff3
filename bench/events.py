"""`tradewind bench events`: how many outside events a second go into the journal, from a file, in batches."""

import json
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.stage import person, stage


def run(*, events: int = 200_000, contacts: int = 20_000, data: Path | None = None) -> dict[str, Any]:
    """Figures: events_per_second the first time, and again, when all of them are known."""
    with stage(data=data, numbers=1, people=contacts, processes={"web": 1}) as scene, TemporaryDirectory() as folder:
        file = Path(folder) / "events.jsonl"
        write(file, events, contacts)
        first, seconds = bring(scene, file)
        again, seconds_again = bring(scene, file)
    return {
        "events": events,
        "recorded": first.recorded,
        "repeated": again.repeated,
        "rejected": first.rejected,
        "events_per_second": round(events / seconds),
        "events_per_second_again": round(events / seconds_again),
    }


def write(file: Path, events: int, contacts: int) -> None:
    from tradewind.lib import clock

    now = clock.now()
    with file.open("w") as out:
        for place in range(events):
            event = {
                "contact": person(place % contacts).phone,
                "event": ("order.placed", "page.viewed", "cart.updated", "link.clicked")[place % 4],
                "at": (now - timedelta(minutes=place % 400_000)).isoformat(),
                "id": f"e-{place}",
                "amount": 5 + place % 300,
                "currency": "EUR",
                "product": f"Product {place % 900}",
            }
            out.write(json.dumps(event) + "\n")


def bring(scene: Any, file: Path) -> tuple[Any, float]:
    from tradewind.contacts.facts.importing import import_file

    began = time.perf_counter()
    result = import_file(file, workspace_id=scene.workspace.pk, rejects=file.with_suffix(".rejects"))
    return result, time.perf_counter() - began
