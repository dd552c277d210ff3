-- Back to the queue with a new due time: turned away for now by the intent (attempt null), refused with a retry to come,
-- or never written to the wire. The attempt id stays, so that a late proof of that attempt still finds its message.
-- (stage || '') keeps the planner on the primary key: the partial indexes on stage look smaller to it than they are.
WITH given AS MATERIALIZED (
  SELECT * FROM unnest(%(ids)b::bigint[], %(attempts)b::uuid[], %(ended)b::float8[], %(due)b::float8[],
                       %(outcomes)b::text[], %(tries)b::int[], %(https)b::int[], %(codes)b::int[], %(details)b::text[])
    AS g(message_id, attempt_id, ended, due, outcome, tries, http, code, detail)
), locked AS MATERIALIZED (
  SELECT g.*, o.stage FROM outbox o JOIN given g ON g.message_id = o.message_id
  WHERE (g.attempt_id IS NULL AND (o.stage || '') = 'claimed' AND o.holder = %(me)b)
     OR (o.attempt_id = g.attempt_id AND (o.stage || '') IN ('inflight', 'unknown'))
  ORDER BY o.message_id FOR UPDATE OF o
), moved AS (
  UPDATE outbox o
  SET stage = 'waiting', holder = '', lease_until = NULL, tries = o.tries + l.tries,
      due_at = greatest(o.due_at, to_timestamp(l.due))
  FROM locked l WHERE o.message_id = l.message_id
  RETURNING o.message_id, o.workspace_id, o.number_id, o.run_id, o.attempt_at, l.stage AS left_stage, l.attempt_id,
            l.ended, l.outcome, l.http, l.code, l.detail
), told AS (
  UPDATE message m SET state = 'queued', reason = ''
  FROM moved WHERE moved.left_stage = 'unknown' AND m.id = moved.message_id AND m.state = 'unknown'
), tried AS (
  INSERT INTO attempt (id, workspace_id, message_id, number_id, started_at, ended_at, outcome, http, code, detail)
  SELECT attempt_id, workspace_id, message_id, number_id, attempt_at, to_timestamp(ended), outcome, http, code,
         coalesce(detail, '')
  FROM moved WHERE attempt_id IS NOT NULL
  ON CONFLICT (id) DO NOTHING
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, 'unknown', -count(*) FROM moved
  WHERE left_stage = 'unknown' AND run_id IS NOT NULL GROUP BY 1, 2, 3
)
SELECT message_id FROM moved
