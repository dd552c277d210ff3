-- A stretch of the plan: every person of the audience with an id in (after, upto] becomes a recipient, either with a
-- number, frozen variables, a zone and a due time, or left out for exactly one reason (campaigns/reasons.py, same order).
-- In braces: the audience's SQL, and four pieces that campaigns/values.py makes. (Comments name no brace and no parameter:
-- what is put in their place may bring line breaks.)
-- Stretches are transactions of their own: a long one would hold back every reader of the journal, and so all live pages.
-- A free message goes only within the service window. Among people who come due together the window that closes first
-- goes first: each five minutes of it are ten microseconds in due_at.
INSERT INTO recipient (workspace_id, campaign_id, contact_id, number_id, excluded, variables, zone, due_at, expires_at,
                       window_until, country, free_by)
SELECT %(workspace)s, %(campaign)s, placed.contact_id,
       CASE WHEN placed.left_out = '' THEN placed.number_id END,
       placed.left_out,
       CASE WHEN placed.left_out = '' THEN placed.variables END,
       placed.zone,
       CASE WHEN placed.left_out = '' THEN placed.due_at + coalesce(
         floor(extract(epoch FROM placed.window_until - placed.due_at) / 300) * interval '10 microseconds', interval '0') END,
       CASE WHEN placed.left_out = '' THEN placed.until END,
       CASE WHEN placed.left_out = '' THEN placed.window_until END,
       CASE WHEN placed.left_out = '' THEN placed.country ELSE '' END,
       CASE WHEN placed.left_out <> '' THEN ''
            WHEN placed.due_at < placed.free_until THEN 'entry_point'
            WHEN placed.due_at < placed.closes_at THEN 'window' ELSE '' END
