-- Parked for a paused run by a sender that met its resumption half-way: it waits on.
WITH left_behind AS MATERIALIZED (
  SELECT o.message_id FROM outbox o JOIN run ON run.id = o.run_id AND run.state <> 'paused'
  WHERE o.stage = 'waiting' AND o.due_at = %(parked)b
  ORDER BY o.message_id LIMIT %(most)b FOR UPDATE OF o SKIP LOCKED
), moved AS (
  UPDATE outbox o SET due_at = %(now)b FROM left_behind l WHERE o.message_id = l.message_id RETURNING o.message_id
)
SELECT count(*) FROM moved
