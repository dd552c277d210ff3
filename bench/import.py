"""`tradewind bench import`: a file of a million people into the contacts, while somebody works in the console.

The whole way: the file lies in the database as the console's upload leaves it; the worker's child process reads,
cleans, parts and writes it. The file has numbers in five spellings, a country column, double rows, rows to refuse,
tags and a field. Time runs from the start that a member gives to the state "done", the reading of the file included.
"""

import random
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.stage import Scene, stage
from bench.usage import tree

PAGES = ("/contacts/", "/campaigns/", "/numbers/", "/contacts/?q=anna")
FIRST = ("Anna", "Marco", "Ahmed", "Wei", "Somchai", "João", "Katharina", "Fatima", "Olivia", "ليلى", "美玲")
LAST = ("Vogel", "Rossi", "Hassan", "Chen", "Pereira", "Schmidt", "Ali", "Hart", "Maß", "الحسن", "陈")
CITIES = ("Berlin", "Kiel", "München", "Roma", "Dubai", "", "")
TAGS = ("Outdoor", "Schuhe", "Zelte", "Ski", "Fahrrad")
HEAD = "Telefon;Vor- und Nachname;Land;Ort;Sprache;Interessen;Bestell-Nr.\n"
BLOCK = 5_000


def run(*, rows: int = 1_000_000, seed: int = 1, data: Path | None = None) -> dict[str, Any]:
    """Figures: rows_per_second, console_p95_ms (and _idle), counts by outcome, peak memory, CPU by process."""
    with stage(data=data, numbers=6, people=1_000, processes={"web": 1, "worker": 1}) as scene:
        of = sent(scene, rows, seed)
        idle = Reader(scene)
        idle.read_for(5)
        busy, memory = Reader(scene), Memory(scene)
        cpu = scene.cpu_parts()
        started = time.perf_counter()
        start(of)
        busy.begin()
        memory.begin()
        wait_until_done(of)
        seconds = time.perf_counter() - started
        busy.end()
        memory.end()
        of.refresh_from_db()
        spent = {name: round(after - cpu[name], 1) for name, after in scene.cpu_parts().items()}
    return {
        "rows": of.rows_total,
        "seconds": round(seconds, 1),
        "rows_per_second": round((of.rows_total or 0) / seconds),
        "state": of.state,
        "counts": of.counts,
        "console_p95_ms": busy.p95(),
        "console_p50_ms": busy.p50(),
        "console_idle_p95_ms": idle.p95(),
        "memory_peak_mb": memory.peaks(),
        "cpu_seconds": spent,
    }


def sent(scene: Scene, rows: int, seed: int) -> Any:
    """The file in the database, in pieces, as an upload leaves it; its columns are as guessed, its tags exist."""
    from tradewind.contacts.imports import verbs
    from tradewind.contacts.tags import tree as tags

    for name in TAGS:
        tags.make(workspace=scene.workspace, name=f"Interest/{name}", member=scene.owner)
    of = verbs.begin(workspace=scene.workspace, member=scene.owner, file_name="bench.csv")
    for place, body in enumerate(pieces(rows, seed)):
        verbs.add_piece(of, place=place, body=body)
    verbs.complete(of)
    mapping = [{**column, "prefix": "Interest"} if column["to"] == "tags" else column for column in of.mapping]
    expected = ["phone", "name", "country", "city", "language", "tags", "field"]
    assert [column["to"] for column in mapping] == expected, mapping
    verbs.set_mapping(of, mapping=mapping)
    scene.sql("VACUUM ANALYZE")
    return of


def pieces(rows: int, seed: int) -> Iterator[bytes]:
    draw = random.Random(seed)
    block = [HEAD]
    for number in range(rows):
        block.append(line(draw, number))
        if len(block) >= BLOCK:
            yield "".join(block).encode()
            block = []
    if block:
        yield "".join(block).encode()


def line(draw: random.Random, number: int) -> str:
    """2 % to be refused, 5 % doubles of an earlier row, the rest new."""
    kind = draw.random()
    rank = draw.randrange(number) if kind < 0.05 and number else number
    digits = f"151{(rank * 7_919_317) % 10**8:08}"
    if kind > 0.98:
        digits = digits[:3]
    phone = (f"+49{digits}", f"0{digits}", f"+49 {digits[:3]} {digits[3:]}", f"0049{digits}", f"49{digits}")[number % 5]
    name = f"{draw.choice(FIRST)} {draw.choice(LAST)} {rank % 9973}"
    tag = draw.choice(TAGS)
    return f"{phone};{name};DE;{draw.choice(CITIES)};de;{tag};{rank}\n"


def start(of: Any) -> None:
    from tradewind.contacts.imports import verbs

    verbs.start(of, member=of.member)


def wait_until_done(of: Any) -> None:
    give_up = time.monotonic() + 900
    while of.state in ("waiting", "running"):
        if time.monotonic() > give_up:
            raise TimeoutError("the import did not end")
        time.sleep(0.1)
        of.refresh_from_db(fields=["state"])


class Reader:
    """One busy member, who opens a page four times a second."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.waits: list[float] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.read, daemon=True)

    def begin(self) -> None:
        self.thread.start()

    def end(self) -> None:
        self.over.set()
        self.thread.join()

    def read_for(self, seconds: float) -> None:
        self.begin()
        time.sleep(seconds)
        self.end()

    def read(self) -> None:
        with self.scene.browser() as get:
            for path in PAGES:
                get(path)
            while not self.over.is_set():
                for path in PAGES:
                    begun = time.perf_counter()
                    get(path)
                    self.waits.append((time.perf_counter() - begun) * 1000)
                    self.over.wait(0.25)

    def p95(self) -> float:
        return round(statistics.quantiles(self.waits, n=20)[18], 1)

    def p50(self) -> float:
        return round(statistics.median(self.waits), 1)


class Memory:
    """Resident memory of the worker and the import's processes together, by tenths of the way."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.seen: list[float] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def begin(self) -> None:
        self.thread.start()

    def end(self) -> None:
        self.over.set()
        self.thread.join()

    def watch(self) -> None:
        roots = self.scene.stack.pids("worker")
        while not self.over.wait(0.5):
            self.seen.append(sum(resident_mb(pid) for pid in tree(roots)))

    def peaks(self) -> list[int]:
        """The peak in each fifth of the time: flat is what we want."""
        size = max(len(self.seen) // 5, 1)
        parts = [self.seen[place : place + size] for place in range(0, len(self.seen), size)]
        return [round(max(part)) for part in parts if part]


def resident_mb(pid: int) -> float:
    """Memory that is its own: pages shared after a fork are not counted twice."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
