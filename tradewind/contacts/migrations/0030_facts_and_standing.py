import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls

# Defaults for batch SQL, which does not go through the models.
DEFAULTS = """
ALTER TABLE contact_standing
  ALTER matrix SET DEFAULT '', ALTER is_potential_vip SET DEFAULT false, ALTER zone_group SET DEFAULT '',
  ALTER dialect SET DEFAULT '', ALTER climate SET DEFAULT '', ALTER habit SET DEFAULT '', ALTER told SET DEFAULT '{}';
ALTER TABLE tag_suggestion ALTER state SET DEFAULT 'open', ALTER language SET DEFAULT '';
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0010_tag_paths"), ("workspaces", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="FactKey",
            fields=[
                ("digest", models.UUIDField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
            ],
            options={"db_table": "fact_key"},
        ),
        migrations.RemoveIndex(model_name="standing", name="contact_standing_oldest"),
        migrations.AddField(
            "standing", "matrix", models.CharField(blank=True, max_length=16, default=""), preserve_default=False
        ),
        migrations.AddField("standing", "growth", models.IntegerField(blank=True, null=True)),
        migrations.AddField("standing", "is_potential_vip", models.BooleanField(default=False)),
        migrations.AddField(
            "standing", "zone_group", models.CharField(blank=True, max_length=24, default=""), preserve_default=False
        ),
        migrations.AddField(
            "standing", "dialect", models.CharField(blank=True, max_length=16, default=""), preserve_default=False
        ),
        migrations.AddField(
            "standing", "climate", models.CharField(blank=True, max_length=12, default=""), preserve_default=False
        ),
        migrations.AddField(
            "standing", "habit", models.CharField(blank=True, max_length=16, default=""), preserve_default=False
        ),
        migrations.AddField("standing", "told", models.JSONField(default=dict)),
        migrations.AddField("standing", "due_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            "standing",
            models.Index(fields=["due_at"], name="contact_standing_due", condition=models.Q(("due_at__isnull", False))),
        ),
        migrations.CreateModel(
            name="StandingSetting",
            fields=[
                (
                    "workspace",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="workspaces.workspace",
                    ),
                ),
                ("settings", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="workspaces.member",
                    ),
                ),
                ("redone_to", models.BigIntegerField(null=True)),
            ],
            options={"db_table": "standing_setting"},
        ),
        migrations.CreateModel(
            name="TagSuggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("language", models.CharField(blank=True, max_length=12)),
                ("term", models.CharField(max_length=120)),
                ("sample", models.CharField(max_length=200)),
                ("people", models.PositiveIntegerField()),
                ("times", models.PositiveIntegerField()),
                ("state", models.CharField(default="open", max_length=8)),
                ("seen_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="workspaces.member",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="contacts.tag",
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
            ],
            options={
                "db_table": "tag_suggestion",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "kind", "language", "term"), name="tag_suggestion_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "accepted", "refused"))),
                        name="tag_suggestion_state_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        *walls("fact_key", "standing_setting", "tag_suggestion"),
    ]
