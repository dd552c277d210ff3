import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls

STATES = [
    "uploading",
    "draft",
    "checking",
    "waiting",
    "running",
    "paused",
    "asking",
    "done",
    "cancelled",
    "failed",
    "undoing",
    "undone",
]
# Defaults for batch SQL, which does not go through the models.
DEFAULTS = """
ALTER TABLE contact_import_stretch ALTER created SET DEFAULT '{}', ALTER changed SET DEFAULT '{}',
  ALTER before SET DEFAULT '{}';
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0030_facts_and_standing"), ("workspaces", "0002_walls")]

    operations = [
        migrations.AddField("contact", "import_id", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField("import", "buckets", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("import", "preview", models.JSONField(default=dict)),
        migrations.AddField("import", "rows_checked", models.PositiveIntegerField(default=0)),
        migrations.RemoveConstraint("import", "contact_import_state_known"),
        migrations.AddConstraint(
            "import",
            models.CheckConstraint(condition=models.Q(state__in=tuple(STATES)), name="contact_import_state_known"),
        ),
        migrations.CreateModel(
            name="ImportStretch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "created",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "changed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("before", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "of_import",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stretches",
                        to="contacts.import",
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
                "db_table": "contact_import_stretch",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["changed"], name="contact_import_changed"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("of_import", "place"), name="contact_import_stretch_once")
                ],
            },
        ),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        *walls("contact_import_stretch"),
    ]
