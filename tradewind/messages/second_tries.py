"""Messages that failed for a reason which a day may heal go back to the queue, once (product.md B7).

Until then the message stays failed, with its code, so that a campaign's figures are right at every moment.
"""

from datetime import datetime

from django.db import transaction

from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.messages.setbacks import AGAIN

BATCH = 500

# `wamid` stays until the new call is accepted: by it a late status of the first try is recognised.
REQUEUE = """
WITH due AS MATERIALIZED (
  SELECT message_id FROM second_try WHERE due_at <= %(now)s ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM second_try USING due WHERE second_try.message_id = due.message_id
), failed AS MATERIALIZED (
  SELECT message.id, message.workspace_id, message.run_id, message.number_id, message.error_code, message.rank
  FROM due JOIN message ON message.id = due.message_id JOIN run ON run.id = message.run_id
  WHERE message.state = 'failed' AND run.state <> 'closed'
    AND (message.expires_at IS NULL OR message.expires_at > %(now)s)
  ORDER BY message.id FOR NO KEY UPDATE OF message
), queued AS (
  INSERT INTO outbox (message_id, workspace_id, number_id, portfolio_id, contact_id, run_id, content_id, priority,
                      due_at, expires_at, zone, is_marketing, needs_window, tries)
  SELECT message.id, message.workspace_id, message.number_id, number.portfolio_id, message.contact_id, message.run_id,
         message.content_id, CASE WHEN message.category = 'marketing' THEN 20 ELSE 10 END, %(now)s, message.expires_at,
         contact.timezone, message.category = 'marketing', message.kind <> 'template',
         message.tries
  FROM failed JOIN message ON message.id = failed.id JOIN number ON number.id = message.number_id
  JOIN contact ON contact.id = message.contact_id
  ON CONFLICT (message_id) DO NOTHING
), told AS (
  UPDATE message SET state = 'queued', reason = %(again)s, rank = 0, accepted_at = NULL, sent_at = NULL,
    failed_at = NULL, error_code = NULL, error_detail = ''
  FROM failed WHERE message.id = failed.id
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, name, -count(*) FROM (
    SELECT *, 'accepted' AS name FROM failed
    UNION ALL SELECT *, 'failed' FROM failed
    UNION ALL SELECT *, 'failed:' || error_code FROM failed
    UNION ALL SELECT *, 'sent' FROM failed WHERE rank >= 2
  ) AS left_behind GROUP BY 1, 2, 3, 4
)
SELECT count(*) FROM due
"""


def step() -> bool:
    """Put one batch of due second tries back into the queue; says whether there may be more."""
    return requeue(clock.now()) == BATCH


def requeue(now: datetime) -> int:
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(REQUEUE, {"now": now, "most": BATCH, "again": AGAIN})
        (handled,) = cursor.fetchone() or (0,)
        if handled:
            cursor.execute("NOTIFY outbox")
    return int(handled)
