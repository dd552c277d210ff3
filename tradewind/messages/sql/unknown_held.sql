-- A day without any proof. A one-time code is worthless by now and expires; the rest is shown to a person, who decides
-- ("perhaps sent - resend?"), and is never sent again by itself.
WITH old AS MATERIALIZED (
  SELECT o.message_id, m.category
  FROM outbox o JOIN message m ON m.id = o.message_id
  WHERE o.stage = 'unknown' AND o.attempt_at <= %(before)b AND m.state = 'unknown' AND m.reason <> 'held_for_a_person'
  ORDER BY o.message_id LIMIT %(most)b FOR UPDATE OF o SKIP LOCKED
), gone AS (
  DELETE FROM outbox o USING old WHERE o.message_id = old.message_id AND old.category = 'authentication'
  RETURNING o.message_id, o.workspace_id, o.number_id, o.contact_id, o.run_id
), expired AS (
  UPDATE message m SET state = 'expired', reason = 'no_proof' FROM gone WHERE m.id = gone.message_id
), held AS (
  UPDATE message m SET reason = 'held_for_a_person'
  FROM old WHERE m.id = old.message_id AND old.category <> 'authentication'
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, name, sum(n) FROM (
    SELECT workspace_id, run_id, number_id, 'expired' AS name, 1 AS n FROM gone
    UNION ALL SELECT workspace_id, run_id, number_id, 'unknown', -1 FROM gone
  ) moves WHERE run_id IS NOT NULL GROUP BY 1, 2, 3, 4
), noted AS (
  INSERT INTO journal (workspace_id, at, kind, contact_id, number_id, message_id, run_id)
  SELECT workspace_id, %(now)b, 'message.expired', contact_id, number_id, message_id, run_id FROM gone
)
SELECT count(*) FROM old
