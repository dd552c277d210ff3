-- Ends without acceptance: failed, skipped, expired, cancelled. Either a claimed message that the intent turned away
-- (attempt null), or the call under way was refused for good (attempt, code, detail).
-- (stage || '') keeps the planner on the primary key: the partial indexes on stage look smaller to it than they are.
WITH given AS MATERIALIZED (
  SELECT * FROM unnest(%(ids)b::bigint[], %(attempts)b::uuid[], %(ended)b::float8[], %(states)b::text[],
                       %(reasons)b::text[], %(https)b::int[], %(codes)b::int[], %(details)b::text[])
    AS g(message_id, attempt_id, ended, state, reason, http, code, detail)
), gone AS MATERIALIZED (
  DELETE FROM outbox o USING given g
  WHERE o.message_id = g.message_id
    AND ((g.attempt_id IS NULL AND (o.stage || '') = 'claimed' AND o.holder = %(me)b)
         OR (o.attempt_id = g.attempt_id AND (o.stage || '') IN ('inflight', 'unknown')))
  RETURNING o.message_id, o.workspace_id, o.number_id, o.contact_id, o.run_id, o.stage, o.tries, g.attempt_id,
            o.attempt_at, to_timestamp(g.ended) AS ended_at, g.state, g.reason, g.http, g.code, g.detail
), told AS (
  UPDATE message m
  SET state = g.state, reason = g.reason, tries = g.tries + (g.attempt_id IS NOT NULL)::int,
      failed_at = CASE WHEN g.state = 'failed' THEN least(m.failed_at, g.ended_at) ELSE m.failed_at END,
      error_code = coalesce(g.code, m.error_code), error_detail = coalesce(g.detail, m.error_detail)
  FROM gone g WHERE m.id = g.message_id AND m.state IN ('queued', 'unknown')
), tried AS (
  INSERT INTO attempt (id, workspace_id, message_id, number_id, started_at, ended_at, outcome, http, code, detail)
  SELECT attempt_id, workspace_id, message_id, number_id, attempt_at, ended_at, 'refused', http, code,
         coalesce(detail, '')
  FROM gone WHERE attempt_id IS NOT NULL
  ON CONFLICT (id) DO NOTHING
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, name, sum(n) FROM (
    SELECT workspace_id, run_id, number_id, state AS name, 1 AS n FROM gone
    UNION ALL SELECT workspace_id, run_id, number_id, 'skipped:' || reason, 1 FROM gone WHERE state = 'skipped'
    UNION ALL SELECT workspace_id, run_id, number_id, 'failed:' || code, 1 FROM gone WHERE code IS NOT NULL
    UNION ALL SELECT workspace_id, run_id, number_id, 'unknown', -1 FROM gone WHERE stage = 'unknown'
  ) moves WHERE run_id IS NOT NULL GROUP BY 1, 2, 3, 4
), noted AS (
  INSERT INTO journal (workspace_id, at, kind, contact_id, number_id, message_id, run_id, data)
  SELECT workspace_id, ended_at, 'message.' || state, contact_id, number_id, message_id, run_id,
         CASE WHEN code IS NOT NULL THEN jsonb_build_object('code', code) ELSE jsonb_build_object('reason', reason) END
  FROM gone
)
SELECT message_id FROM gone
