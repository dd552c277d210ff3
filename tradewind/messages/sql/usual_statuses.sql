-- The usual statuses in one statement: sent, delivered, read and played of messages that stand by that very id and never
-- failed. The sums are those of messages/lattice.py. Returns the messages that this dealt with; all others (a failure, a
-- second try, another id or number, another price) are left to the careful way in messages/statuses.py.
WITH given AS MATERIALIZED (
  SELECT id, number_id, wamid, rank, to_timestamp(sent) AS sent_at, to_timestamp(delivered) AS delivered_at,
         to_timestamp(read) AS read_at, to_timestamp(played) AS played_at, pricing::jsonb AS pricing
  FROM unnest(%(ids)b::bigint[], %(numbers)b::bigint[], %(wamids)b::text[], %(ranks)b::int[], %(sent)b::float8[],
              %(delivered)b::float8[], %(read)b::float8[], %(played)b::float8[], %(pricings)b::text[])
    AS g(id, number_id, wamid, rank, sent, delivered, read, played, pricing)
), before AS MATERIALIZED (
  SELECT m.id, m.workspace_id, m.number_id, m.contact_id, m.run_id, m.state, m.rank, m.sent_at,
         CASE WHEN NOT m.delivered_implied THEN m.delivered_at END AS delivered_at, m.read_at, m.played_at, m.pricing,
         g.rank AS new_rank, g.sent_at AS new_sent_at, g.delivered_at AS new_delivered_at, g.read_at AS new_read_at,
         g.played_at AS new_played_at, g.pricing AS new_pricing
  FROM given g JOIN message m ON m.id = g.id
  WHERE m.direction = 'out' AND m.number_id = g.number_id AND m.wamid = g.wamid AND m.failed_at IS NULL
    AND m.state IN ('accepted', 'sent', 'delivered', 'read', 'played')
    AND (m.pricing IS NULL OR g.pricing IS NULL OR m.pricing = g.pricing)
  ORDER BY m.id FOR NO KEY UPDATE OF m
), after AS MATERIALIZED (
  SELECT id, workspace_id, number_id, run_id, rank AS old_rank, greatest(rank, new_rank) AS rank,
         least(sent_at, new_sent_at) AS sent_at, least(delivered_at, new_delivered_at) AS delivered_at,
         least(read_at, new_read_at) AS read_at, least(played_at, new_played_at) AS played_at,
         coalesce(pricing, new_pricing) AS pricing
  FROM before
  WHERE new_rank > rank OR new_sent_at < sent_at OR new_delivered_at < delivered_at OR new_read_at < read_at
     OR new_played_at < played_at OR (new_sent_at IS NOT NULL AND sent_at IS NULL)
     OR (new_delivered_at IS NOT NULL AND delivered_at IS NULL) OR (new_read_at IS NOT NULL AND read_at IS NULL)
     OR (new_played_at IS NOT NULL AND played_at IS NULL) OR (new_pricing IS NOT NULL AND pricing IS NULL)
), written AS (
  UPDATE message m SET
    state = CASE a.rank WHEN 2 THEN 'sent' WHEN 3 THEN 'delivered' WHEN 4 THEN 'read' WHEN 5 THEN 'played'
            ELSE m.state END,
    rank = a.rank, sent_at = a.sent_at, read_at = a.read_at, played_at = a.played_at,
    delivered_at = CASE WHEN a.rank < 3 THEN a.delivered_at
                   ELSE coalesce(a.delivered_at, least(a.read_at, a.played_at)) END,
    delivered_implied = a.rank >= 3 AND a.delivered_at IS NULL, pricing = a.pricing
  FROM after a WHERE m.id = a.id
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, word.name, count(*)
  FROM after JOIN (VALUES (2, 'sent'), (3, 'delivered'), (4, 'read'), (5, 'played')) AS word (rank, name)
    ON word.rank > after.old_rank AND word.rank <= after.rank
  WHERE run_id IS NOT NULL GROUP BY 1, 2, 3, 4
), noted AS (
  INSERT INTO journal (workspace_id, at, kind, contact_id, number_id, message_id, run_id)
  SELECT workspace_id, word.at, word.kind, contact_id, number_id, id, run_id
  FROM before CROSS JOIN LATERAL (
    VALUES ('message.sent', new_sent_at, sent_at), ('message.delivered', new_delivered_at, delivered_at),
           ('message.read', new_read_at, read_at), ('message.played', new_played_at, played_at)
  ) AS word (kind, at, before)
  WHERE word.at IS NOT NULL AND word.before IS NULL
)
SELECT id FROM before
