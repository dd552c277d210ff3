-- The hour of the day (0 to 23, in their own time) at which each of these people most likely reads and answers; one row
-- for everybody who has a past. What they read counts once, what they wrote twice: an answer takes more than a glance.
-- An hour's neighbours get a part of it, and the workspace's own curve pulls people with a short past towards itself.
-- Who ties takes the hour that the workspace likes better, then the earlier one.
WITH person AS (
  SELECT contact.id, coalesce(zones.known, %(own_zone)s) AS zone
  FROM unnest(%(people)s::bigint[]) AS asked(id) JOIN contact ON contact.id = asked.id
  LEFT JOIN unnest(%(zones)s::text[], %(known_zones)s::text[]) AS zones(zone, known)
    ON zones.zone = coalesce(nullif(contact.timezone, ''), %(own_zone)s)
), heard AS (
  SELECT person.id, extract(hour FROM moment.at AT TIME ZONE person.zone)::int AS hour, moment.weight
  FROM person JOIN message ON message.contact_id = person.id AND message.workspace_id = %(workspace)s
  CROSS JOIN LATERAL (VALUES
    (CASE WHEN direction = 'out' THEN read_at END, 1), (CASE WHEN direction = 'in' THEN created_at END, 2)
  ) AS moment(at, weight)
  WHERE moment.at > %(since)s AND moment.at <= %(now)s
), spread AS (
  SELECT id, (hour + shift + 24) %% 24 AS hour, weight * part AS n
  FROM heard CROSS JOIN (VALUES (-1, 0.25), (0, 0.5), (1, 0.25)) AS near(shift, part)
  UNION ALL
  SELECT DISTINCT id, %(usual_hour)s::int, 0.0 FROM heard
), scored AS (
  SELECT spread.id, spread.hour, sum(spread.n) + %(pull)s * min(curve.share) AS score, min(curve.share) AS share
  FROM spread JOIN unnest(%(hours)s::int[], %(shares)s::float8[]) AS curve(hour, share) ON curve.hour = spread.hour
  GROUP BY 1, 2
)
SELECT DISTINCT ON (id) id, hour FROM scored ORDER BY id, score DESC, share DESC, hour
