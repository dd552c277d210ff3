import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import append_only, walls


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0004_parts_and_variants"),
        ("workspaces", "0004_phones_shown"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="timing",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="recipient",
            name="country",
            field=models.CharField(blank=True, db_default="", max_length=2),
        ),
        migrations.AddField(
            model_name="recipient",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="recipient",
            name="free_by",
            field=models.CharField(blank=True, db_default="", max_length=12),
        ),
        migrations.CreateModel(
            name="FlightPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                ("is_launched", models.BooleanField(default=False)),
                ("plan", models.JSONField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="plans", to="campaigns.campaign"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workspaces.member"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "db_table": "flight_plan",
                "constraints": [models.UniqueConstraint(fields=("campaign", "version"), name="flight_plan_once")],
            },
        ),
        *walls("flight_plan"),
        *append_only("flight_plan"),
    ]
