-- Waiting past its end (a held run, a full portfolio, a paused number): it expires without waiting for a sender.
WITH late AS MATERIALIZED (
  SELECT message_id FROM outbox WHERE stage = 'waiting' AND expires_at <= %(now)b
  ORDER BY message_id LIMIT %(most)b FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM outbox o USING late WHERE o.message_id = late.message_id
  RETURNING o.message_id, o.workspace_id, o.number_id, o.contact_id, o.run_id
), told AS (
  UPDATE message m SET state = 'expired', reason = 'expired' FROM gone WHERE m.id = gone.message_id AND m.state = 'queued'
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, 'expired', count(*) FROM gone WHERE run_id IS NOT NULL GROUP BY 1, 2, 3
), noted AS (
  INSERT INTO journal (workspace_id, at, kind, contact_id, number_id, message_id, run_id)
  SELECT workspace_id, %(now)b, 'message.expired', contact_id, number_id, message_id, run_id FROM gone
)
SELECT count(*) FROM gone
