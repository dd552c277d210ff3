-- Give lanes back with their exact state; what I had claimed for them waits again.
WITH given AS (
  UPDATE lane SET holder = '', lease_until = NULL, state = a.state::jsonb
  FROM unnest(%(numbers)b::bigint[], %(fences)b::bigint[], %(states)b::text[]) AS a(number_id, fence, state)
  WHERE lane.number_id = a.number_id AND lane.holder = %(me)b AND lane.fence = a.fence
  RETURNING lane.number_id
), locked AS MATERIALIZED (
  SELECT message_id FROM outbox
  WHERE stage = 'claimed' AND holder = %(me)b AND number_id IN (SELECT number_id FROM given)
  ORDER BY message_id FOR UPDATE
), freed AS (
  UPDATE outbox o SET stage = 'waiting', holder = '', lease_until = NULL
  FROM locked WHERE o.message_id = locked.message_id
)
SELECT number_id FROM given
