-- The ledger of a portfolio from its attempts since the first minute that counts, and its sums anew.
WITH reached AS (
  SELECT m.workspace_id, m.contact_id, max(a.started_at) AS at
  FROM number n
  JOIN attempt a ON a.number_id = n.id AND a.started_at >= %(since)s AND a.outcome IN ('accepted', 'ambiguous', 'abandoned')
  JOIN message m ON m.id = a.message_id AND m.content_id IS NOT NULL
  WHERE n.portfolio_id = %(portfolio)s
  GROUP BY 1, 2
  UNION
  SELECT o.workspace_id, o.contact_id, o.attempt_at FROM outbox o
  WHERE o.portfolio_id = %(portfolio)s AND o.stage IN ('inflight', 'unknown') AND o.content_id IS NOT NULL
    AND o.attempt_at >= %(since)s
), newest AS (
  SELECT workspace_id, contact_id, max(at) AS at FROM reached GROUP BY 1, 2
), seats AS (
  INSERT INTO ledger_seat (workspace_id, portfolio_id, contact_id, taken_at)
  SELECT workspace_id, %(portfolio)s, contact_id, at FROM newest
  ON CONFLICT (portfolio_id, contact_id) DO UPDATE SET taken_at = greatest(ledger_seat.taken_at, excluded.taken_at)
  RETURNING workspace_id, contact_id, taken_at
), everybody AS (
  SELECT workspace_id, taken_at FROM seats
  UNION ALL
  SELECT workspace_id, taken_at FROM ledger_seat s
  WHERE s.portfolio_id = %(portfolio)s AND s.taken_at >= %(since)s
    AND NOT EXISTS (SELECT FROM newest n WHERE n.contact_id = s.contact_id)
), sums AS (
  SELECT min(workspace_id) AS workspace_id, date_trunc('minute', taken_at) AS minute, count(*) AS n
  FROM everybody GROUP BY 2
), emptied AS (
  UPDATE ledger_minute l SET seats = 0
  WHERE l.portfolio_id = %(portfolio)s AND NOT EXISTS (SELECT FROM sums s WHERE s.minute = l.minute)
), written AS (
  INSERT INTO ledger_minute (workspace_id, portfolio_id, minute, seats)
  SELECT workspace_id, %(portfolio)s, minute, n FROM sums
  ON CONFLICT (portfolio_id, minute) DO UPDATE SET seats = excluded.seats
)
SELECT count(*) FROM everybody
