from django.db import migrations

# What segments ask for and nothing else does, so it stands here and not with the tables. Measured with 1,000,000 people
# and 20,000,000 entries (bench segments):
# journal_events: the entries of a kind in a stretch of time without touching their rows. It grows at its right end only,
#   so writers find its pages in memory: 3 µs of CPU an entry. The four kinds of which each message has one are left
#   out and pay nothing: nobody builds a segment on them, and they would be half of it.
# contact_standing_figures: all figures on a narrow index instead of rows with their reasons beside them.
# contact_by_city: places are asked for by name, in any spelling.
INDEXES = """
CREATE INDEX journal_events ON journal (workspace_id, kind, at, contact_id)
  WHERE contact_id IS NOT NULL
    AND kind NOT IN ('message.queued', 'message.accepted', 'message.sent', 'message.delivered');
CREATE INDEX contact_standing_figures ON contact_standing (workspace_id, engagement, contact_id)
  INCLUDE (intent, heat, grade, recency, frequency, monetary, stage, orders);
CREATE INDEX contact_by_city ON contact (workspace_id, lower(city)) WHERE city <> '';
"""
AWAY = "DROP INDEX journal_events; DROP INDEX contact_standing_figures; DROP INDEX contact_by_city"


class Migration(migrations.Migration):
    dependencies = [
        ("segments", "0002_walls"),
        ("contacts", "0006_walls"),
        ("journal", "0002_journal"),
    ]
    operations = [migrations.RunSQL(INDEXES, AWAY)]
