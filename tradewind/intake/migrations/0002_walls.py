from django.db import migrations

from tradewind.workspaces.walls import hidden, walls


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_tables"), ("workspaces", "0002_walls")]
    operations = [*walls("dead_letter"), *hidden("webhook_inbox", "orphan", "unrouted")]
