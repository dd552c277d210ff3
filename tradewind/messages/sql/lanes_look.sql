-- What my lanes must know of their numbers, accounts and portfolios; read at every beat.
SELECT number.id, number.workspace_id, number.portfolio_id, number.account_id, number.phone_number_id,
       number.throughput, number.warmup_from, number.paused_until, number.pause_reason,
       account.paused_until, account.pause_reason, workspace.sending_stopped_at, workspace.timezone, portfolio.people_limit
FROM number
JOIN account ON account.id = number.account_id
JOIN portfolio ON portfolio.id = number.portfolio_id
JOIN workspace ON workspace.id = number.workspace_id
WHERE number.id = ANY(%(numbers)b::bigint[])
