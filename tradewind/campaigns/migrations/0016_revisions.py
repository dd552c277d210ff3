"""What a campaign says may be changed while it is paused: its versions."""

import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0015_free"),
        ("whatsapp_messages", "0012_reconciliation"),
        ("message_templates", "0001_tables"),
        ("workspaces", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("free", models.JSONField(null=True)),
                ("bindings", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                ("people", models.PositiveIntegerField()),
                ("ready_upto", models.BigIntegerField(default=0)),
                ("ready_at", models.DateTimeField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "content",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="whatsapp_messages.content"),
                ),
                (
                    "made_by",
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
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="message_templates.template"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={"db_table": "campaign_revision"},
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(fields=("campaign", "version"), name="campaign_revision_once"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(
                condition=models.Q(("ready_at__isnull", True)), fields=["campaign"], name="campaign_revision_open"
            ),
        ),
        *walls("campaign_revision"),
    ]
