"""The feeder: moves planned recipients into the outbox a little ahead of what each number can send.

So pause and cancel touch only the little that waits, and the outbox stays small whatever the audience.
Hot path: one statement per number and step; exactly once by the row lock on `campaign_number`, whose cursor moves in
the same transaction, and by the unique key (run, contact, step).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from tradewind.campaigns.forecasting import per_second
from tradewind.campaigns.models import Campaign
from tradewind.lib import clock
from tradewind.lib.loops import each_by_itself
from tradewind.lib.watchdog import alive
from tradewind.messages.models import PRIORITY_MARKETING, PRIORITY_UTILITY
from tradewind.numbers.models import Number

AHEAD = timedelta(minutes=2)
"""Recipients come in so long before they are due."""
DEPTH_SECONDS = 30
"""So much of a number's work waits in the outbox: longer than a worker's restart, short enough to cancel at once."""
LEAST_DEPTH, MOST_DEPTH = 100, 5_000
BATCH = 1_000
FIRST_NUMBERS, FIRST_BATCH = 20, 50
"""What the launch itself feeds; the worker brings the rest within half a second."""

# Numbers of running campaigns that have people left, with how many of theirs are in the outbox.
HUNGRY = """
WITH fed AS (
  SELECT place.id, place.campaign_id, place.number_id, campaign.run_id
  FROM campaign_number place
  JOIN campaign ON campaign.id = place.campaign_id
  JOIN run ON run.id = campaign.run_id
  WHERE campaign.state = 'running' AND run.state = 'open' AND place.fed < place.total
    AND (%(campaign)s::bigint IS NULL OR campaign.id = %(campaign)s)
), waiting AS (
  SELECT run_id, number_id, count(*) AS n FROM outbox
  WHERE run_id IN (SELECT run_id FROM fed) AND stage <> 'unknown' GROUP BY 1, 2
)
SELECT fed.id, fed.campaign_id, fed.number_id, coalesce(waiting.n, 0)
FROM fed LEFT JOIN waiting USING (run_id, number_id) ORDER BY fed.id
"""

LOCK = """
SELECT place.fed_part, place.fed_due_at, place.fed_recipient, campaign.open_part, campaign.run_id, run.category,
       first.payload ->> 'kind', number.portfolio_id, run.content_id || array(
         SELECT content_id FROM variant WHERE campaign_id = campaign.id ORDER BY place) AS contents
FROM campaign_number place
JOIN campaign ON campaign.id = place.campaign_id
JOIN run ON run.id = campaign.run_id
JOIN content first ON first.id = run.content_id
JOIN number ON number.id = place.number_id
WHERE place.id = %(place)s
FOR UPDATE OF place SKIP LOCKED
"""

# The run's state is read here, behind the lock: a run that was closed or paused meanwhile is fed no more. People who
# were erased since the plan are passed over: they count as fed and as skipped, and `queries.truth` names them.
# Messages get their ids before they are written, so that the outbox needs no join with them; `IS TRUE` keeps the
# question who was written a look into a hash table (as a join of two lists without statistics it is quadratic).
# Each part is looked at by itself, so that people of tomorrow are never walked over to find those of now.
FEED = """
WITH due AS MATERIALIZED (
  SELECT next.*, nextval('message_id_seq') AS message_id FROM (
    SELECT id, workspace_id, contact_id, variables, zone, near.part, due_at, expires_at,
           (%(contents)s::bigint[])[variant + 1] AS content_id
    FROM generate_series(%(fed_part)s::int, %(open_part)s::int) AS opened(part)
    CROSS JOIN LATERAL (
      SELECT * FROM recipient
      WHERE campaign_id = %(campaign)s AND number_id = %(number)s AND excluded = '' AND part = opened.part
        AND due_at <= %(until)s
        AND (due_at, id) > (
          CASE WHEN opened.part = %(fed_part)s THEN coalesce(%(fed_due_at)s, '-infinity'::timestamptz)
               ELSE '-infinity' END,
          CASE WHEN opened.part = %(fed_part)s THEN %(fed_recipient)s ELSE 0 END)
        AND (SELECT state FROM run WHERE id = %(run)s) = 'open'
      ORDER BY due_at, id LIMIT %(most)s
    ) near
    ORDER BY near.part, due_at, id LIMIT %(most)s
  ) next
), made AS (
  INSERT INTO message (id, workspace_id, number_id, contact_id, direction, kind, category, state, run_id, content_id,
                       variables, created_at, expires_at)
  SELECT due.message_id, due.workspace_id, %(number)s, due.contact_id, 'out', %(kind)s, %(category)s, 'queued',
         %(run)s, due.content_id, due.variables, %(now)s, due.expires_at
  FROM due JOIN contact ON contact.id = due.contact_id
  ON CONFLICT DO NOTHING
  RETURNING id
), queued AS (
  INSERT INTO outbox (message_id, workspace_id, number_id, portfolio_id, contact_id, run_id, content_id, priority,
                      due_at, expires_at, zone, is_marketing, needs_window)
  SELECT message_id, workspace_id, %(number)s, %(portfolio)s, contact_id, %(run)s, content_id, %(priority)s,
         due_at, expires_at, zone, %(is_marketing)s, %(needs_window)s
  FROM due WHERE (message_id IN (SELECT id FROM made)) IS TRUE
), moved AS (
  UPDATE campaign_number SET fed = fed + (SELECT count(*) FROM due),
    (fed_part, fed_due_at, fed_recipient)
      = (SELECT part, due_at, id FROM due ORDER BY part DESC, due_at DESC, id DESC LIMIT 1)
  WHERE id = %(place)s AND EXISTS (SELECT FROM due)
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, %(run)s, %(number)s, name, n FROM (
    SELECT min(workspace_id) AS workspace_id, (SELECT count(*) FROM made) AS made, count(*) AS due FROM due
  ) counts CROSS JOIN LATERAL (
    VALUES ('queued', made), ('skipped', due - made), ('skipped:erased', due - made)
  ) AS line(name, n)
  WHERE n > 0
)
SELECT count(*) FROM due
"""


@dataclass(frozen=True, slots=True)
class Hungry:
    """A number's place in a campaign, with how many of its people wait in the outbox and how many may."""

    place: int
    campaign: int
    number: int
    waiting: int
    depth: int

    @property
    def room(self) -> int:
        """How many more may come: refilled when half is gone."""
        return self.depth - self.waiting if self.waiting <= self.depth // 2 else 0


