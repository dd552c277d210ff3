import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0051_retention"),
        ("workspaces", "0005_members"),
    ]

    operations = [
        migrations.CreateModel(
            name="CleanUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("silent_since", models.DateTimeField()),
                ("figures", models.JSONField(default=dict)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"
                    ),
                ),
            ],
            options={
                "db_table": "contact_cleanup",
            },
        ),
        migrations.CreateModel(
            name="CleanAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(max_length=8)),
                ("state", models.CharField(default="running", max_length=8)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("reached", models.BigIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="workspaces.member"
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to="contacts.tag"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="workspaces.workspace",
                    ),
                ),
                (
                    "cleanup",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="acts", to="contacts.cleanup"
                    ),
                ),
            ],
            options={
                "db_table": "contact_clean_act",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "running")), fields=["id"], name="contact_clean_act_running"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("act__in", ("tag", "opt_out", "erase"))), name="contact_clean_act_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("running", "stopped", "done", "failed"))),
                        name="contact_clean_state_known",
                    ),
                ],
            },
        ),
        *walls("contact_cleanup", "contact_clean_act"),
    ]
