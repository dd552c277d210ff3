from django.db import migrations

# Safe mode belongs to the installation, so its table is hidden from web requests. What a page may do with it are these
# two functions, which run as the table's owner.
FUNCTIONS = """
CREATE FUNCTION tradewind_safe_mode() RETURNS TABLE (since timestamptz, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT since, reason FROM safe_mode WHERE ended_at IS NULL ORDER BY id LIMIT 1
$$;
CREATE FUNCTION tradewind_end_safe_mode(member bigint, now timestamptz) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH ended AS (UPDATE safe_mode SET ended_at = now, ended_by_id = member WHERE ended_at IS NULL RETURNING 1)
  SELECT EXISTS (SELECT FROM ended)
$$;
"""
BACK = "DROP FUNCTION tradewind_safe_mode(); DROP FUNCTION tradewind_end_safe_mode(bigint, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("whatsapp_messages", "0004_second_try")]
    operations = [migrations.RunSQL(FUNCTIONS, BACK)]
