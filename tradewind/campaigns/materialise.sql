-- The plan's one big statement: every person of the audience becomes a recipient, either with a number, frozen
-- variables, a zone and a due time, or left out for exactly one reason (campaigns/reasons.py, in the same order).
-- {audience} is the audience's SQL, {variables} and {missing} are built from the bindings (campaigns/bindings.py).
INSERT INTO recipient (workspace_id, campaign_id, contact_id, number_id, excluded, variables, zone, due_at)
SELECT %(workspace)s, %(campaign)s, chosen.contact_id,
       CASE WHEN chosen.excluded = '' THEN chosen.number_id END,
       chosen.excluded,
       CASE WHEN chosen.excluded = '' THEN chosen.variables END,
       chosen.zone,
       CASE WHEN chosen.excluded = '' THEN coalesce(zones.due_at, %(starts_at)s) END
FROM (
  SELECT person.id AS contact_id, person.zone, person.variables, sender.number_id,
    CASE
      WHEN person.suppressed_at IS NOT NULL THEN 'suppressed'
      WHEN %(is_marketing)s AND person.marketing = 'opted_out' THEN 'opted_out'
      WHEN %(is_marketing)s AND person.marketing <> 'opted_in' THEN 'no_opt_in'
      WHEN sender.number_id IS NULL THEN 'no_address'
      WHEN person.unreachable_count >= 2 THEN 'unreachable'
      WHEN %(is_marketing)s AND person.is_us THEN 'us_marketing'
      WHEN %(is_marketing)s AND capped.contact_id IS NOT NULL THEN 'cap'
      WHEN busy.contact_id IS NOT NULL THEN 'other_campaign'
      WHEN person.missing THEN 'missing_variable'
      ELSE ''
    END AS excluded
  FROM (
    SELECT contact.id, contact.suppressed_at, contact.marketing, contact.unreachable_count,
           phone.value AS phone, bsuid.scope AS bsuid_portfolio,
           coalesce(phone.value, '') LIKE '+1%%' AND contact.country = 'US' AS is_us,
           coalesce(nullif(contact.timezone, ''), %(workspace_zone)s) AS zone,
           {variables} AS variables,
           {missing} AS missing
    FROM ({audience}) audience
    JOIN contact ON contact.id = audience.contact_id AND contact.workspace_id = %(workspace)s
    LEFT JOIN identity phone
      ON phone.contact_id = contact.id AND phone.kind = 'phone' AND phone.is_current
    LEFT JOIN LATERAL (
      SELECT scope FROM identity
      WHERE contact_id = contact.id AND kind = 'bsuid' AND is_current AND scope = ANY(%(portfolios)s)
        AND phone.value IS NULL
      ORDER BY id LIMIT 1
    ) bsuid ON true
  ) person
  -- The number: the one that spoke with them last if it is in the pool, else a fair, repeatable draw by weight.
  LEFT JOIN LATERAL (
    SELECT pool.number_id
    FROM unnest(%(numbers)s::bigint[], %(number_portfolios)s::bigint[], %(slot_from)s::int[], %(slot_to)s::int[])
      AS pool(number_id, portfolio_id, slot_from, slot_to)
    LEFT JOIN service_window last_talk ON last_talk.number_id = pool.number_id AND last_talk.contact_id = person.id
    WHERE person.phone IS NOT NULL OR person.bsuid_portfolio = pool.portfolio_id
    ORDER BY last_talk.last_inbound_at DESC NULLS LAST,
             (hashint8(person.id) & 1023) BETWEEN pool.slot_from AND pool.slot_to DESC, pool.number_id
    LIMIT 1
  ) sender ON true
  LEFT JOIN (
    SELECT contact_id FROM message
    WHERE (%(cap_72h)s::int IS NOT NULL OR %(cap_month)s::int IS NOT NULL)
      AND workspace_id = %(workspace)s AND category = 'marketing' AND accepted_at > %(month_ago)s
    GROUP BY contact_id
    HAVING count(*) >= coalesce(%(cap_month)s, 2147483647)
        OR count(*) FILTER (WHERE accepted_at > %(three_days_ago)s) >= coalesce(%(cap_72h)s, 2147483647)
  ) capped ON capped.contact_id = person.id
  LEFT JOIN (
    SELECT DISTINCT contact_id FROM outbox WHERE workspace_id = %(workspace)s AND run_id IS NOT NULL
  ) busy ON busy.contact_id = person.id
) chosen
LEFT JOIN unnest(%(zones)s::text[], %(zone_due_at)s::timestamptz[]) AS zones(zone, due_at) ON zones.zone = chosen.zone
ON CONFLICT (campaign_id, contact_id) WHERE contact_id IS NOT NULL DO NOTHING
