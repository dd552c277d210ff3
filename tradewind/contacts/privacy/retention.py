"""What people wrote is not kept for ever (P23): after some days words go, and what figures are made of stays.

Three kinds, each with its days by workspace: `texts` the words of messages and the values of campaigns, `details` what
the journal says beyond sums and codes, `bodies` raw webhooks (deleted by intake/sweeping.py). The worker goes through
messages and journal once, in the order in which they were written, in short transactions with rests between them.
Proofs of consent, the log of tags and the audit trail are not touched: they are evidence.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.contacts.models import Retention
from tradewind.contacts.privacy.rows import MAY_CHANGE
from tradewind.journal.actions import record
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.lib.watchdog import alive
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member

Cursor = psycopg.Cursor[Any]

KINDS: dict[str, str | Promise] = {
    "texts": gettext_lazy("Words of messages"),
    "details": gettext_lazy("Details in the journal"),
    "bodies": gettext_lazy("Raw webhooks"),
}
USUAL = {"texts": 365, "details": 365, "bodies": 30}
# What was said yesterday is still needed: for replies, doubts and complaints. Ten years is what tax laws ask at most.
FEWEST, MOST = {"texts": 7, "details": 30, "bodies": 1}, 3650
# Rows that one transaction looks at: a few hundredths of a second, so that nobody waits.
AT_ONCE = 1_000
LOOK_AGAIN_SECONDS = 60.0

# Who has something to look at: the one furthest behind first.
NEXT = """
SELECT w.id, coalesce(r.texts_days, 365), coalesce(r.details_days, 365), coalesce(r.texts_reached, 0),
       coalesce(r.details_tx, 0), coalesce(r.details_reached, 0), r.campaigns_reached
FROM workspace w LEFT JOIN retention r ON r.workspace_id = w.id ORDER BY w.id
"""
REACHED = """
INSERT INTO retention (workspace_id, {columns}) VALUES (%s, {values})
ON CONFLICT (workspace_id) DO UPDATE SET {changes}
"""
# Rows are written in the order of their ids, and nothing is written before it happened: so everything before the first
# row that is too young is old enough.
TEXTS = """
WITH next AS MATERIALIZED (
  SELECT id, workspace_id, created_at FROM message WHERE id > %(reached)s ORDER BY id LIMIT %(most)s
), upto AS (
  SELECT coalesce(min(id) FILTER (WHERE created_at >= %(cutoff)s) - 1, max(id)) AS id FROM next
), emptied AS (
  UPDATE message m SET text = '', payload = NULL, variables = NULL, error_detail = ''
  FROM next WHERE m.id = next.id AND next.workspace_id = %(workspace)s AND next.id <= (SELECT id FROM upto)
    AND m.state <> 'queued'
    AND (m.text <> '' OR m.payload IS NOT NULL OR m.variables IS NOT NULL OR m.error_detail <> '')
  RETURNING m.id
), silent AS (
  UPDATE attempt SET detail = '' FROM emptied
  WHERE attempt.id >= (lpad(to_hex(emptied.id), 16, '0') || '0000000000000000')::uuid
    AND attempt.id <= (lpad(to_hex(emptied.id), 16, '0') || 'ffffffffffffffff')::uuid AND detail <> ''
)
SELECT id FROM upto
"""
# Stays: sums, codes, tags, orders (so that one that is placed and paid is one) and what kind of message it was.
PLAIN = """
(SELECT jsonb_object_agg(key, value)
 FROM jsonb_each(CASE WHEN jsonb_typeof(j.data) = 'object' THEN j.data ELSE '{}' END)
 WHERE jsonb_typeof(value) IN ('number', 'boolean') OR key IN ('currency', 'order', 'source', 'figure')
    OR (key = 'kind' AND j.kind LIKE 'message.%%'))
"""
DETAILS = f"""
WITH next AS MATERIALIZED (
  SELECT tx, id, workspace_id, at, row_number() OVER (ORDER BY tx, id) AS place FROM (
    SELECT tx, id, workspace_id, at FROM journal WHERE (tx, id) > (%(tx)s, %(reached)s) ORDER BY tx, id LIMIT %(most)s
  ) stretch
), upto AS (
  SELECT coalesce(min(place) FILTER (WHERE at >= %(cutoff)s) - 1, max(place)) AS place FROM next
), emptied AS (
  UPDATE journal j SET data = {PLAIN}
  FROM next WHERE j.tx = next.tx AND j.id = next.id AND next.workspace_id = %(workspace)s
    AND next.place <= (SELECT place FROM upto) AND j.data IS NOT NULL AND j.data IS DISTINCT FROM {PLAIN}
  RETURNING j.id
)
SELECT next.tx, next.id FROM next JOIN upto USING (place)
"""  # noqa: S608  our own words
# The next campaign that ended long enough ago, and some of its people.
ENDED = """
SELECT id, finished_at FROM campaign
WHERE workspace_id = %s AND finished_at < %s AND (%s::timestamptz IS NULL OR finished_at > %s)
ORDER BY finished_at LIMIT 1
"""
VALUES_OF = """
UPDATE recipient SET variables = NULL, raw = '' WHERE id IN (
  SELECT id FROM recipient WHERE campaign_id = %s AND (variables IS NOT NULL OR raw <> '') LIMIT %s)