def step() -> bool:
    """Feed every hungry number one batch; True while some of them could take more at once."""
    return each_by_itself(hungry(), lambda each: feed(each, BATCH))


def feed_first(campaign_id: int) -> None:
    """A few at once, in the transaction of the launch: the first message leaves within moments."""
    for each in hungry(campaign_id)[:FIRST_NUMBERS]:
        feed(each, FIRST_BATCH)


def hungry(campaign_id: int | None = None) -> list[Hungry]:
    """The numbers that should be fed, of all campaigns or of one."""
    with connection.cursor() as cursor:
        cursor.execute(HUNGRY, {"campaign": campaign_id})
        rows = cursor.fetchall()
    depths = depths_of([(campaign, number) for _, campaign, number, _ in rows])
    found = [Hungry(place, c, n, waiting, depths[c, n]) for place, c, n, waiting in rows]
    return [each for each in found if each.room]


def depths_of(places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """How many of a campaign may wait for a number: some seconds' worth at the speed that it has there."""
    campaigns = Campaign.objects.only("preset", "pacing").in_bulk({campaign for campaign, _ in places})
    numbers = Number.objects.only("throughput").in_bulk({number for _, number in places})
    return {
        (c, n): max(LEAST_DEPTH, min(MOST_DEPTH, int(per_second(numbers[n], campaigns[c]) * DEPTH_SECONDS)))
        for c, n in places
    }


def feed(each: Hungry, most: int) -> bool:
    """Move the next people of one number, in order of their time; True when it could take more at once."""
    alive()
    now = clock.now()
    most = min(most, each.room)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, {"place": each.place})
        if (locked := cursor.fetchone()) is None:
            return False
        cursor.execute(FEED, feed_params(each, locked, now, most))
        (fed,) = cursor.fetchone()
        if fed:
            cursor.execute("NOTIFY outbox")
    return bool(fed == most < each.room)


def feed_params(each: Hungry, locked: tuple[Any, ...], now: datetime, most: int) -> dict[str, Any]:
    fed_part, fed_due_at, fed_recipient, open_part, run, category, free_kind, portfolio, contents = locked
    is_marketing = category == "marketing"
    return {
        "place": each.place,
        "campaign": each.campaign,
        "number": each.number,
        "portfolio": portfolio,
        "run": run,
        "contents": contents,
        "category": category,
        "is_marketing": is_marketing,
        "kind": free_kind or "template",
        "needs_window": free_kind is not None,
        "priority": PRIORITY_MARKETING if is_marketing else PRIORITY_UTILITY,
        "open_part": open_part,
        "fed_part": fed_part,
        "fed_due_at": fed_due_at,
        "fed_recipient": fed_recipient,
        "until": now + AHEAD,
        "now": now,
        "most": most,
    }
