from django.db import migrations

# Why a function of the owner: row-level security lets only leak-proof operators reach an index, and ILIKE and @> are
# not among them, so a page's own query would read all rows of all workspaces. The function keeps the wall by itself:
# it takes the workspace from the same setting as the policies, and without that setting it finds nothing.
# Why windows: ORDER BY id LIMIT n walks the whole key when the hits are old. The newest 20,000 are tried first, and
# when they hold too few, "id + 0" keeps the planner from walking the key.
SEARCH = """
CREATE FUNCTION contacts_found(
  _words text[],       -- parts of a name, all must fit; one that begins with ^ must begin a word
  _handles text[],     -- beginnings of a phone number (+49…) or user name (@…), or a whole user id; one must fit
  _tag integer, _country text, _language text, _marketing text,
  _below bigint, _most integer
) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public
SET enable_seqscan = off
SET max_parallel_workers_per_gather = 0
SET work_mem = '16MB'
AS $$
DECLARE
  _workspace bigint := nullif(current_setting('tradewind.workspace', true), '')::bigint;
  _where text := 'c.workspace_id = $1 AND c.id < $2';
  _tagged text := '';
  _named text;
  _handled text;
  _oldest bigint;
  _window integer;
  _found bigint[];
BEGIN
  IF _workspace IS NULL THEN RETURN; END IF;
  IF _country <> '' THEN _where := _where || ' AND c.country = $3'; END IF;
  IF _language <> '' THEN _where := _where || ' AND c.language = $4'; END IF;
  IF _marketing <> '' THEN _where := _where || ' AND c.marketing = $5'; END IF;
  IF _tag IS NOT NULL THEN
    _tagged := ' AND c.id IN (SELECT t.contact_id FROM contact_tags t WHERE t.workspace_id = $1'
            || ' AND t.contact_id > %s AND t.contact_id < $2 AND t.tags @> ARRAY[$6])';
  END IF;
  SELECT string_agg(
           CASE WHEN left(word, 1) = '^'
                THEN format('(c.name ILIKE %L OR c.name ILIKE %L)', substr(word, 2) || '%', '% ' || substr(word, 2) || '%')
                ELSE format('c.name ILIKE %L', '%' || word || '%') END, ' AND ')
    INTO _named FROM unnest(_words) AS word;
  -- An unspecific beginning ("+49") stops at 2,000 of its numbers: whoever looks for somebody types on.
  SELECT string_agg('(SELECT i.contact_id FROM identity i WHERE i.workspace_id = $1 AND ' ||
           CASE left(handle, 1)
             WHEN '+' THEN format('i.kind = ''phone'' AND i.scope = 0 AND i.value >= %L AND i.value < %L', handle,
                                  left(handle, -1) || chr(ascii(right(handle, 1)) + 1))
             WHEN '@' THEN format('i.kind = ''username'' AND i.scope = 0 AND i.value >= %L AND i.value < %L',
                                  substr(handle, 2), left(substr(handle, 2), -1) || chr(ascii(right(handle, 1)) + 1))
             ELSE format('i.kind = ''bsuid'' AND i.value = %L'
                         || ' AND i.scope IN (SELECT p.id FROM portfolio p WHERE p.workspace_id = $1)', handle) END
           || ' LIMIT 2000)', ' UNION ALL ')
    INTO _handled FROM unnest(_handles) AS handle;
  IF _handled IS NOT NULL THEN
    _where := format('%s AND c.id IN (%s)', _where, _handled);
  ELSIF _named IS NOT NULL THEN
    _where := format('%s AND %s', _where, _named);
  END IF;

  IF _named IS NULL AND _handled IS NULL AND _tag IS NULL THEN
    RETURN QUERY EXECUTE format('SELECT c.id FROM contact c WHERE %s ORDER BY c.id DESC LIMIT $7', _where)
      USING _workspace, _below, _country, _language, _marketing, _tag, _most;
    RETURN;
  END IF;
  IF _handled IS NULL THEN
    FOREACH _window IN ARRAY ARRAY[20000, 200000] LOOP
      SELECT c.id INTO _oldest FROM contact c WHERE c.workspace_id = _workspace AND c.id < _below
        ORDER BY c.id DESC OFFSET _window LIMIT 1;
      EXIT WHEN _oldest IS NULL;
      EXECUTE format('SELECT array_agg(id) FROM (SELECT c.id FROM contact c WHERE %s%s AND c.id > $8'
                     || ' ORDER BY c.id DESC LIMIT $7) AS newest', _where, format(_tagged, '$8'))
        INTO _found USING _workspace, _below, _country, _language, _marketing, _tag, _most, _oldest;
      IF cardinality(_found) >= _most THEN
        RETURN QUERY SELECT unnest(_found);
        RETURN;
      END IF;
      -- What is rare in the newest is looked up in its own index at once.
      EXIT WHEN coalesce(cardinality(_found), 0) < _most / 10;
    END LOOP;
  END IF;
  RETURN QUERY EXECUTE format('SELECT c.id FROM contact c WHERE %s%s ORDER BY c.id + 0 DESC LIMIT $7', _where, format(_tagged, '0'))
    USING _workspace, _below, _country, _language, _marketing, _tag, _most;
END $$;
REVOKE ALL ON FUNCTION contacts_found FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contacts_found TO tradewind_web;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_filters")]
    operations = [migrations.RunSQL(SEARCH, "DROP FUNCTION contacts_found")]
