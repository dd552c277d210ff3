"""The reader of read receipts begins where the one that heard everything stands."""

from django.db import migrations

BEGIN = """
INSERT INTO cursor (name, tx, entry, moved_at) SELECT 'standing.reads', tx, entry, moved_at FROM cursor
WHERE name = 'standing' ON CONFLICT (name) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0060_event_files"), ("journal", "0003_by_person")]

    operations = [migrations.RunSQL(BEGIN, migrations.RunSQL.noop)]
