-- A closed run: whatever has no intent yet leaves the outbox; its messages end as cancelled.
WITH locked AS MATERIALIZED (
  SELECT message_id FROM outbox WHERE run_id = %(run)s AND stage IN ('waiting', 'claimed')
  ORDER BY message_id FOR UPDATE
), gone AS (
  DELETE FROM outbox o USING locked l WHERE o.message_id = l.message_id AND o.stage IN ('waiting', 'claimed')
  RETURNING o.message_id, o.workspace_id, o.number_id, o.contact_id, o.run_id
), told AS (
  UPDATE message m SET state = 'cancelled', reason = %(reason)s
  FROM gone g WHERE m.id = g.message_id AND m.state IN ('queued', 'unknown')
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, 'cancelled', count(*) FROM gone GROUP BY 1, 2, 3
), noted AS (
  INSERT INTO journal (workspace_id, at, kind, contact_id, number_id, message_id, run_id)
  SELECT workspace_id, %(now)s, 'message.cancelled', contact_id, number_id, message_id, run_id FROM gone
)
SELECT count(*) FROM gone
