-- Claim: the next due messages of all my lanes in one statement, replies before utility before marketing.
-- A lane is fenced (holder, fence, lease) and asks for `wanted` rows: at most what it can send in a third of the lease.
-- `held`: 0 nothing is held back · 1 campaigns are · 2 all but free-form replies inside a window are.
-- `full_runs` are paced runs of which enough is claimed already.
-- ANY (ARRAY(…)) and OFFSET 0 leave the planner no other way to the rows than their key: planned while the tables were
-- empty, it would else read them whole for each message, until the next ANALYZE.
-- `states` are the lanes' limits as they stand, kept with the claim. Kill switch, pauses and safe mode are read here.
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest(%(numbers)b::bigint[], %(fences)b::bigint[], %(wanted)b::int[], %(held)b::int[],
                       %(full_runs)b::text[], %(states)b::text[])
    AS a(number_id, fence, wanted, held, full_runs, state)
), mine AS (
  UPDATE lane SET state = a.state::jsonb
  FROM asked a
  WHERE lane.number_id = a.number_id AND lane.holder = %(me)b AND lane.fence = a.fence AND lane.lease_until > %(now)b
  RETURNING a.number_id, a.wanted, a.held, a.full_runs::bigint[] AS full_runs
), ready AS (
  SELECT mine.number_id, mine.wanted, mine.held, mine.full_runs
  FROM mine
  JOIN number ON number.id = mine.number_id
  JOIN account ON account.id = number.account_id
  JOIN workspace ON workspace.id = number.workspace_id
  WHERE workspace.sending_stopped_at IS NULL
    AND (number.paused_until IS NULL OR number.paused_until <= %(now)b OR mine.held > 0)
    AND (account.paused_until IS NULL OR account.paused_until <= %(now)b OR mine.held > 0)
    AND NOT EXISTS (SELECT FROM safe_mode WHERE ended_at IS NULL)
), picked AS MATERIALIZED (
  SELECT next.message_id
  FROM ready
  CROSS JOIN LATERAL (
    SELECT due.message_id
    -- One index range for each priority: rows of tomorrow are never walked to find those of now.
    FROM (VALUES (0::smallint), (10::smallint), (20::smallint)) AS p(priority)
    CROSS JOIN LATERAL (
      SELECT message_id FROM outbox
      WHERE number_id = ready.number_id AND priority = p.priority AND stage = 'waiting' AND due_at <= %(now)b
        AND (run_id IS NULL OR run_id <> ALL (ready.full_runs))
        AND (ready.held = 0 OR (ready.held = 1 AND run_id IS NULL) OR needs_window)
      ORDER BY due_at, message_id LIMIT ready.wanted
      FOR UPDATE SKIP LOCKED
    ) due
    LIMIT ready.wanted
  ) next
), taken AS (
  UPDATE outbox o SET stage = 'claimed', holder = %(me)b, lease_until = %(lease_until)b
  WHERE o.message_id = ANY (ARRAY(SELECT message_id FROM picked))
  RETURNING o.message_id, o.number_id, o.contact_id, o.portfolio_id, o.run_id, o.content_id, o.priority, o.due_at,
            o.zone, o.is_marketing, o.tries
)
SELECT t.message_id, t.number_id, t.contact_id, t.run_id, t.content_id, t.priority, t.due_at, t.zone, t.is_marketing,
       t.tries, m.variables::text, CASE WHEN t.content_id IS NULL THEN m.payload::text END, m.reply_to_wamid, m.kind,
       m.category, phone.value, bsuid.value
FROM taken t
JOIN LATERAL (SELECT * FROM message WHERE id = t.message_id OFFSET 0) m ON true
LEFT JOIN LATERAL (
  SELECT value FROM identity
  WHERE contact_id = t.contact_id AND kind = 'phone' AND is_current ORDER BY seen_at DESC, id DESC LIMIT 1
) phone ON true
LEFT JOIN LATERAL (
  SELECT value FROM identity
  WHERE phone.value IS NULL AND contact_id = t.contact_id AND kind = 'bsuid' AND scope = t.portfolio_id AND is_current
  ORDER BY seen_at DESC, id DESC LIMIT 1
) bsuid ON true
