"""Decides who has a rule's tag: for some people at once (`check`), and for everybody by what differs (`sweep`).

All work on rules of an installation is done one piece after the other, under the lock of the journal cursor: the last
word on a person is never an older look. Each piece is a transaction of its own.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import transaction

from tradewind.contacts.errors import TagError
from tradewind.contacts.models import Tag
from tradewind.contacts.tags.assign import TOLD_ONE_BY_ONE, By, Change, change_many
from tradewind.journal import cursors
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock, logs, watchdog
from tradewind.segments import compile, queries
from tradewind.segments.models import TagRule
from tradewind.segments.nodes import Node
from tradewind.segments.rules.book import Live

log = logs.get(__name__)

NAME = "tag rules"
"""The journal cursor of this loop, and the lock of all its pieces."""
AT_ONCE = 2 * TOLD_ONE_BY_ONE
"""People in one transaction: some tenths of a second; more than are told one by one."""
DIFFERING_AT_ONCE = 20_000
TIMED_EVERY = timedelta(minutes=4)
"""So often everybody is looked at when time alone can change the answer; right within five minutes (C3)."""
ALL_EVERY = timedelta(hours=1)

HAVE = """
SELECT contact_id FROM contact_tags
WHERE workspace_id = %s AND contact_id = ANY(%b::bigint[]) AND tags @> ARRAY[%s]::int[]
"""
# {people} is a compiled tree.
DIFFERING = """
WITH fits AS MATERIALIZED ({people}), has AS MATERIALIZED (
  SELECT t.contact_id FROM contact_tags t WHERE t.workspace_id = %(_w)s AND t.tags @> ARRAY[%(_t)s]::int[]
)
SELECT coalesce(f.contact_id, h.contact_id) AS who FROM fits f FULL JOIN has h ON h.contact_id = f.contact_id
WHERE (f.contact_id IS NULL OR h.contact_id IS NULL) AND coalesce(f.contact_id, h.contact_id) > %(_after)s
ORDER BY who LIMIT %(_limit)s
"""
HOLDERS = """
SELECT contact_id FROM contact_tags WHERE workspace_id = %s AND tags @> ARRAY[%s]::int[] ORDER BY contact_id LIMIT %s
"""
BOTH = """
SELECT count(*) FROM ({people}) f JOIN contact_tags t ON t.contact_id = f.contact_id
WHERE t.workspace_id = %(_w)s AND t.tags @> ARRAY[%(_t)s]::int[]
"""
COUNT = "SELECT count(*) FROM contact_tags WHERE workspace_id = %s AND tags @> ARRAY[%s]::int[]"

Cursor = psycopg.Cursor[Any]


class Busy(Exception):
    """Another process works on rules at this moment."""


def check(live: Live, contacts: list[int]) -> int:
    """Put the tag on those of these people who fit, take it off the others; how many changes. Raises Busy."""
    with transaction.atomic(), hot_cursor() as cursor:
        if cursors.lock(cursor, NAME) is None:
            raise Busy
        if not is_current(live):
            return 0
        fitting = set(fits(live, contacts))
        cursor.execute(HAVE, [live.workspace_id, contacts, live.tag_id])
        having = {row[0] for row in cursor.fetchall()}
        changes = [Change(each, live.tag_id, each in fitting) for each in sorted(fitting ^ having)]
        return changed(cursor, live, changes)


def is_current(live: Live) -> bool:
    """Still on, and the tree that was read: held until the transaction ends."""
    rows = TagRule.objects.select_for_update(of=("self",)).filter(pk=live.rule_id, state="on", version=live.version)
    return rows.first() is not None


def fits(live: Live, contacts: list[int]) -> list[int]:
    """Those of these people who fit now."""
    sql, values = compile.restricted(
        live.node, workspace_id=live.workspace_id, now=clock.now(), contact_ids=contacts
    )  # fmt: skip
    with queries.asking() as asked:
        asked.execute(sql, values)
        return [row[0] for row in asked.fetchall()]


def changed(cursor: Cursor, live: Live, changes: list[Change]) -> int:
    """A tag that was archived or deleted a moment ago stays as it is; the next reading leaves the rule out."""
    try:
        return change_many(cursor, live.workspace_id, changes, by=By(rule_id=live.rule_id))
    except TagError as error:
        log.warning("a rule's tag cannot be set", rule=live.rule_id, error=str(error))
        return 0


def check_all(live: Live, contacts: list[int]) -> int:
    """`check` in stretches."""
    total = 0
    for stretch in stretches(contacts):
        total += check(live, stretch)
        watchdog.alive()
    return total


def stretches(contacts: list[int]) -> Iterator[list[int]]:
    return (contacts[start : start + AT_ONCE] for start in range(0, len(contacts), AT_ONCE))


def sweep(live: Live) -> bool:
    """Look at everybody and mend what differs, some thousands a call; whether there is more to mend. Raises Busy."""
    rule = TagRule.objects.get(pk=live.rule_id)
    now, due_at = clock.now(), rule.due_at
    found = differing(live, now, rule.reached)
    check_all(live, found)
    is_more = len(found) == DIFFERING_AT_ONCE
    after = {"reached": found[-1]} if is_more else finished(live, now)
    # A wish that came meanwhile (another tree, a tag that moved) is not overwritten.
    TagRule.objects.filter(pk=live.rule_id, version=live.version, due_at=due_at).update(**after)
    return is_more


def differing(live: Live, now: datetime, after: int = 0) -> list[int]:
    """The people who fit and have no tag, or have it and do not fit, by number from `after` on."""
    people, values = compile.contacts_sql(live.node, workspace_id=live.workspace_id, now=now)
    with queries.asking() as cursor:
        cursor.execute(
            DIFFERING.format(people=people),
            {**values, "_w": live.workspace_id, "_t": live.tag_id, "_after": after, "_limit": DIFFERING_AT_ONCE},
        )
        return [row[0] for row in cursor.fetchall()]


def finished(live: Live, now: datetime) -> dict[str, Any]:
    """What a rule's row says after everybody was looked at."""
    every = TIMED_EVERY if live.watch.is_timed else ALL_EVERY
    return {
        "reached": 0, "checked_at": now, "due_at": now + every, "people": holders(live.workspace_id, live.tag_id)
    }  # fmt: skip


