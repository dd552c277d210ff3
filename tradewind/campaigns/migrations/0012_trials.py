import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0008_composer"),
        ("workspaces", "0004_phones_shown"),
    ]

    operations = [
        migrations.CreateModel(
            name="Trial",
            fields=[
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="trial",
                        serialize=False,
                        to="campaigns.campaign",
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("has_canary", models.BooleanField(default=False)),
                ("canary_share", models.FloatField(default=0.02)),
                ("canary_least", models.PositiveIntegerField(default=50)),
                ("watch_minutes", models.PositiveIntegerField(default=30)),
                ("has_test", models.BooleanField(default=False)),
                ("sample_share", models.FloatField(default=0.2, null=True)),
                ("sample_people", models.PositiveIntegerField(null=True)),
                ("measure", models.CharField(default="read", max_length=8)),
                ("wait_minutes", models.PositiveIntegerField(default=60)),
                ("confidence", models.FloatField(default=0.98)),
                ("when_even", models.CharField(default="a", max_length=4)),
                ("spread_hours", models.PositiveSmallIntegerField(default=0)),
                ("canary_people", models.PositiveIntegerField(default=0)),
                ("test_people", models.PositiveIntegerField(default=0)),
                ("stage", models.CharField(default="planned", max_length=8)),
                ("stage_at", models.DateTimeField(null=True)),
                ("past", models.JSONField(default=dict)),
                ("canary", models.CharField(blank=True, max_length=10)),
                ("canary_at", models.DateTimeField(null=True)),
                ("canary_seen", models.JSONField(default=dict)),
                ("verdict", models.CharField(blank=True, max_length=8)),
                ("decided_at", models.DateTimeField(null=True)),
                ("winner", models.SmallIntegerField(null=True)),
                ("result", models.JSONField(default=dict)),
                ("opening", models.SmallIntegerField(null=True)),
                ("ready_upto", models.BigIntegerField(default=0)),
                (
                    "decided_by",
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
                "db_table": "trial",
            },
        ),
        *walls("trial"),
    ]
