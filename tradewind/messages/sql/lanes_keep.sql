-- Renew my lanes with their limits' states and what they wait for; what does not come back was lost to another sender.
UPDATE lane
SET lease_until = %(lease_until)b, state = a.state::jsonb, waiting_for = a.waiting_for,
    waiting_until = CASE WHEN a.waiting_until > 0 THEN to_timestamp(a.waiting_until) END,
    breaker_until = CASE WHEN a.breaker_until > 0 THEN to_timestamp(a.breaker_until) END,
    breaker_reason = a.breaker_reason
FROM unnest(%(numbers)b::bigint[], %(fences)b::bigint[], %(states)b::text[], %(waiting_for)b::text[],
            %(waiting_until)b::float8[], %(breaker_until)b::float8[], %(breaker_reasons)b::text[])
  AS a(number_id, fence, state, waiting_for, waiting_until, breaker_until, breaker_reason)
WHERE lane.number_id = a.number_id AND lane.holder = %(me)b AND lane.fence = a.fence AND lane.lease_until > %(now)b
RETURNING lane.number_id
