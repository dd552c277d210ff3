# ruff: noqa: S608  SQL is put together here from our own words.
"""Who did what on which day, as bits: what trees ask of the journal's events without reading every one of them."""

from django.db import migrations

from tradewind.workspaces.walls import hidden

# People in one row; as in segments/days/kept.py.
PEOPLE = 32_768
# A row says of a stretch of people who did something of a kind on a day (UTC), at least once, twice, three times. Few
# people do on one day, so the bits take little room: MAIN packs them and keeps them in the row.
TABLE = f"""
CREATE TABLE event_day (
  workspace_id bigint NOT NULL,
  kind text NOT NULL,
  day date NOT NULL,
  stretch bigint NOT NULL,
  once bit({PEOPLE}) NOT NULL,
  twice bit({PEOPLE}) NOT NULL,
  thrice bit({PEOPLE}) NOT NULL,
  PRIMARY KEY (workspace_id, kind, day, stretch)
) WITH (fillfactor = 80, toast_tuple_target = 256);
ALTER TABLE event_day ALTER once SET STORAGE MAIN, ALTER twice SET STORAGE MAIN, ALTER thrice SET STORAGE MAIN;
"""
# Bits one after the other.
AGGREGATE = """
CREATE AGGREGATE bits_joined (bit varying) (SFUNC = bitcat, STYPE = bit varying, INITCOND = '', PARALLEL = SAFE);
"""
# What the bits do not say yet: the entries after the place up to which they were gathered, read in the same snapshot as
# the bits. They are few; the planner cannot know it, so it is kept from reading the whole journal for them.
TAIL = """
CREATE FUNCTION event_tail(of_workspace bigint, of_kind text, since timestamptz, before timestamptz)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  reached_tx bigint := 0;
  reached_id bigint := 0;
BEGIN
  SELECT tx, entry INTO reached_tx, reached_id FROM cursor WHERE name = 'event days';
  RETURN QUERY SELECT j.contact_id FROM journal j
  WHERE (j.tx, j.id) > (coalesce(reached_tx, 0), coalesce(reached_id, 0))
    AND j.workspace_id + 0 = of_workspace AND j.kind || '' = of_kind AND j.contact_id + 0 IS NOT NULL
    AND (since IS NULL OR j.at >= since) AND (before IS NULL OR j.at < before);
END $$;
"""

# Two contacts are merged, or parted again, and entries become another person's: both are counted anew, as far as the
# reader has come, and the reader waits meanwhile (the lock of its cursor).
MOVED = f"""
CREATE FUNCTION event_days_recounted(of_workspace bigint, person bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  stretch_of bigint := person / {PEOPLE};
  place int := person % {PEOPLE};
  reached_tx bigint;
  reached_id bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(7402, hashtext('event days'));
  SELECT tx, entry INTO reached_tx, reached_id FROM cursor WHERE name = 'event days';
  IF reached_tx IS NULL THEN RETURN; END IF;
  INSERT INTO event_day AS kept (workspace_id, kind, day, stretch, once, twice, thrice)
  SELECT of_workspace, kind, day, stretch_of, set_bit(B'0'::bit({PEOPLE}), place, 1),
         set_bit(B'0'::bit({PEOPLE}), place, (times >= 2)::int), set_bit(B'0'::bit({PEOPLE}), place, (times >= 3)::int)
  FROM (
    SELECT kind, (at AT TIME ZONE 'UTC')::date AS day, count(*) AS times FROM journal
    WHERE contact_id = person AND workspace_id = of_workspace AND (tx, id) <= (reached_tx, reached_id)
      AND kind <> ALL ('{{message.queued,message.accepted,message.sent,message.delivered}}')
    GROUP BY 1, 2) AS done
  ORDER BY kind, day
  ON CONFLICT (workspace_id, kind, day, stretch) DO UPDATE SET
    once = set_bit(kept.once, place, 1), twice = set_bit(kept.twice, place, get_bit(excluded.twice, place)),
    thrice = set_bit(kept.thrice, place, get_bit(excluded.thrice, place));
  UPDATE event_day d SET once = set_bit(once, place, 0), twice = set_bit(twice, place, 0),
                         thrice = set_bit(thrice, place, 0)
  WHERE d.workspace_id = of_workspace AND d.stretch = stretch_of AND get_bit(d.once, place) = 1 AND NOT EXISTS (
    SELECT FROM journal j WHERE j.contact_id = person AND j.workspace_id = of_workspace AND j.kind = d.kind
      AND j.at >= d.day::timestamp AT TIME ZONE 'UTC' AND j.at < (d.day + 1)::timestamp AT TIME ZONE 'UTC'
      AND (j.tx, j.id) <= (reached_tx, reached_id));
END $$;
CREATE FUNCTION event_days_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM event_days_recounted(workspace_id, person) FROM (
    SELECT DISTINCT was.workspace_id, each.person FROM was JOIN became USING (tx, id)
    CROSS JOIN LATERAL (VALUES (was.contact_id), (became.contact_id)) AS each (person)
    WHERE was.contact_id IS DISTINCT FROM became.contact_id AND each.person IS NOT NULL ORDER BY 1, 2) AS moved;
  RETURN NULL;
END $$;
CREATE TRIGGER event_days_moved AFTER UPDATE ON journal REFERENCING OLD TABLE AS was NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION event_days_moved();
"""


class Migration(migrations.Migration):
    dependencies = [("segments", "0007_rows_of_imports"), ("journal", "0002_journal"), ("workspaces", "0002_walls")]
    operations = [
        migrations.RunSQL(
            [TABLE, AGGREGATE, TAIL, MOVED],
            ["DROP TRIGGER event_days_moved ON journal; DROP FUNCTION event_days_moved; DROP FUNCTION event_days_recounted;"
             " DROP TABLE event_day; DROP FUNCTION event_tail; DROP AGGREGATE bits_joined (bit varying)"],
        ),
        *hidden("event_day"),
    ]  # fmt: skip
