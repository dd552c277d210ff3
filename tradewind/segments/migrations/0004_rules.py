import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [("segments", "0003_indexes"), ("workspaces", "0003_invitations_and_buckets")]
    operations = [
        migrations.AddField("tagrule", "due_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("tagrule", "is_leaving", models.BooleanField(default=False)),
        migrations.AddField("tagrule", "reached", models.BigIntegerField(default=0)),
        migrations.CreateModel(
            name="TagHealth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("found", models.JSONField(default=dict)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={"db_table": "tag_health"},
        ),
        *walls("tag_health"),
    ]
