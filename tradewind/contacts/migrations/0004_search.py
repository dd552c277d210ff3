from django.db import migrations

# Why a function of the owner: row-level security lets only leak-proof operators reach an index, and ILIKE and @> are
# not among them, so a page's own query would read all rows of all workspaces. The function keeps the wall by itself:
# it takes the workspace from the same setting as the policies, and without that setting it finds nothing.
# Why windows: ORDER BY id LIMIT n walks the whole key when the hits are old. The newest 20,000 are tried first, and
# when they hold too few, "id + 0" keeps the planner from walking the key.
SEARCH = """
CREATE FUNCTION contacts_found(
  _words text[],        -- patterns for ILIKE, all must match the name
  _phones text[],       -- prefixes in E.164, one must match; with _words: either these or the name
  _tag integer, _country text, _language text, _marketing text,
  _below bigint, _most integer
) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public
SET enable_seqscan = off
AS $$
DECLARE
  _workspace bigint := nullif(current_setting('tradewind.workspace', true), '')::bigint;
  _newest bigint;
  _where text := 'c.workspace_id = $1 AND c.id < $2';
  _named text;
  _found bigint[];
BEGIN
  IF _workspace IS NULL THEN RETURN; END IF;
  IF _country <> '' THEN _where := _where || ' AND c.country = $3'; END IF;
  IF _language <> '' THEN _where := _where || ' AND c.language = $4'; END IF;
  IF _marketing <> '' THEN _where := _where || ' AND c.marketing = $5'; END IF;
  IF _tag IS NOT NULL THEN
    _where := _where || ' AND c.id IN (SELECT t.contact_id FROM contact_tags t WHERE t.workspace_id = $1'
                     || ' AND t.tags @> ARRAY[$6])';
  END IF;
  IF cardinality(_words) > 0 THEN
    SELECT string_agg(format('c.name ILIKE %L', word), ' AND ') INTO _named FROM unnest(_words) AS word;
  END IF;
  IF cardinality(_phones) > 0 THEN
    SELECT concat_ws(' OR ', _named, format('c.id IN (SELECT i.contact_id FROM identity i WHERE i.workspace_id = $1'
             || ' AND i.kind = ''phone'' AND i.scope = 0 AND (%s))',
             string_agg(format('i.value >= %L AND i.value < %L', phone,
                               left(phone, -1) || chr(ascii(right(phone, 1)) + 1)), ' OR ')))
      INTO _named FROM unnest(_phones) AS phone;
  END IF;
  IF _named IS NOT NULL THEN _where := format('%s AND (%s)', _where, _named); END IF;

  IF _named IS NULL AND _tag IS NULL THEN
    RETURN QUERY EXECUTE format('SELECT c.id FROM contact c WHERE %s ORDER BY c.id DESC LIMIT $7', _where)
      USING _workspace, _below, _country, _language, _marketing, _tag, _most;
    RETURN;
  END IF;
  SELECT c.id INTO _newest FROM contact c WHERE c.workspace_id = _workspace AND c.id < _below
    ORDER BY c.id DESC OFFSET 20000 LIMIT 1;
  IF _newest IS NOT NULL AND cardinality(_phones) = 0 THEN
    EXECUTE format('SELECT array_agg(id) FROM (SELECT c.id FROM contact c WHERE %s AND c.id > $8'
                   || ' ORDER BY c.id DESC LIMIT $7) AS newest', _where)
      INTO _found USING _workspace, _below, _country, _language, _marketing, _tag, _most, _newest;
  END IF;
  IF cardinality(_found) >= _most THEN
    RETURN QUERY SELECT unnest(_found);
  ELSE
    RETURN QUERY EXECUTE format('SELECT c.id FROM contact c WHERE %s ORDER BY c.id + 0 DESC LIMIT $7', _where)
      USING _workspace, _below, _country, _language, _marketing, _tag, _most;
  END IF;
END $$;
REVOKE ALL ON FUNCTION contacts_found FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contacts_found TO tradewind_web;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_filters")]
    operations = [migrations.RunSQL(SEARCH, "DROP FUNCTION contacts_found")]
