-- Take lanes that nobody holds or whose lease is over, those with work first. The fence grows with each change of hands.
-- `left_by` is empty after a clean hand-over: then the saved state is exact.
WITH free AS MATERIALIZED (
  SELECT lane.number_id, lane.holder AS left_by, lane.lease_until AS left_at
  FROM lane JOIN number ON number.id = lane.number_id
  WHERE (lane.holder = '' OR lane.lease_until <= %(now)b) AND number.removed_at IS NULL
  ORDER BY EXISTS (SELECT FROM outbox WHERE number_id = lane.number_id AND stage = 'waiting') DESC, lane.number_id
  LIMIT %(most)b FOR UPDATE OF lane SKIP LOCKED
)
UPDATE lane SET holder = %(me)b, fence = fence + 1, lease_until = %(lease_until)b
FROM free WHERE lane.number_id = free.number_id
RETURNING lane.number_id, lane.fence, lane.state::text, free.left_by, lane.breaker_until
