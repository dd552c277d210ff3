from django.db import migrations

from tradewind.workspaces.walls import hidden, walls

# Why no primary key: a partitioned one would have to hold `at`, and (tx, id) is what every reader walks.
# Why bigint for tx: a cursor can keep it and compare it; pg_current_xact_id() never wraps.
JOURNAL = """
CREATE SEQUENCE journal_id;
CREATE TABLE journal (
  id bigint NOT NULL DEFAULT nextval('journal_id'),
  tx bigint NOT NULL DEFAULT (pg_current_xact_id()::text)::bigint,
  workspace_id bigint NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  contact_id bigint,
  number_id bigint,
  message_id bigint,
  run_id bigint,
  member_id bigint,
  data jsonb
) PARTITION BY RANGE (at);
CREATE INDEX journal_order ON journal (tx, id);
CREATE INDEX journal_contact ON journal (contact_id, at) WHERE contact_id IS NOT NULL;
CREATE TABLE journal_rest PARTITION OF journal DEFAULT;
REVOKE ALL ON journal_rest FROM tradewind_web;
REVOKE UPDATE, DELETE ON journal FROM tradewind_web;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal
  FOR EACH ROW EXECUTE FUNCTION tradewind_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_tables"), ("workspaces", "0002_walls")]
    operations = [
        migrations.RunSQL(JOURNAL, "DROP TABLE journal; DROP SEQUENCE journal_id"),
        *walls("journal"),
        *hidden("cursor"),
    ]
