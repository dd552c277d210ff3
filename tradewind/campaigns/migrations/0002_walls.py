from django.db import migrations

from tradewind.workspaces.walls import walls

DEFAULTS = "ALTER TABLE recipient ALTER excluded SET DEFAULT '', ALTER raw SET DEFAULT '', ALTER zone SET DEFAULT ''"


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_tables"), ("workspaces", "0002_walls")]
    operations = [
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        *walls("campaign", "campaign_number", "recipient"),
    ]
