-- Places taken for calls that surely reached nobody are free again, unless the person was reached since.
WITH given AS (
  SELECT DISTINCT * FROM unnest(%(portfolios)b::bigint[], %(contacts)b::bigint[], %(taken)b::timestamptz[])
    AS g(portfolio_id, contact_id, taken_at)
), gone AS (
  DELETE FROM ledger_seat s USING given g
  WHERE s.portfolio_id = g.portfolio_id AND s.contact_id = g.contact_id AND s.taken_at = g.taken_at
  RETURNING s.portfolio_id, date_trunc('minute', s.taken_at) AS minute
)
UPDATE ledger_minute l SET seats = l.seats - freed.n
FROM (SELECT portfolio_id, minute, count(*) AS n FROM gone GROUP BY 1, 2) freed
WHERE l.portfolio_id = freed.portfolio_id AND l.minute = freed.minute
