-- Perhaps sent: bytes were written and no clear answer came. The message becomes unknown and waits for proof.
-- (stage || '') keeps the planner on the primary key: the partial indexes on stage look smaller to it than they are.
WITH given AS MATERIALIZED (
  SELECT * FROM unnest(%(ids)b::bigint[], %(attempts)b::uuid[], %(ended)b::float8[], %(https)b::int[],
                       %(details)b::text[])
    AS g(message_id, attempt_id, ended, http, detail)
), moved AS (
  UPDATE outbox o SET stage = 'unknown', lease_until = NULL, tries = o.tries + 1
  FROM given g
  WHERE o.message_id = g.message_id AND o.attempt_id = g.attempt_id AND (o.stage || '') = 'inflight'
  RETURNING o.message_id, o.workspace_id, o.number_id, o.contact_id, o.run_id, o.attempt_id, o.attempt_at,
            to_timestamp(g.ended) AS ended_at, g.http, g.detail
), told AS (
  UPDATE message m SET state = 'unknown', reason = 'no_clear_answer'
  FROM moved WHERE m.id = moved.message_id AND m.state = 'queued'
), tried AS (
  INSERT INTO attempt (id, workspace_id, message_id, number_id, started_at, ended_at, outcome, http, detail)
  SELECT attempt_id, workspace_id, message_id, number_id, attempt_at, ended_at, 'ambiguous', http, detail FROM moved
  ON CONFLICT (id) DO NOTHING
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, 'unknown', count(*) FROM moved WHERE run_id IS NOT NULL GROUP BY 1, 2, 3
), noted AS (
  INSERT INTO journal (workspace_id, at, kind, contact_id, number_id, message_id, run_id)
  SELECT workspace_id, ended_at, 'message.unknown', contact_id, number_id, message_id, run_id FROM moved
)
SELECT message_id FROM moved
