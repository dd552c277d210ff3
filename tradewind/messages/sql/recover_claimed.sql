-- Claimed by a sender whose lease is over, and without an intent: nothing left, it waits again.
WITH over AS MATERIALIZED (
  SELECT message_id FROM outbox WHERE stage = 'claimed' AND lease_until <= %(now)b
  ORDER BY message_id LIMIT %(most)b FOR UPDATE SKIP LOCKED
), moved AS (
  UPDATE outbox o SET stage = 'waiting', holder = '', lease_until = NULL
  FROM over WHERE o.message_id = over.message_id
  RETURNING o.message_id
)
SELECT count(*) FROM moved
