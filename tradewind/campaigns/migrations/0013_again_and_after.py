import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0012_trials"),
        ("message_templates", "0004_status_at"),
        ("workspaces", "0005_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="Season",
            fields=[
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="workspaces.workspace",
                    ),
                ),
                ("months", models.JSONField(default=list)),
                ("follow_up_hours", models.PositiveSmallIntegerField(default=24)),
            ],
            options={
                "db_table": "season",
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="answer_minutes",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="slowdowns",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("rule", models.JSONField(default=dict)),
                ("is_on", models.BooleanField(default=False)),
                ("next_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                (
                    "pattern",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="series", to="campaigns.campaign"
                    ),
                ),
                (
                    "switched_by",
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
                "db_table": "series",
            },
        ),
        migrations.CreateModel(
            name="Occurrence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "campaign",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="occurrence",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="occurrences", to="campaigns.series"
                    ),
                ),
            ],
            options={
                "db_table": "occurrence",
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("after_hours", models.PositiveSmallIntegerField(default=72)),
                ("keeps_season", models.BooleanField(default=True)),
                ("bindings", models.JSONField(default=list)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="follow_ups", to="campaigns.campaign"
                    ),
                ),
                (
                    "child",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="follows",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workspaces.member"
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="message_templates.template"),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "db_table": "follow_up",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["campaign"], name="follow_up_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("unread", "unreplied", "read_silent"))),
                        name="follow_up_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("waiting", "made", "off"))), name="follow_up_state_known"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(condition=models.Q(("is_on", True)), fields=["next_at"], name="series_due"),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("daily", "weekly", "monthly", "anniversary", "replenish"))),
                name="series_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(fields=("series", "day"), name="occurrence_once"),
        ),
        *walls("follow_up", "season", "series", "occurrence"),
    ]
