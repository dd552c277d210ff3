import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls

DEFAULTS = "ALTER TABLE template ALTER suits SET DEFAULT '{}'"
# What stands now is each template's first version.
FIRST_VERSIONS = """
INSERT INTO template_version (workspace_id, template_id, number, category, parameter_format, components, at, is_ours,
                              status, reason)
SELECT workspace_id, id, 1, category, parameter_format, components, synced_at, false, status, rejected_reason
FROM template
"""


class Migration(migrations.Migration):
    """Templates are made here: their versions, the samples of their files, and which behaviour they suit."""

    dependencies = [("message_templates", "0004_status_at"), ("workspaces", "0002_walls")]

    operations = [
        migrations.CreateModel(
            "Sample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=12)),
                ("mime", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=200)),
                ("body", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "db_table": "template_sample",
                "constraints": [models.UniqueConstraint(fields=("workspace", "sha256"), name="template_sample_once")],
            },
        ),
        migrations.AddField("template", "suits", models.JSONField(default=dict)),
        migrations.AddField(
            "template",
            "sample",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="message_templates.sample",
            ),
        ),
        migrations.CreateModel(
            "Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("category", models.CharField(max_length=20)),
                ("parameter_format", models.CharField(max_length=12)),
                ("components", models.JSONField()),
                ("at", models.DateTimeField()),
                ("is_ours", models.BooleanField(default=False)),
                ("status", models.CharField(max_length=24)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=60)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workspaces.member",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="message_templates.template",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "db_table": "template_version",
                "constraints": [models.UniqueConstraint(fields=("template", "number"), name="template_version_once")],
            },
        ),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        migrations.RunSQL(FIRST_VERSIONS, migrations.RunSQL.noop),
        *walls("template_sample", "template_version"),
    ]
