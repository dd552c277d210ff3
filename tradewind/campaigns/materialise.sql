-- A stretch of the plan: every person of the audience with an id in (after, upto] becomes a recipient, either with a
-- number, frozen variables, a zone and a due time, or left out for exactly one reason (campaigns/reasons.py, same order).
-- {audience} is the audience's SQL; {columns}, {variables}, {missing} and {unfit} are made by campaigns/values.py.
-- Stretches are transactions of their own: a long one would hold back every reader of the journal, and so all live pages.
INSERT INTO recipient (workspace_id, campaign_id, contact_id, number_id, excluded, variables, zone, due_at)
SELECT %(workspace)s, %(campaign)s, chosen.contact_id,
       CASE WHEN chosen.excluded = '' THEN chosen.number_id END,
       chosen.excluded,
       CASE WHEN chosen.excluded = '' THEN chosen.variables END,
       chosen.zone,
       CASE WHEN chosen.excluded = '' THEN coalesce(zones.due_at, %(starts_at)s) END
FROM (
  SELECT person.id AS contact_id, person.zone, {variables} AS variables, sender.number_id,
    CASE
      WHEN person.suppressed_at IS NOT NULL THEN 'suppressed'
      WHEN %(is_marketing)s AND person.marketing = 'opted_out' THEN 'opted_out'
      WHEN %(is_marketing)s AND person.marketing <> 'opted_in' THEN 'no_opt_in'
      WHEN sender.number_id IS NULL THEN 'no_address'
      WHEN person.unreachable_count >= 2 THEN 'unreachable'
      WHEN %(is_marketing)s AND person.is_us THEN 'us_marketing'
      WHEN %(is_marketing)s AND capped.contact_id IS NOT NULL THEN 'cap'
      WHEN busy.contact_id IS NOT NULL THEN 'other_campaign'
      WHEN {missing} THEN 'missing_variable'
      WHEN {unfit} THEN 'unfit_variable'
      ELSE ''
    END AS excluded
  FROM (
    SELECT contact.id, contact.suppressed_at, contact.marketing, contact.unreachable_count,
           phone.value AS phone, bsuid.scope AS bsuid_portfolio,
           coalesce(phone.value, '') LIKE '+1%%' AND contact.country = 'US' AS is_us,
           coalesce(nullif(contact.timezone, ''), %(workspace_zone)s) AS zone{columns}
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
    WHERE audience.contact_id > %(after)s AND audience.contact_id <= %(upto)s
      AND contact.id > %(after)s AND contact.id <= %(upto)s
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
  -- The frequency cap as the sender counts it (messages/sql/intent.sql), seen from the start of the campaign.
  LEFT JOIN (
    SELECT contact_id FROM message
    WHERE (%(cap_72h)s::int IS NOT NULL OR %(cap_month)s::int IS NOT NULL)
      AND contact_id > %(after)s AND contact_id <= %(upto)s AND workspace_id = %(workspace)s
      AND direction = 'out' AND category = 'marketing' AND state <> 'failed' AND accepted_at > %(month_ago)s
    GROUP BY contact_id
    HAVING count(*) >= coalesce(%(cap_month)s, 2147483647)
        OR count(*) FILTER (WHERE accepted_at > %(three_days_ago)s) >= coalesce(%(cap_72h)s, 2147483647)
  ) capped ON capped.contact_id = person.id
  -- Whom another campaign that is under way has still to write to: in the outbox, or not even fed to it.
  LEFT JOIN (
    SELECT contact_id FROM outbox
    WHERE workspace_id = %(workspace)s AND run_id IS NOT NULL AND stage <> 'unknown'
      AND contact_id > %(after)s AND contact_id <= %(upto)s
    UNION
    SELECT other.contact_id
    FROM campaign_number place
    JOIN campaign ON campaign.id = place.campaign_id AND campaign.state IN ('running', 'paused')
    JOIN recipient other ON other.campaign_id = place.campaign_id
      AND other.contact_id > %(after)s AND other.contact_id <= %(upto)s
    WHERE place.workspace_id = %(workspace)s AND place.campaign_id <> %(campaign)s AND place.fed < place.total
      AND other.excluded = '' AND other.number_id = place.number_id
      AND (other.due_at, other.id) > (coalesce(place.fed_due_at, '-infinity'::timestamptz), place.fed_recipient)
  ) busy ON busy.contact_id = person.id
) chosen
LEFT JOIN unnest(%(zones)s::text[], %(zone_due_at)s::timestamptz[]) AS zones(zone, due_at) ON zones.zone = chosen.zone
ON CONFLICT (campaign_id, contact_id) WHERE contact_id IS NOT NULL DO NOTHING
