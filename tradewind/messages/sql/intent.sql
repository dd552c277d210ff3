-- Intent: what may leave now becomes `inflight` with its attempt id, committed before the first byte leaves.
-- Everything is checked anew here; what may not leave comes back with its verdict and stays claimed until `back` or `end`.
-- `local_times` are the recipients' wall clocks (lib.zones), so that a wrong zone name cannot break the batch.
-- Caps and portfolios with a limit need `is_locked`: the caller then holds the advisory locks of the portfolios and contacts
-- (ledger.LOCK), so that the counts are exact over all senders. Without it such rows come back as `needs_lock`.
-- A message whose content is another than the sender rendered was taken back meanwhile (campaigns/editing/): it counts as gone.
-- A place in the ledger counts from its minute until 24 h 2 min later: longer than Meta's day and any call's way.
-- (stage || '') keeps the planner on the primary key: the partial indexes on stage look smaller to it than they are.
WITH asked AS MATERIALIZED (
  SELECT * FROM unnest(%(ids)b::bigint[], %(attempts)b::uuid[], %(local_times)b::time[], %(contents)b::bigint[])
    AS a(message_id, attempt_id, local_time, content_id)
), held AS MATERIALIZED (
  SELECT o.message_id, o.workspace_id, o.number_id, o.portfolio_id, o.contact_id, o.run_id, o.expires_at, o.priority,
         o.is_marketing, o.needs_window, o.at_night, a.attempt_id, a.local_time
  FROM asked a JOIN outbox o ON o.message_id = a.message_id
  WHERE (o.stage || '') = 'claimed' AND o.holder = %(me)b AND o.content_id IS NOT DISTINCT FROM a.content_id
  ORDER BY o.message_id FOR UPDATE OF o
), known AS (
  SELECT h.*, lane.number_id IS NOT NULL AS is_mine, run.state AS run_state, contact.suppressed_at, contact.marketing,
         contact.unreachable_count, window_.closes_at > %(now)b AS is_window_open,
         workspace.sending_stopped_at IS NOT NULL AS is_stopped, number.removed_at IS NOT NULL AS is_removed,
         number.paused_until AS number_paused_until, number.pause_reason AS number_pause_reason,
         account.paused_until AS account_paused_until, account.pause_reason AS account_pause_reason,
         account.restricted_until, portfolio.people_limit, portfolio.service_reserve,
         CASE WHEN h.run_id IS NOT NULL THEN run.quiet_from
              WHEN h.is_marketing AND NOT h.at_night THEN workspace.quiet_from END AS quiet_from,
         CASE WHEN h.run_id IS NOT NULL THEN run.quiet_to
              WHEN h.is_marketing AND NOT h.at_night THEN workspace.quiet_to END AS quiet_to,
         CASE WHEN h.is_marketing THEN least(run.cap_72h, workspace.cap_72h) END AS cap_72h,
         CASE WHEN h.is_marketing THEN least(run.cap_month, workspace.cap_month) END AS cap_month
  FROM held h
  JOIN number ON number.id = h.number_id
  JOIN account ON account.id = number.account_id
  JOIN portfolio ON portfolio.id = h.portfolio_id
  JOIN workspace ON workspace.id = h.workspace_id
  JOIN contact ON contact.id = h.contact_id
  LEFT JOIN run ON run.id = h.run_id
  LEFT JOIN lane ON lane.number_id = h.number_id AND lane.holder = %(me)b AND lane.lease_until > %(now)b
  LEFT JOIN service_window window_ ON window_.number_id = h.number_id AND window_.contact_id = h.contact_id
), counted AS MATERIALIZED (
  SELECT k.*, coalesce(k.is_window_open, false) AS in_window,
         -- What this contact got or is getting. The batch holds each contact once.
         CASE WHEN k.cap_72h IS NOT NULL OR k.cap_month IS NOT NULL THEN (
           SELECT ARRAY[count(*) FILTER (WHERE got.at > %(three_days_ago)b), count(*)]
           FROM (
             SELECT coalesce(m.accepted_at, o.attempt_at) AS at
             FROM message m LEFT JOIN outbox o ON o.message_id = m.id AND (o.stage || '') IN ('inflight', 'unknown')
             WHERE m.contact_id = k.contact_id AND m.direction = 'out' AND m.category = 'marketing'
               AND m.state <> 'failed'
           ) got
           WHERE got.at > %(month_ago)b
         ) END AS got
  FROM known k
), judged AS (
  SELECT c.*,
    CASE
      WHEN NOT c.is_mine THEN 'lane_lost'
      WHEN c.run_state = 'closed' THEN 'run_closed'
      WHEN c.expires_at <= %(now)b THEN 'expired'
      WHEN c.is_removed THEN 'number_removed'
      WHEN c.suppressed_at IS NOT NULL THEN 'suppressed'
      -- A free message of a campaign keeps it whatever it calls itself: nobody at Meta has looked at it.
      WHEN (c.is_marketing OR (c.needs_window AND c.run_id IS NOT NULL)) AND c.marketing = 'opted_out' THEN 'opted_out'
      WHEN c.is_marketing AND c.marketing <> 'opted_in' THEN 'no_opt_in'
      WHEN c.is_marketing AND c.unreachable_count >= 2 THEN 'unreachable'
      WHEN c.needs_window AND NOT c.in_window THEN 'window_closed'
      WHEN c.is_stopped THEN 'stopped'
      WHEN c.run_state = 'paused' THEN 'run_paused'
      WHEN c.account_paused_until > %(now)b AND NOT (
        (c.needs_window AND substring(c.account_pause_reason FROM '^\d{1,7}(?=:)')::int = ANY(%(template_codes)b::int[]))
        OR (c.run_id IS NULL AND substring(c.account_pause_reason FROM '^\d{1,7}(?=:)')::int = ANY(%(campaign_codes)b::int[]))
      ) THEN 'account_paused'
      WHEN c.number_paused_until > %(now)b AND NOT (
        (c.needs_window AND substring(c.number_pause_reason FROM '^\d{1,7}(?=:)')::int = ANY(%(template_codes)b::int[]))
        OR (c.run_id IS NULL AND substring(c.number_pause_reason FROM '^\d{1,7}(?=:)')::int = ANY(%(campaign_codes)b::int[]))
      ) THEN 'number_paused'
      WHEN c.restricted_until > %(now)b AND NOT c.in_window THEN 'restricted'
      WHEN CASE WHEN c.quiet_from < c.quiet_to THEN c.local_time >= c.quiet_from AND c.local_time < c.quiet_to
                WHEN c.quiet_from > c.quiet_to THEN c.local_time >= c.quiet_from OR c.local_time < c.quiet_to
                ELSE false END THEN 'quiet_hours'
      WHEN NOT %(is_locked)b AND (c.cap_72h IS NOT NULL OR c.cap_month IS NOT NULL
                                  OR (c.people_limit IS NOT NULL AND NOT c.in_window)) THEN 'needs_lock'
      WHEN c.got[1] >= c.cap_72h THEN 'cap_72h'
      WHEN c.got[2] >= c.cap_month THEN 'cap_month'
      ELSE 'go'
    END AS verdict
  FROM counted c
), places AS (
  -- Whom the ledger must hold: people written to outside a window, in portfolios with a limit. Service before campaigns.
  SELECT j.message_id, j.workspace_id, j.portfolio_id, j.contact_id, j.run_id, j.people_limit, j.service_reserve,
         seat.taken_at AS held_since,
         coalesce(seat.taken_at >= %(ledger_from)b, false) AS has_place,
         dense_rank() OVER (PARTITION BY j.portfolio_id, coalesce(seat.taken_at >= %(ledger_from)b, false)
                            ORDER BY j.run_id IS NOT NULL, j.contact_id) AS nth,
         (SELECT coalesce(sum(seats), 0) FROM ledger_minute
          WHERE portfolio_id = j.portfolio_id AND minute >= %(ledger_from)b) AS used
  FROM judged j
  LEFT JOIN ledger_seat seat ON seat.portfolio_id = j.portfolio_id AND seat.contact_id = j.contact_id
  WHERE j.verdict = 'go' AND j.people_limit IS NOT NULL AND NOT j.in_window
), seated AS (
  SELECT p.*, p.has_place OR p.used + p.nth <= p.people_limit
              - CASE WHEN p.run_id IS NULL THEN 0 ELSE p.service_reserve END AS fits
  FROM places p
), gone AS (
  UPDATE outbox o SET stage = 'inflight', attempt_id = j.attempt_id, attempt_at = %(now)b, lease_until = %(lease_until)b
  FROM judged j LEFT JOIN seated s ON s.message_id = j.message_id
  WHERE o.message_id = j.message_id AND j.verdict = 'go' AND coalesce(s.fits, true)
  RETURNING o.message_id
), reached AS MATERIALIZED (
  SELECT DISTINCT ON (s.portfolio_id, s.contact_id) s.*
  FROM seated s WHERE s.fits ORDER BY s.portfolio_id, s.contact_id, s.message_id
), taken AS (
  INSERT INTO ledger_seat (workspace_id, portfolio_id, contact_id, taken_at, run_id)
  SELECT workspace_id, portfolio_id, contact_id, %(now)b, run_id FROM reached
  ON CONFLICT (portfolio_id, contact_id) DO UPDATE SET taken_at = excluded.taken_at, run_id = excluded.run_id
), minutes AS (
  -- A person reached again moves to the newest minute: the sum stays the number of people of the last 24 h.
  INSERT INTO ledger_minute AS l (workspace_id, portfolio_id, minute, seats)
  SELECT min(workspace_id), portfolio_id, minute, sum(n) FROM (
    SELECT workspace_id, portfolio_id, date_trunc('minute', %(now)b) AS minute, 1 AS n FROM reached
    UNION ALL
    SELECT workspace_id, portfolio_id, date_trunc('minute', held_since), -1 FROM reached WHERE has_place
  ) moves GROUP BY portfolio_id, minute HAVING sum(n) <> 0
  ON CONFLICT (portfolio_id, minute) DO UPDATE SET seats = l.seats + excluded.seats
)
SELECT j.message_id, CASE WHEN j.verdict = 'go' AND NOT coalesce(s.fits, true) THEN 'portfolio' ELSE j.verdict END,
       CASE j.verdict WHEN 'account_paused' THEN j.account_paused_until WHEN 'number_paused' THEN j.number_paused_until
                      WHEN 'restricted' THEN j.restricted_until END,
       j.quiet_from, j.quiet_to, s.fits AND NOT s.has_place, j.run_id IS NOT NULL
FROM judged j LEFT JOIN seated s ON s.message_id = j.message_id
