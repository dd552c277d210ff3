-- Positive proof: Meta itself speaks of an attempt of ours (a status, a quoting reply, a late answer), so it was taken.
-- What was in doubt is accepted; what was already going out anew is caught where that is still possible. A second real
-- message of one and the same message is counted once for each attempt (`proof`), as duplicate_detected.
WITH given AS MATERIALIZED (
  SELECT DISTINCT ON (attempt_id) attempt_id, message_id, wamid, to_timestamp(at) AS at, source
  FROM unnest(%(attempts)b::uuid[], %(ids)b::bigint[], %(wamids)b::text[], %(ats)b::float8[], %(sources)b::text[])
    AS g(attempt_id, message_id, wamid, at, source)
  ORDER BY attempt_id, at
), found AS MATERIALIZED (
  SELECT g.attempt_id, g.wamid, g.at, g.source, m.id AS message_id, m.workspace_id, m.number_id, m.contact_id, m.run_id,
         m.state, m.wamid AS known_wamid, o.stage, o.attempt_id AS current_attempt, o.tries,
         EXISTS (SELECT FROM attempt a WHERE a.id = g.attempt_id AND a.outcome = 'accepted') AS was_accepted
  FROM given g JOIN message m ON m.id = g.message_id AND m.direction = 'out'
  LEFT JOIN outbox o ON o.message_id = m.id
  ORDER BY m.id FOR UPDATE OF m
), news AS MATERIALIZED (
  -- In doubt until now: nothing was known to be taken.
  SELECT DISTINCT ON (message_id) f.* FROM found f
  WHERE (f.state = 'unknown' OR (f.state = 'queued' AND f.stage IS NOT NULL)) AND NOT f.was_accepted
  ORDER BY message_id, at
), proofs AS (
  INSERT INTO proof (attempt_id, workspace_id, message_id, wamid, at, source)
  SELECT attempt_id, workspace_id, message_id, wamid, at, source FROM found
  WHERE NOT was_accepted AND known_wamid IS DISTINCT FROM wamid
  ON CONFLICT (attempt_id) DO NOTHING
  RETURNING attempt_id
), doubles AS MATERIALIZED (
  SELECT f.* FROM found f JOIN proofs USING (attempt_id)
  WHERE f.known_wamid IS NOT NULL AND NOT EXISTS (SELECT FROM news n WHERE n.message_id = f.message_id)
     OR EXISTS (SELECT FROM news n WHERE n.message_id = f.message_id AND n.attempt_id <> f.attempt_id)
), gone AS (
  -- A newer call that is on the wire right now keeps its row: its own outcome decides.
  DELETE FROM outbox o USING news n
  WHERE o.message_id = n.message_id AND (o.attempt_id IS NOT DISTINCT FROM n.attempt_id OR o.stage <> 'inflight')
), told AS (
  UPDATE message m
  SET state = 'accepted', reason = '', rank = greatest(m.rank, 1), accepted_at = least(m.accepted_at, n.at),
      tries = greatest(m.tries, coalesce(n.tries, 0)),
      duplicates_detected = m.duplicates_detected + (SELECT count(*) FROM doubles d WHERE d.message_id = n.message_id),
      wamid = CASE WHEN EXISTS (SELECT FROM message x WHERE x.wamid = n.wamid AND x.id <> m.id) THEN m.wamid ELSE n.wamid END
  FROM news n WHERE m.id = n.message_id
), completed AS (
  -- Accepted under an id that another message has: now its true id is known.
  UPDATE message m SET wamid = f.wamid
  FROM found f
  WHERE m.id = f.message_id AND f.known_wamid IS NULL AND f.state NOT IN ('queued', 'unknown')
    AND NOT EXISTS (SELECT FROM message x WHERE x.wamid = f.wamid)
), doubled AS (
  UPDATE message m SET duplicates_detected = m.duplicates_detected + d.n
  FROM (SELECT message_id, count(*) AS n FROM doubles GROUP BY 1) d
  WHERE m.id = d.message_id AND NOT EXISTS (SELECT FROM news n WHERE n.message_id = m.id)
), tried AS (
  INSERT INTO attempt (id, workspace_id, message_id, number_id, started_at, ended_at, outcome, detail, wamid)
  SELECT n.attempt_id, n.workspace_id, n.message_id, n.number_id, coalesce(o.attempt_at, n.at), n.at, 'accepted',
         'proved by ' || n.source, n.wamid
  FROM news n JOIN outbox o ON o.message_id = n.message_id AND o.attempt_id = n.attempt_id
  ON CONFLICT (id) DO NOTHING
), counted AS (
  INSERT INTO tally (workspace_id, run_id, number_id, name, n)
  SELECT workspace_id, run_id, number_id, name, sum(n) FROM (
    SELECT workspace_id, run_id, number_id, 'accepted' AS name, 1 AS n FROM news
    UNION ALL SELECT workspace_id, run_id, number_id, 'unknown', -1 FROM news WHERE state = 'unknown'
  ) moves WHERE run_id IS NOT NULL GROUP BY 1, 2, 3, 4
), noted AS (
  INSERT INTO journal (workspace_id, at, kind, contact_id, number_id, message_id, run_id, data)
  SELECT workspace_id, at, 'message.accepted', contact_id, number_id, message_id, run_id,
         jsonb_build_object('proof', source)
  FROM news
  UNION ALL
  SELECT workspace_id, at, 'message.duplicate_detected', contact_id, number_id, message_id, run_id,
         jsonb_build_object('wamid', wamid, 'proof', source)
  FROM doubles
)
SELECT (SELECT count(*) FROM news), (SELECT count(*) FROM doubles)