"""
PASTED = "UPDATE campaign SET audience = jsonb_set(audience, '{text}', '\"\"') WHERE id = %s AND audience ? 'text'"


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace, for how long it keeps what, and how far its deleting is."""

    workspace_id: int
    texts_days: int
    details_days: int
    texts_reached: int
    details_tx: int
    details_reached: int
    campaigns_reached: datetime | None


def days_of(workspace_id: int) -> dict[str, int]:
    """For how many days what is kept, by kind."""
    row = Retention.objects.filter(pk=workspace_id).first()
    return {kind: getattr(row, f"{kind}_days") if row else usual for kind, usual in USUAL.items()}


def change(*, by: Member, days: dict[str, int]) -> bool:
    """Keep things for so many days from now on; says whether anything differed. Raises ValidationError.

    What is older then goes in the background and cannot be brought back.
    """
    checked(days)
    with transaction.atomic():
        before = days_of(by.workspace_id)
        if {**before, **days} == before:
            return False
        columns = {f"{kind}_days": value for kind, value in days.items()}
        Retention.objects.update_or_create(
            workspace_id=by.workspace_id, defaults={**columns, "changed_at": clock.now(), "changed_by": by}
        )
        record("workspace.changed", workspace_id=by.workspace_id, member_id=by.pk, data={"retention": days})
        told = {kind: [before[kind], value] for kind, value in days.items() if before[kind] != value}
        summary = ", ".join(f"{kind}: {old} → {new} days" for kind, (old, new) in told.items())
        audit.note(by, "workspace.retention_changed", by.workspace, summary, told)
    return True


def checked(days: dict[str, int]) -> None:
    for kind, value in days.items():
        if not FEWEST[kind] <= value <= MOST:
            raise ValidationError(
                _("%(what)s: between %(fewest)s and %(most)s days.")
                % {"what": KINDS[kind], "fewest": FEWEST[kind], "most": MOST}
            )


class Pace:
    """The worker's loop: a piece a second while there is something to look at, else a look a minute."""

    def __init__(self) -> None:
        self.rests_until = 0.0

    def step(self) -> bool:
        if clock.time() >= self.rests_until and not step():
            self.rests_until = clock.time() + LOOK_AGAIN_SECONDS
        return False  # never at once, so that others come first


def step() -> bool:
    """One short transaction for each workspace and kind; whether any of them got further."""
    with hot_cursor() as cursor:
        cursor.execute(NEXT)
        places = [Place(*row) for row in cursor.fetchall()]
    has_moved = False
    for place in places:
        has_moved |= any([empty_texts(place), empty_details(place), empty_campaigns(place)])
        alive()
    return has_moved


def empty_texts(place: Place) -> bool:
    """The next messages lose their words; whether there were some to look at."""
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(MAY_CHANGE)
        known = {"workspace": place.workspace_id, "reached": place.texts_reached, "most": AT_ONCE}
        cursor.execute(TEXTS, {**known, "cutoff": clock.now() - timedelta(days=place.texts_days)})
        (upto,) = cursor.fetchone() or (None,)
        if upto is None or upto <= place.texts_reached:
            return False
        reach(cursor, place, texts_reached=upto)
    return True


def empty_details(place: Place) -> bool:
    """The next entries of the journal lose their details; whether there were some to look at."""
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(MAY_CHANGE)
        known = {"workspace": place.workspace_id, "tx": place.details_tx, "reached": place.details_reached}
        cutoff = clock.now() - timedelta(days=place.details_days)
        cursor.execute(DETAILS, {**known, "most": AT_ONCE, "cutoff": cutoff})
        row = cursor.fetchone()
        if row is None:
            return False
        reach(cursor, place, details_tx=row[0], details_reached=row[1])
    return True


def empty_campaigns(place: Place) -> bool:
    """The values of some people of a campaign that ended long ago go; whether there was one."""
    cutoff, reached = clock.now() - timedelta(days=place.texts_days), place.campaigns_reached
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(ENDED, [place.workspace_id, cutoff, reached, reached])
        row = cursor.fetchone()
        if row is None:
            return False
        cursor.execute(VALUES_OF, [row[0], AT_ONCE])
        if cursor.rowcount < AT_ONCE:
            cursor.execute(PASTED, [row[0]])
            reach(cursor, place, campaigns_reached=row[1])
    return True


def reach(cursor: Cursor, place: Place, **columns: Any) -> None:
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    values = ", ".join("%s" for _name in columns)
    sql = REACHED.format(columns=", ".join(columns), values=values, changes=changes)
    cursor.execute(sql, [place.workspace_id, *columns.values()])
