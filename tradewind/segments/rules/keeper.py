"""The worker's loop of rules: hears the journal and checks those whom it names; looks at everybody when it is time.

heard    the people of new entries, against the rules whose tree such an entry can touch
due      a rule that was switched on or changed, at once; where time alone can change the answer, every four
         minutes; all others, every hour
leaving  the tags of a rule that was switched off
"""

import time
from collections import defaultdict
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
import psycopg
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Least

from tradewind.journal import cursors
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.segments.models import TagRule
from tradewind.segments.rules import book, engine
from tradewind.segments.rules.book import Book, Live
from tradewind.segments.rules.engine import ALL_EVERY, NAME, Busy

READ_AT_ONCE = 20_000
BOOK_GOOD_FOR_SECONDS = 60.0
IMPORTS_WAIT = timedelta(seconds=30)
"""An import tells of itself every second; all rules are looked at twice a minute meanwhile."""

HEAR = """
WITH fresh AS MATERIALIZED (
  SELECT tx, id, workspace_id, contact_id, kind, data FROM journal
  WHERE (tx, id) > (%s, %s) AND tx < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
  ORDER BY tx, id LIMIT %s
), ours AS (
  SELECT * FROM fresh WHERE workspace_id = ANY(%b::bigint[])
)
SELECT workspace_id, contact_id, kind,
       CASE WHEN kind IN ('contact.tagged', 'contact.untagged') THEN (data ->> 'tag')::int END,
       NULL::text, NULL::bigint[]
FROM ours WHERE contact_id IS NOT NULL GROUP BY 1, 2, 3, 4
UNION ALL
SELECT workspace_id, NULL, kind, NULL, data::text, NULL FROM ours
WHERE contact_id IS NULL AND split_part(kind, '.', 1) IN ('tag', 'tags', 'segment', 'campaign', 'contacts', 'import')
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL,
       (SELECT ARRAY[tx, id, (SELECT count(*) FROM fresh)] FROM fresh ORDER BY tx DESC, id DESC LIMIT 1)
"""

Cursor = psycopg.Cursor[Any]
Place = tuple[int, int]


class Heard(NamedTuple):
    """About people: (workspace, contact) → (kind, tag); about all: (workspace, kind, data). `end` is None at rest."""

    people: dict[tuple[int, int], set[tuple[str, int | None]]]
    all: list[tuple[int, str, dict[str, Any]]]
    begin: Place
    end: tuple[int, int, int] | None


class Keeper:
    """The loop's step; keeps the rules read between two steps."""

    def __init__(self) -> None:
        self.book: Book = {}
        self.known: tuple[Any, ...] | None = None
        self.read_at = 0.0

    def step(self) -> bool:
        """One stretch of the journal, one rule that leaves, one that is due."""
        try:
            has_heard = self.listen()
            has_left = leave_next()
            return self.sweep_next() or has_left or has_heard
        except Busy:
            return False

    def rules(self) -> Book:
        """All rules that are on, read anew when one has changed, or what they name may have."""
        known = book.fingerprint()
        if known != self.known or time.monotonic() - self.read_at > BOOK_GOOD_FOR_SECONDS:
            self.book, self.known, self.read_at = book.read_all(), known, time.monotonic()
        return self.book

    def listen(self) -> bool:
        """Check the people of new entries; whether there may be more."""
        with transaction.atomic(), hot_cursor() as cursor:
            place = cursors.lock(cursor, NAME)
            if place is None:
                return False
            heard = hear(cursor, place, sorted(self.rules()))
            if heard.end is None:
                return False
            for entry in heard.all:
                self.due(*entry)
        lives = [live for rules in self.rules().values() for live in rules]
        changes = sum(engine.check_all(live, concerned(live, heard)) for live in lives)
        move(heard)
        return changes > 0 or heard.end[2] == READ_AT_ONCE  # other rules may look at what has changed

    def due(self, workspace_id: int, kind: str, data: dict[str, Any]) -> None:
        """An entry that concerns many people: the rules that it can touch look at everybody soon."""
        subject = kind.partition(".")[0]
        if subject in ("tag", "segment"):
            self.known = None  # names and paths may mean something else now
        touched = [rule.rule_id for rule in self.book.get(workspace_id, ()) if can_touch(rule, subject, data)]
        wait = IMPORTS_WAIT if subject in ("contacts", "import") else timedelta(0)
        asked = TagRule.objects.filter(workspace_id=workspace_id, state="on")
        chosen = asked if subject in ("tag", "segment") else asked.filter(pk__in=touched)
        chosen.update(due_at=Least("due_at", clock.now() + wait), reached=0)

    def sweep_next(self) -> bool:
        """The rule that is due longest, after those whose tags it looks at; whether there may be more to do."""
        now = clock.now()
        due = TagRule.objects.filter(Q(due_at__lte=now) | Q(due_at=None), state="on").order_by("due_at")
        first = due.values_list("workspace_id", flat=True).first()
        if first is None:
            return False
        ids = set(due.filter(workspace_id=first).values_list("pk", flat=True))
        readable = [live for live in self.rules().get(first, ()) if live.rule_id in ids]
        if not readable:  # archived, in a ring, or naming what is gone: the page says so
            TagRule.objects.filter(pk__in=ids).update(due_at=now + ALL_EVERY)
            return True
        engine.sweep(readable[0])
        return True


def can_touch(rule: Live, subject: str, data: dict[str, Any]) -> bool:
    if subject == "tags":
        return not rule.watch.tags.isdisjoint(data.get("tags", ()))
    return rule.watch.has_campaigns if subject == "campaign" else True


def hear(cursor: Cursor, place: Place, workspaces: list[int]) -> Heard:
    """The next stretch of the journal, as far as it concerns workspaces with rules."""
    cursor.execute(HEAR, [*place, READ_AT_ONCE, workspaces])
    people: defaultdict[tuple[int, int], set[tuple[str, int | None]]] = defaultdict(set)
    about_all, end = [], None
    for workspace, contact, kind, tag, data, last in cursor.fetchall():
        if workspace is None:
            end = tuple(last) if last else None
        elif contact is None:
            about_all.append((workspace, kind, orjson.loads(data) if data else {}))
        else:
            people[workspace, contact].add((kind, tag))
    return Heard(people, about_all, place, end)


def concerned(live: Live, heard: Heard) -> list[int]:
    """The people of a stretch whom a rule must look at again."""
    return sorted(
        contact
        for (workspace, contact), entries in heard.people.items()
        if workspace == live.workspace_id and any(live.watch.hears(kind, tag) for kind, tag in entries)
    )


def move(heard: Heard) -> None:
    """The stretch is done, unless another process was faster."""
    assert heard.end is not None
    with transaction.atomic(), hot_cursor() as cursor:
        place = cursors.lock(cursor, NAME)
        if place is None:
            raise Busy
        if place == heard.begin:
            cursors.move(cursor, NAME, heard.end[0], heard.end[1])


def leave_next() -> bool:
    """Some tags of a rule that was switched off; whether there are more."""
    rule = TagRule.objects.filter(is_leaving=True).exclude(state="on").order_by("pk").first()
    return rule is not None and engine.leave(rule)
