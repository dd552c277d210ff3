-- In flight past its time: its sender is dead or stuck, so it was perhaps sent. The attempt is written as abandoned.
WITH over AS MATERIALIZED (
  SELECT message_id FROM outbox WHERE stage = 'inflight' AND lease_until <= %(now)b
  ORDER BY message_id LIMIT %(most)b FOR UPDATE SKIP LOCKED
), moved AS (
  UPDATE outbox o SET stage = 'unknown', lease_until = NULL, tries = o.tries + 1
  FROM over WHERE o.message_id = over.message_id
  RETURNING o.message_id, o.workspace_id, o.number_id, o.contact_id, o.run_id, o.attempt_id, o.attempt_at
), told AS (
  UPDATE message m SET state = 'unknown', reason = 'sender_died' FROM moved
  WHERE m.id = moved.message_id AND m.state = 'queued'
), tried AS (
  INSERT INTO attempt (id, workspace_id, message_id, number_id, started_at, ended_at, outcome)
  SELECT attempt_id, workspace_id, message_id, number_id, attempt_at, %(now)b, 'abandoned' FROM moved
  ON CONFLICT (id) DO NOTHING
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, 'unknown', count(*) FROM moved WHERE run_id IS NOT NULL GROUP BY 1, 2, 3
), noted AS (
  INSERT INTO journal (workspace_id, at, kind, contact_id, number_id, message_id, run_id)
  SELECT workspace_id, %(now)b, 'message.unknown', contact_id, number_id, message_id, run_id FROM moved
)
SELECT count(*) FROM moved
