from django.db import migrations

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [("segments", "0001_tables"), ("workspaces", "0002_walls")]
    operations = [*walls("segment", "segment_member", "tag_rule")]
