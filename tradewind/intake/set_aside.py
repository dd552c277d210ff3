"""What was set aside gets another chance: orphans when their message is known, unrouted events when their number is
connected, dead letters when somebody asks for it.

The events are read from the inbox anew. All of it runs under the app's lock, so it never meets the projector.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

import psycopg
from django.db import transaction

from tradewind.intake import projector
from tradewind.intake.dead_letters import WHOLE_BODY, Refusal, sentence
from tradewind.intake.halving import is_passing
from tradewind.intake.items import Item
from tradewind.intake.projection import project
from tradewind.journal.actions import Line, record_many
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.lib.watchdog import alive
from tradewind.whatsapp import webhooks

Cursor = psycopg.Cursor[Any]
Place = tuple[int, int]  # (inbox id, position)

BATCH = 200
LOOKED_AT = 2_000

WAIT_FOR_LOCK = "SELECT pg_advisory_xact_lock(%s::int, %s::int)"
BODIES = "SELECT id, received_at, body FROM webhook_inbox WHERE id = ANY(%b::bigint[]) ORDER BY id"
# The newest are looked at each time; of the others one stretch after the other.
KNOWN_ORPHANS = """
SELECT app_id, inbox_id, position FROM (
  (SELECT * FROM orphan ORDER BY id DESC LIMIT %(looked_at)s)
  UNION
  (SELECT * FROM orphan WHERE id > %(after)s ORDER BY id LIMIT %(looked_at)s)
) AS looked_at
WHERE EXISTS (SELECT FROM message WHERE message.wamid = looked_at.wamid)
ORDER BY app_id, inbox_id, position LIMIT %(most)s
"""
STRETCH_END = """
SELECT max(id) FROM (SELECT id FROM orphan WHERE id > %(after)s ORDER BY id LIMIT %(looked_at)s) AS stretch
"""
FORGET_ORPHANS = """
DELETE FROM orphan USING unnest(%b::bigint[], %b::int[]) AS given (inbox, position)
WHERE orphan.inbox_id = given.inbox AND orphan.position = given.position
"""
CONNECTED = """
SELECT unrouted.app_id, unrouted.inbox_id, unrouted.position
FROM (SELECT DISTINCT app_id, address FROM unrouted) AS place
JOIN unrouted ON unrouted.app_id = place.app_id AND unrouted.address = place.address
WHERE EXISTS (SELECT FROM account WHERE account.waba_id = place.address AND account.app_id = place.app_id)
   OR EXISTS (SELECT FROM number JOIN account ON account.id = number.account_id
              WHERE number.phone_number_id = place.address AND account.app_id = place.app_id)
ORDER BY 1, 2, 3 LIMIT %s
"""
FORGET_UNROUTED = """
DELETE FROM unrouted USING unnest(%b::bigint[], %b::int[]) AS given (inbox, position)
WHERE unrouted.inbox_id = given.inbox AND unrouted.position = given.position
"""
ASKED = """
SELECT id, app_id, workspace_id, inbox_id, position, kind, replayed_by_id FROM dead_letter
WHERE replay_asked_at IS NOT NULL ORDER BY app_id, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
HEALED = "UPDATE dead_letter SET replayed_at = %s, replay_asked_at = NULL WHERE id = %s"
DIED_AGAIN = """
UPDATE dead_letter SET error = %s, tries = least(tries + 1, 1000), died_at = %s, replay_asked_at = NULL WHERE id = %s
"""


class _Stretch:
    """How far the round over old orphans has come, in this process; it begins anew after the last."""

    after = 0


def match_orphans() -> bool:
    """Statuses whose message is known by now; True when there may be more at once."""
    with transaction.atomic(), hot_cursor() as cursor:
        params = {"looked_at": LOOKED_AT, "after": _Stretch.after, "most": BATCH}
        cursor.execute(KNOWN_ORPHANS, params)
        found = cursor.fetchall()
        cursor.execute(STRETCH_END, params)
        _Stretch.after = (cursor.fetchone() or (None,))[0] or 0
    again(found, FORGET_ORPHANS)
    return len(found) == BATCH


def route_again() -> bool:
    """Events whose number or account has been connected since; True when there may be more at once."""
    with hot_cursor() as cursor:
        cursor.execute(CONNECTED, [BATCH])
        found = cursor.fetchall()
    again(found, FORGET_UNROUTED)
    return len(found) == BATCH


def again(found: Iterable[tuple[int, int, int]], forget: str) -> None:
    """Project these places (app, inbox id, position) as if they came now: what fails dies like any other event."""
    for app_id, group in groupby(found, key=lambda row: row[0]):
        alive()
        places = [(inbox_id, position) for _, inbox_id, position in group]
        now = clock.now()
        with transaction.atomic(), hot_cursor() as cursor:
            cursor.execute(WAIT_FOR_LOCK, [projector.LOCK_SPACE, app_id])
            cursor.execute(forget, [list(column) for column in zip(*places, strict=True)])
            projector.project_carefully(cursor, app_id, reread(cursor, places), now)


def reread(cursor: Cursor, places: Iterable[Place]) -> list[Item]:
    """The events at these places of the inbox; those of bodies that are gone by now are gone. Raises WebhookError."""
    wanted: dict[int, set[int]] = {}
    for inbox_id, position in places:
        wanted.setdefault(inbox_id, set()).add(position)
    cursor.execute(BODIES, [sorted(wanted)], binary=True)
    return [
        Item(inbox_id, position, received_at, event)
        for inbox_id, received_at, content in cursor.fetchall()
        for position, event in enumerate(webhooks.parse(content))
        if position in wanted[inbox_id] or WHOLE_BODY in wanted[inbox_id]
    ]


def replay_asked() -> bool:
    """Dead letters that a member wants tried again, one by one."""
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(ASKED, [BATCH])
        asked = cursor.fetchall()
        for letter in asked:
            replay(cursor, *letter, now=clock.now())
    return len(asked) == BATCH


def replay(
    cursor: Cursor, letter_id: int, app_id: int, workspace_id: int | None, inbox_id: int, position: int, kind: str,
    member_id: int | None, *, now: datetime,
) -> None:  # fmt: skip
    """Try a dead letter once: it is healed, or dead with its newest error."""
    alive()
    cursor.execute(WAIT_FOR_LOCK, [projector.LOCK_SPACE, app_id])
    try:
        with transaction.atomic():
            items = reread(cursor, [(inbox_id, position)])
            if not items:
                raise Refusal("The raw webhook is no longer kept, so it cannot be tried again.")
            project(cursor, app_id, items, now=now)
    except Exception as error:
        if is_passing(error):
            raise
        cursor.execute(DIED_AGAIN, [sentence(error), now, letter_id])
        verb = "deadletter.died"
    else:
        cursor.execute(HEALED, [now, letter_id])
        verb = "deadletter.replayed"
    if workspace_id is not None:
        line = Line(workspace_id, now, verb, member_id=member_id, data={"id": letter_id, "kind": kind})
        record_many(cursor, [line])
