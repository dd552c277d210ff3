-- Outcomes with an id from Meta: the outbox row goes, the message is accepted, the attempt and the journal say so.
-- Returns the messages that this settled; the rest were settled before (by a status) and go to reconcile.prove.
-- (stage || '') keeps the planner on the primary key: the partial indexes on stage look smaller to it than they are.
WITH given AS MATERIALIZED (
  SELECT * FROM unnest(%(ids)b::bigint[], %(attempts)b::uuid[], %(ended)b::float8[], %(wamids)b::text[],
                       %(states)b::text[], %(https)b::int[])
    AS g(message_id, attempt_id, ended, wamid, state, http)
), gone AS MATERIALIZED (
  DELETE FROM outbox o USING given g
  WHERE o.message_id = g.message_id AND o.attempt_id = g.attempt_id AND (o.stage || '') IN ('inflight', 'unknown')
  RETURNING o.message_id, o.workspace_id, o.number_id, o.contact_id, o.run_id, o.stage, o.tries, o.attempt_id,
            o.attempt_at, to_timestamp(g.ended) AS ended_at, g.wamid, g.state, g.http
), told AS (
  UPDATE message m
  SET state = CASE WHEN m.state IN ('queued', 'unknown') THEN g.state ELSE m.state END,
      reason = CASE WHEN m.state = 'unknown' THEN '' ELSE m.reason END,
      rank = greatest(m.rank, 1), tries = g.tries + 1, accepted_at = least(m.accepted_at, g.ended_at),
      -- Meta may answer with an id that it has used already: the first message keeps it.
      wamid = CASE WHEN m.wamid IS NOT NULL AND m.state NOT IN ('queued', 'unknown') THEN m.wamid
                   WHEN EXISTS (SELECT FROM message x WHERE x.wamid = g.wamid AND x.id <> m.id) THEN NULL
                   ELSE g.wamid END,
      duplicates_detected = m.duplicates_detected
        + coalesce(m.wamid <> g.wamid AND m.state NOT IN ('queued', 'unknown'), false)::int
  FROM gone g WHERE m.id = g.message_id
  RETURNING m.id AS message_id, coalesce(m.wamid <> g.wamid, false) AS is_duplicate
), tried AS (
  INSERT INTO attempt (id, workspace_id, message_id, number_id, started_at, ended_at, outcome, http, wamid)
  SELECT attempt_id, workspace_id, message_id, number_id, attempt_at, ended_at, 'accepted', http, wamid FROM gone
  ON CONFLICT (id) DO NOTHING
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, name, sum(n) FROM (
    SELECT workspace_id, run_id, number_id, 'accepted' AS name, 1 AS n FROM gone
    UNION ALL SELECT workspace_id, run_id, number_id, 'held', 1 FROM gone WHERE state = 'held'
    UNION ALL SELECT workspace_id, run_id, number_id, 'unknown', -1 FROM gone WHERE stage = 'unknown'
  ) moves WHERE run_id IS NOT NULL GROUP BY 1, 2, 3, 4
), noted AS (
  INSERT INTO journal (workspace_id, at, kind, contact_id, number_id, message_id, run_id, data)
  SELECT g.workspace_id, g.ended_at, 'message.accepted', g.contact_id, g.number_id, g.message_id, g.run_id,
         CASE WHEN g.state = 'held' THEN '{"held": true}'::jsonb END
  FROM gone g
  UNION ALL
  SELECT g.workspace_id, g.ended_at, 'message.duplicate_detected', g.contact_id, g.number_id, g.message_id, g.run_id,
         jsonb_build_object('wamid', g.wamid)
  FROM gone g JOIN told USING (message_id) WHERE told.is_duplicate
)
SELECT message_id FROM gone
