"""The feeder: moves planned recipients into the outbox a little ahead of what each number can send.

So pause and cancel touch only the little that waits, and the outbox stays small whatever the audience.
Hot path: one statement per number and step; exactly once by the row lock on `campaign_number`, whose cursor moves in
the same transaction, and by the unique key (run, contact, step).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from tradewind.lib import clock
from tradewind.messages.models import PRIORITY_MARKETING, PRIORITY_UTILITY

AHEAD = timedelta(minutes=2)
BATCH = 1000
LEAST_DEPTH, MOST_DEPTH = 400, 5000

# Numbers of running campaigns that have people left, with how many of theirs wait in the outbox.
HUNGRY = """
SELECT sender.id, sender.campaign_id, sender.number_id, number.throughput,
       (SELECT count(*) FROM outbox WHERE run_id = campaign.run_id AND number_id = sender.number_id)
FROM campaign_number sender
JOIN campaign ON campaign.id = sender.campaign_id
JOIN number ON number.id = sender.number_id
JOIN run ON run.id = campaign.run_id
WHERE campaign.state = 'running' AND run.state = 'open' AND sender.fed < sender.total
ORDER BY sender.id
"""

LOCK = """
SELECT sender.fed_due_at, sender.fed_recipient, campaign.run_id, run.content_id, run.category, number.portfolio_id
FROM campaign_number sender
JOIN campaign ON campaign.id = sender.campaign_id
JOIN run ON run.id = campaign.run_id
JOIN number ON number.id = sender.number_id
WHERE sender.id = %(sender)s AND campaign.state = 'running' AND run.state = 'open'
FOR UPDATE OF sender SKIP LOCKED
"""

FEED = """
WITH due AS MATERIALIZED (
  SELECT id, workspace_id, contact_id, variables, zone, due_at FROM recipient
  WHERE campaign_id = %(campaign)s AND number_id = %(number)s AND excluded = '' AND due_at <= %(until)s
    AND (due_at, id) > (coalesce(%(fed_due_at)s, '-infinity'::timestamptz), %(fed_recipient)s)
  ORDER BY due_at, id LIMIT %(most)s
), made AS (
  INSERT INTO message (workspace_id, number_id, contact_id, direction, kind, category, state, run_id, content_id,
                       variables, created_at)
  SELECT workspace_id, %(number)s, contact_id, 'out', 'template', %(category)s, 'queued', %(run)s, %(content)s,
         variables, %(now)s
  FROM due
  ON CONFLICT DO NOTHING
  RETURNING id, contact_id
), queued AS (
  INSERT INTO outbox (message_id, workspace_id, number_id, portfolio_id, contact_id, run_id, content_id, priority,
                      due_at, zone, is_marketing)
  SELECT made.id, due.workspace_id, %(number)s, %(portfolio)s, due.contact_id, %(run)s, %(content)s, %(priority)s,
         due.due_at, due.zone, %(is_marketing)s
  FROM made JOIN due USING (contact_id)
), moved AS (
  UPDATE campaign_number SET fed = fed + (SELECT count(*) FROM due),
    fed_due_at = (SELECT due_at FROM due ORDER BY due_at DESC, id DESC LIMIT 1),
    fed_recipient = (SELECT id FROM due ORDER BY due_at DESC, id DESC LIMIT 1)
  WHERE id = %(sender)s AND EXISTS (SELECT FROM due)
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT min(due.workspace_id), %(run)s, %(number)s, 'queued', count(*) FROM made JOIN due USING (contact_id)
  HAVING count(*) > 0
)
SELECT count(*) FROM due
"""


@dataclass(frozen=True, slots=True)
class Hungry:
    sender: int
    campaign: int
    number: int
    throughput: int
    waiting: int

    @property
    def room(self) -> int:
        """How many more may wait: a minute's worth at the number's speed, refilled when half is gone."""
        depth = max(LEAST_DEPTH, min(MOST_DEPTH, self.throughput * 60))
        return depth - self.waiting if self.waiting <= depth // 2 else 0


def step() -> bool:
    """Feed every hungry number one batch; True while some of them could take more at once."""
    could_take_more = [feed(hungry) for hungry in hungry_numbers()]
    return any(could_take_more)


def feed_campaign(campaign_id: int) -> None:
    """The first batch at once, in the transaction of the launch: the first message leaves within moments."""
    for hungry in hungry_numbers():
        if hungry.campaign == campaign_id:
            feed(hungry)


def hungry_numbers() -> list[Hungry]:
    with connection.cursor() as cursor:
        cursor.execute(HUNGRY)
        return [hungry for row in cursor.fetchall() if (hungry := Hungry(*row)).room]


def feed(hungry: Hungry) -> bool:
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, {"sender": hungry.sender})
        if (locked := cursor.fetchone()) is None:
            return False
        most = min(BATCH, hungry.room)
        cursor.execute(FEED, feed_params(hungry, locked, now, most))
        (fed,) = cursor.fetchone()
        if fed:
            cursor.execute("NOTIFY outbox")
    return bool(fed == most)


def feed_params(hungry: Hungry, locked: tuple[object, ...], now: datetime, most: int) -> dict[str, object]:
    fed_due_at, fed_recipient, run, content, category, portfolio = locked
    is_marketing = category == "marketing"
    return {
        "sender": hungry.sender,
        "campaign": hungry.campaign,
        "number": hungry.number,
        "portfolio": portfolio,
        "run": run,
        "content": content,
        "category": category,
        "is_marketing": is_marketing,
        "priority": PRIORITY_MARKETING if is_marketing else PRIORITY_UTILITY,
        "fed_due_at": fed_due_at,
        "fed_recipient": fed_recipient,
        "until": now + AHEAD,
        "now": now,
        "most": most,
    }
