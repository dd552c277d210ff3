"""`tradewind bench batches`: a tag put on everybody by a batch, then taken back, while somebody else works with people.

The worker does the batch as it does any other. Meanwhile a thread reads, tags, edits and searches single people. Each
of its acts is timed from its first statement to its commit, and each statement by itself: an act is also Python's work,
which says more of how busy the machine is than of who waits for whom.
"""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.stage import stage
from tradewind.cli.stack import wait_until

TAGS_EACH = 10
TAGS_IN_ALL = 100
# Ten different tags of a hundred for everybody, spread so that each tag has a tenth of the people.
TAG = """
INSERT INTO contact_tags (contact_id, workspace_id, tags)
SELECT id, workspace_id, ARRAY(SELECT (%(tags)s::int[])[1 + ((id * 7 + n * 11) %% %(all)s)::int]
                               FROM generate_series(0, %(each)s - 1) AS n)
FROM contact WHERE workspace_id = %(workspace)s
ON CONFLICT (contact_id) DO UPDATE SET tags = excluded.tags
"""
LONGEST_SECONDS = 300.0
# Between two rounds of others' acts: a dozen people at work, not a load of their own.
PAUSE_SECONDS = 0.05


def run(*, contacts: int = 1_000_000, data: Path | None = None) -> dict[str, Any]:
    """Figures: preview_ms, seconds, undo_seconds; others_statement_slowest_ms, others_slowest_ms and p99_ms by act;
    changed, undone."""
    with stage(data=data, numbers=1, people=contacts, processes={"web": 1, "worker": 1}) as scene:
        tags = furnish(scene)
        before = scene.cpu_parts()
        figures, others = measured(scene, tags)
        after = scene.cpu_parts()
    return {
        "contacts": contacts,
        **figures,
        "others_acts": sum(map(len, others.acts_ms.values())),
        "others_slowest_ms": round(max(max(times) for times in others.acts_ms.values()), 1),
        "others_statements": len(others.statements_ms),
        "others_statement_slowest_ms": round(max(others.statements_ms), 1),
        "others": {name: figures_of(times) for name, times in others.acts_ms.items()},
        "cpu_seconds": {part: round(after[part] - before[part], 1) for part in after},
    }


def furnish(scene: Any) -> list[Any]:
    """Tags on everybody, as after months of use; the last tag is nobody's yet."""
    from django.db import connection

    from tradewind.contacts.actions import make_tag

    tags = [make_tag(workspace=scene.workspace, name=f"Interest/tag {n}", member=None) for n in range(TAGS_IN_ALL + 1)]
    given = {"tags": [tag.pk for tag in tags], "all": TAGS_IN_ALL, "each": TAGS_EACH, "workspace": scene.workspace.pk}
    with connection.cursor() as cursor:
        cursor.execute(TAG, given)
    scene.sql("VACUUM ANALYZE")
    return tags


def measured(scene: Any, tags: list[Any]) -> tuple[dict[str, Any], "Others"]:
    from tradewind.contacts.search import Wanted
    from tradewind.contacts.tags import batches, selections

    detail, selection = {"tags": [tags[-1].pk]}, selections.of_filter(Wanted())
    begun = time.perf_counter()
    batches.preview(workspace=scene.workspace, verb="add", detail=detail, selection=selection)
    preview_ms = round((time.perf_counter() - begun) * 1000)
    with Others(scene, tags) as others:
        begun = time.perf_counter()
        batch = batches.start(
            workspace=scene.workspace, verb="add", detail=detail, selection=selection, member=scene.owner
        )
        until(batch, "done")
        seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        batches.undo(batch, member=scene.owner)
        until(batch, "undone")
        undo_seconds = time.perf_counter() - begun
    figures = {
        "preview_ms": preview_ms,
        "seconds": round(seconds, 1),
        "undo_seconds": round(undo_seconds, 1),
        "changed": batch.changed,
        "undone": batch.undone,
    }
    return figures, others


def until(batch: Any, state: str) -> None:
    def is_there() -> bool:
        batch.refresh_from_db()
        if batch.state == "failed":
            raise AssertionError(f"The batch failed: {batch.problem}")
        return bool(batch.state == state)

    wait_until(is_there, f"the batch is not {state}", LONGEST_SECONDS)


class Others:
    """Somebody else's work with single people, in a thread: the milliseconds of each act and of each statement."""

    def __init__(self, scene: Any, tags: list[Any]) -> None:
        self.scene, self.tags = scene, tags
        self.acts_ms: dict[str, list[float]] = {}
        self.statements_ms: list[float] = []
        self.over = threading.Event()
        self.dice = random.Random(7)
        self.thread = threading.Thread(target=self.work)

    def __enter__(self) -> "Others":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def work(self) -> None:
        from django.db import connection

        from tradewind.contacts.models import Contact

        first, last = (
            Contact.objects.filter(workspace=self.scene.workspace).order_by(order).values_list("pk", flat=True)[0]
            for order in ("pk", "-pk")
        )
        with connection.execute_wrapper(self.timed):
            while not self.over.wait(PAUSE_SECONDS):
                person = Contact.objects.get(pk=self.dice.randint(first, last))
                for name, act in self.acts(person).items():
                    begun = time.perf_counter()
                    act()
                    self.acts_ms.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
        connection.close()

    def timed(self, execute: Callable[..., Any], *statement: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(*statement)
        finally:
            self.statements_ms.append((time.perf_counter() - begun) * 1000)

    def acts(self, person: Any) -> dict[str, Callable[[], Any]]:
        from tradewind.contacts import actions, search
        from tradewind.contacts.models import Contact
        from tradewind.workspaces import walls

        tag = self.dice.choice(self.tags[:TAGS_IN_ALL])

        def found() -> None:
            with walls.inside(self.scene.workspace.pk):
                search.page(search.Wanted(tag=tag.pk))

        return {
            "read": lambda: Contact.objects.select_related("tag_row").get(pk=person.pk),
            "tag": lambda: actions.tag(person, tag=tag, member=self.scene.owner),
            "untag": lambda: actions.untag(person, tag=tag, member=self.scene.owner),
            "edit": lambda: actions.change(person, member=self.scene.owner, city=f"City {self.dice.random():.6f}"),
            "find": found,
        }


def figures_of(times: list[float]) -> dict[str, Any]:
    ordered = sorted(times)
    shares = {"p50_ms": 0.5, "p99_ms": 0.99, "slowest_ms": 1.0}
    at = {name: ordered[min(int(len(ordered) * share), len(ordered) - 1)] for name, share in shares.items()}
    return {"acts": len(ordered), **{name: round(value, 1) for name, value in at.items()}}