FROM (
SELECT chosen.*, coalesce(moment.due_at, %(starts_at)s) AS due_at, moment.until,
       CASE WHEN %(is_free)s
            THEN date_bin('5 minutes', chosen.closes_at - %(margin)s::interval, 'epoch'::timestamptz) END AS window_until,
       CASE WHEN chosen.excluded <> '' THEN chosen.excluded
            WHEN coalesce(moment.left_out, '') <> '' THEN moment.left_out
            WHEN %(is_free)s AND coalesce(moment.due_at, %(starts_at)s) >= chosen.closes_at - %(margin)s::interval
              THEN 'window_closes'
            ELSE '' END AS left_out
FROM (
  SELECT person.id AS contact_id, person.zone, person.country, {variables} AS variables, sender.number_id,
    CASE WHEN %(by_country)s THEN coalesce(nullif(person.own_country, ''), person.country) ELSE '' END AS place,
    coalesce(habit.hour, %(usual_hour)s) AS hour, entry.free_until, talk.closes_at,
    CASE
      WHEN person.suppressed_at IS NOT NULL THEN 'suppressed'
      WHEN (%(is_marketing)s OR %(is_free)s) AND person.marketing = 'opted_out' THEN 'opted_out'
      WHEN %(is_marketing)s AND person.marketing <> 'opted_in' THEN 'no_opt_in'
      WHEN sender.number_id IS NULL THEN 'no_address'
      WHEN person.unreachable_count >= 2 THEN 'unreachable'
      WHEN %(is_free)s AND coalesce(talk.closes_at <= %(now)s, true) THEN 'no_window'
      WHEN %(is_marketing)s AND NOT %(is_free)s AND person.is_us THEN 'us_marketing'
      WHEN %(is_marketing)s AND capped.contact_id IS NOT NULL THEN 'cap'
      WHEN busy.contact_id IS NOT NULL THEN 'other_campaign'
      WHEN {missing} THEN 'missing_variable'
      WHEN {over} THEN 'offer_over'
      WHEN {unfit} THEN 'unfit_variable'
      ELSE ''
    END AS excluded
  FROM (
    SELECT contact.id, contact.suppressed_at, contact.marketing, contact.unreachable_count,
           phone.value AS phone, bsuid.scope AS bsuid_portfolio,
           coalesce(phone.value, '') LIKE '+1%%' AND contact.country = 'US' AS is_us,
           coalesce(nullif(contact.timezone, ''), %(workspace_zone)s) AS zone, contact.country AS own_country,
           {country} AS country{columns}
    FROM ({audience}) audience
    JOIN contact ON contact.id = audience.contact_id AND contact.workspace_id = %(workspace)s
    LEFT JOIN identity phone
      ON phone.contact_id = contact.id AND phone.kind = 'phone' AND phone.is_current
    LEFT JOIN LATERAL (
      SELECT scope, value FROM identity
      WHERE contact_id = contact.id AND kind = 'bsuid' AND is_current AND scope = ANY(%(portfolios)s)
        AND phone.value IS NULL
      ORDER BY id LIMIT 1
    ) bsuid ON true
    WHERE audience.contact_id > %(after)s AND audience.contact_id <= %(upto)s
      AND contact.id > %(after)s AND contact.id <= %(upto)s
    OFFSET 0  -- so that the values are worked out once, and not at each place that mentions them
  ) person
  -- The number: the one that spoke with them last if it is in the pool, else a fair, repeatable draw by weight: the
  -- slot of their number times the golden ratio, which spreads neighbours evenly. (A random one would leave the
  -- busiest of 20 numbers with 6 percent more than its share of 20,000 people, and the campaign ends with the last.)
  LEFT JOIN LATERAL (
    SELECT number_id FROM service_window
    WHERE person.phone IS NOT NULL AND contact_id = person.id AND number_id = ANY(%(numbers)s)
    ORDER BY last_inbound_at DESC LIMIT 1
  ) last_talk ON true
  -- Who has no phone is reached only by the numbers of the portfolio that knows them.
  LEFT JOIN LATERAL (
    SELECT pool.number_id
    FROM unnest(%(numbers)s::bigint[], %(number_portfolios)s::bigint[], %(weights)s::float8[])
      AS pool(number_id, portfolio_id, weight)
    LEFT JOIN service_window talk ON talk.number_id = pool.number_id AND talk.contact_id = person.id
    WHERE person.phone IS NULL AND pool.portfolio_id = person.bsuid_portfolio
    ORDER BY talk.last_inbound_at DESC NULLS LAST,
             -ln(((hashint8extended(person.id, pool.number_id) & 1048575) + 1) / 1048577.0) / pool.weight
    LIMIT 1
  ) known_by ON true
  CROSS JOIN LATERAL (
    SELECT CASE WHEN person.phone IS NULL THEN known_by.number_id
                ELSE coalesce(last_talk.number_id, (%(slots)s::bigint[])[
                  ((((person.id & 2147483647) * 2654435769) >> 22) & 1023) + 1])
           END AS number_id
  ) sender
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
      AND (other.part, other.due_at, other.id)
        > (place.fed_part, coalesce(place.fed_due_at, '-infinity'::timestamptz), place.fed_recipient)
  ) busy ON busy.contact_id = person.id
  -- Their own best hour, where the campaign keeps to it.
  LEFT JOIN unnest(%(best_people)s::bigint[], %(best_hours)s::int[]) AS habit(contact_id, hour)
    ON habit.contact_id = person.id
  -- What costs nothing: three days after our answer to somebody who came by an ad, and (some categories, by the rate card)
  -- inside the service window.
  LEFT JOIN service_window talk ON talk.number_id = sender.number_id AND talk.contact_id = person.id
  LEFT JOIN (
    SELECT ad.contact_id, ad.number_id, max(answer.at) + interval '72 hours' AS free_until
    FROM message ad CROSS JOIN LATERAL (
      SELECT min(accepted_at) AS at FROM message
      WHERE contact_id = ad.contact_id AND number_id = ad.number_id AND direction = 'out' AND rank > 0
        AND accepted_at BETWEEN ad.created_at AND ad.created_at + interval '24 hours'
    ) answer
    WHERE ad.contact_id > %(after)s AND ad.contact_id <= %(upto)s AND ad.workspace_id = %(workspace)s
      AND ad.direction = 'in' AND ad.created_at > %(starts_at)s::timestamptz - interval '4 days' AND ad.payload ? 'referral'
      AND answer.at IS NOT NULL
    GROUP BY 1, 2
  ) entry ON entry.contact_id = person.id AND entry.number_id = sender.number_id
) chosen
LEFT JOIN unnest(%(zones)s::text[], %(zone_countries)s::text[], %(zone_hours)s::int[], %(zone_due_at)s::timestamptz[],
                 %(zone_until)s::timestamptz[], %(zone_left_out)s::text[])
  AS moment(zone, place, hour, due_at, until, left_out)
  ON moment.zone = chosen.zone AND moment.place = chosen.place AND moment.hour = chosen.hour
) placed
ON CONFLICT (campaign_id, contact_id) WHERE contact_id IS NOT NULL DO NOTHING
