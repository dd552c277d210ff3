-- Negative proof: so many later attempts of the number have statuses, no webhook waits, the account is subscribed and the
-- minutes are over. Then the attempt surely was not taken, and the message waits again for a new one.
WITH ready AS MATERIALIZED (
  SELECT o.message_id
  FROM outbox o
  JOIN number n ON n.id = o.number_id
  JOIN account a ON a.id = n.account_id AND a.subscribed_at IS NOT NULL
  WHERE o.stage = 'unknown' AND o.attempt_at <= %(before)b
    AND EXISTS (SELECT FROM message m WHERE m.id = o.message_id AND m.reason <> 'held_for_a_person')
    AND NOT EXISTS (SELECT FROM webhook_waiting WHERE received_at <= %(caught_up)b)
    AND (SELECT count(*) FROM (
           SELECT FROM attempt later JOIN message m ON m.id = later.message_id
           WHERE later.number_id = o.number_id AND later.started_at > o.attempt_at AND later.outcome = 'accepted'
             AND (m.rank >= 2 OR m.state = 'failed')
           LIMIT %(later)b
         ) seen) >= %(later)b
  ORDER BY o.message_id LIMIT %(most)b FOR UPDATE OF o SKIP LOCKED
), moved AS (
  UPDATE outbox o SET stage = 'waiting', holder = '', due_at = %(now)b
  FROM ready WHERE o.message_id = ready.message_id
  RETURNING o.message_id, o.workspace_id, o.number_id, o.run_id
), told AS (
  UPDATE message m SET state = 'queued', reason = 'sent_again' FROM moved
  WHERE m.id = moved.message_id AND m.state = 'unknown'
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, 'unknown', -count(*) FROM moved WHERE run_id IS NOT NULL GROUP BY 1, 2, 3
)
SELECT count(*) FROM moved
