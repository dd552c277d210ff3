import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_walls"),
        ("workspaces", "0003_invitations_and_buckets"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="looked_at",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="campaign",
            name="state_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="state_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workspaces.member"
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="to_look_at",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="campaign",
            name="waves",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("run_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("n", models.IntegerField()),
            ],
            options={
                "db_table": "departure",
                "constraints": [models.UniqueConstraint(fields=("run_id", "at"), name="departure_once")],
            },
        ),
        *walls("departure"),
    ]