def holders(workspace_id: int, tag_id: int) -> int:
    """How many people have a tag itself."""
    with queries.asking() as cursor:
        cursor.execute(COUNT, [workspace_id, tag_id])
        return int(cursor.fetchone()[0])


def leave(rule: TagRule) -> bool:
    """The rule was switched off and its tags go: the next of them; whether there are more. Raises Busy."""
    with transaction.atomic(), hot_cursor() as cursor:
        if cursors.lock(cursor, NAME) is None:
            raise Busy
        rule = TagRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
        if rule.state == "on" or not rule.is_leaving:
            return False
        cursor.execute(HOLDERS, [rule.workspace_id, rule.tag_id, AT_ONCE])
        people = [row[0] for row in cursor.fetchall()]
        changes = [Change(each, rule.tag_id, False) for each in people]
        change_many(cursor, rule.workspace_id, changes, by=By(rule_id=rule.pk, reason="the rule was switched off"))
        if len(people) == AT_ONCE:
            return True
        TagRule.objects.filter(pk=rule.pk).update(is_leaving=False, people=0)
        Tag.objects.filter(pk=rule.tag_id, rule_id=rule.pk).update(rule_id=None)
    return False


def both(node: Node, workspace_id: int, tag_id: int) -> int:
    """How many people fit a tree and have the tag."""
    people, values = compile.contacts_sql(node, workspace_id=workspace_id, now=clock.now())
    with queries.asking() as cursor:
        cursor.execute(BOTH.format(people=people), {**values, "_w": workspace_id, "_t": tag_id})
        return int(cursor.fetchone()[0])
