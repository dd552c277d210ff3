"""`tradewind bench acknowledge`: how long a webhook waits for its answer while everything else is busy (P11).

Webhooks come at a fixed rate, whether or not the last ones are answered, and each is timed from the moment when it was
due. Beside them a campaign goes out at the pace that Meta allows, with its own webhooks from the simulator, and a
report reads all messages and the journal over and over in one long transaction. All of it shares this machine with the
load.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import uvloop

from bench import webhook_load
from bench.intake import prepare
from bench.stage import Scene, stage

CONNECTIONS = 32
PROCESSES = {"web": 1, "sender": 1, "worker": 1}
PER_NUMBER = 80  # messages a second: Meta's standard throughput

REPORT = """
SELECT message.run_id, message.state, count(*), count(DISTINCT message.contact_id),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY journal.at)
FROM message LEFT JOIN journal ON journal.message_id = message.id GROUP BY 1, 2
"""


def run(*, seconds: float = 20.0, rate: int = 500, numbers: int = 2, data: Path | None = None) -> dict[str, Any]:
    """Figures: ack_p50_ms, ack_p99_ms, answered_per_second, answers, campaign_per_second, reports."""
    people = round(seconds * PER_NUMBER * numbers * 2)
    with stage(data=data, numbers=numbers, people=people, processes=PROCESSES, lifted=False) as scene:
        requests = iter(list(islice(prepare(scene, scene.sent_messages(people)), round(seconds * rate))))
        campaign = scene.planned_campaign()
        with reporting(scene) as reports:
            scene.launch(campaign)
            load = uvloop.run(
                webhook_load.fire(scene.host, scene.port, requests, connections=CONNECTIONS, seconds=seconds, rate=rate)
            )
            sent = scene.reached(campaign, "accepted")
        return {
            "ack_p50_ms": round(load.percentile(0.50), 2),
            "ack_p99_ms": round(load.percentile(0.99), 2),
            "answered_per_second": round(load.answered.get(200, 0) / load.seconds),
            "answers": {str(status): count for status, count in load.answered.items()},
            "campaign_per_second": round(sent / load.seconds),
            "reports": len(reports),
        }


@contextmanager
def reporting(scene: Scene) -> Iterator[list[int]]:
    """A report in the background, over and over in one transaction; yields how many rows each had. Raises its error."""
    from tradewind.journal.connections import address

    over, rows, problems = threading.Event(), [], []

    def report(connection: psycopg.Connection[Any]) -> None:
        try:
            while not over.is_set():
                rows.append(len(connection.execute(REPORT).fetchall()))
        except psycopg.Error as problem:
            problems.append(problem)

    with psycopg.connect(address(name="a long report")) as connection:
        thread = threading.Thread(target=report, args=(connection,))
        thread.start()
        try:
            yield rows
        finally:
            over.set()
            thread.join()
    if problems:
        raise problems[0]
