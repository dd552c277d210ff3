from django.db import migrations

from tradewind.workspaces.walls import append_only, hidden, walls

# Defaults for the batch SQL of the hot paths; room on the pages so that status updates stay on them (HOT);
# early vacuum of the two tables that churn.
DEFAULTS = """
ALTER TABLE message
  ALTER category SET DEFAULT '', ALTER rank SET DEFAULT 0, ALTER reason SET DEFAULT '', ALTER step SET DEFAULT 0,
  ALTER text SET DEFAULT '', ALTER reply_to_wamid SET DEFAULT '', ALTER tries SET DEFAULT 0,
  ALTER delivered_implied SET DEFAULT false, ALTER error_detail SET DEFAULT '', ALTER duplicates_detected SET DEFAULT 0,
  SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE outbox
  ALTER stage SET DEFAULT 'waiting', ALTER zone SET DEFAULT '', ALTER is_marketing SET DEFAULT false,
  ALTER needs_window SET DEFAULT false, ALTER holder SET DEFAULT '', ALTER tries SET DEFAULT 0,
  SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE attempt ALTER detail SET DEFAULT '', ALTER wamid SET DEFAULT '';
ALTER TABLE lane ALTER holder SET DEFAULT '', ALTER fence SET DEFAULT 0, ALTER state SET DEFAULT '{}',
  ALTER waiting_for SET DEFAULT '', ALTER breaker_reason SET DEFAULT '';
"""


class Migration(migrations.Migration):
    dependencies = [("whatsapp_messages", "0001_tables"), ("workspaces", "0002_walls")]
    operations = [
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        *walls(
            "content", "run", "message", "outbox", "attempt", "tally", "service_window", "lane",
            "ledger_seat", "ledger_minute", "content_pace", "media_file", "media_upload",
        ),
        *append_only("attempt"),
        *hidden("safe_mode"),
    ]  # fmt: skip
