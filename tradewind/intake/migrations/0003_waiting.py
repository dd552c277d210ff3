from django.db import migrations, models

from tradewind.workspaces.walls import hidden

# The table churns: vacuum it early, so that the projector never walks dead rows.
CHURN = "ALTER TABLE webhook_waiting SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0)"
# What is not projected at the upgrade waits on.
WAITING = """
INSERT INTO webhook_waiting (app_id, inbox_id, received_at)
SELECT app_id, id, received_at FROM webhook_inbox WHERE projected_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_walls")]

    operations = [
        migrations.RemoveIndex(model_name="webhookinbox", name="webhook_waiting"),
        migrations.CreateModel(
            name="WebhookWaiting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "app_id", "inbox_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("app_id", models.BigIntegerField()),
                ("inbox_id", models.BigIntegerField()),
                ("received_at", models.DateTimeField()),
            ],
            options={"db_table": "webhook_waiting"},
        ),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="webhookinbox", name="projected_at"),
        migrations.RunSQL(CHURN, migrations.RunSQL.noop),
        *hidden("webhook_waiting"),
    ]
