"""Clicks on links, as shops and the business's own short links tell them (docs/facts.md), counted for campaigns.

A click belongs to the last campaign message that the person got within the 72 hours before; each message counts once.
"""

from tradewind.journal import cursors

CLICKS = "campaign_clicks"
BATCH = 20_000

# Reads the journal like every other reaction; noting and moving on are one transaction, so nothing counts twice.
NOTE_CLICKS = """
WITH fresh AS MATERIALIZED (
  SELECT tx, id, contact_id, kind, at FROM journal
  WHERE (tx, id) > (%s, %s) AND tx < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
  ORDER BY tx, id LIMIT %s
), clicks AS (
  SELECT contact_id, min(at) AS at FROM fresh WHERE kind = 'link.clicked' AND contact_id IS NOT NULL GROUP BY 1
), meant AS MATERIALIZED (
  SELECT last.id, clicks.at FROM clicks CROSS JOIN LATERAL (
    SELECT id FROM message
    WHERE contact_id = clicks.contact_id AND direction = 'out' AND run_id IS NOT NULL
      AND accepted_at <= clicks.at AND accepted_at > clicks.at - interval '72 hours'
    ORDER BY id DESC LIMIT 1
  ) last
), before AS MATERIALIZED (
  SELECT message.id, message.clicked_at IS NULL AS is_new FROM meant JOIN message ON message.id = meant.id
  ORDER BY message.id FOR NO KEY UPDATE OF message
), noted AS (
  UPDATE message SET clicked_at = least(message.clicked_at, meant.at)
  FROM before JOIN meant USING (id) WHERE message.id = before.id
  RETURNING message.workspace_id, message.run_id, message.number_id, before.is_new
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, 'clicked', count(*) FROM noted WHERE is_new GROUP BY 1, 2, 3
)
SELECT tx, id, (SELECT count(*) FROM fresh) FROM fresh ORDER BY tx DESC, id DESC LIMIT 1
"""


def step() -> bool:
    """Note the clicks of one batch of the journal; True when there may be more."""
    return cursors.step(CLICKS, NOTE_CLICKS, batch=BATCH)
