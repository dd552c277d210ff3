import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from tradewind.workspaces.walls import walls

# Two tags that differ by case only: the younger ones get their number behind the name.
TELL_APART = """
UPDATE tag SET name = left(name, 230) || ' (' || id || ')'
WHERE EXISTS (SELECT FROM tag o WHERE o.workspace_id = tag.workspace_id AND lower(o.name) = lower(tag.name) AND o.id < tag.id)
"""
# Tags that were made before there was a tree stand in it by their names; what is missing above them is made.
PLACE = """
INSERT INTO tag (workspace_id, name, colour, description, created_at)
SELECT DISTINCT ON (t.workspace_id, lower(above.name)) t.workspace_id, above.name, t.colour, '', t.created_at
FROM tag t CROSS JOIN LATERAL (
  SELECT split_part(t.name, '/', 1) AS name
  UNION SELECT split_part(t.name, '/', 1) || '/' || split_part(t.name, '/', 2)
) AS above
WHERE t.name LIKE above.name || '/%' AND above.name NOT LIKE '%/'
  AND NOT EXISTS (SELECT FROM tag o WHERE o.workspace_id = t.workspace_id AND lower(o.name) = lower(above.name));
UPDATE tag SET parent_id = o.id FROM tag o
WHERE o.workspace_id = tag.workspace_id AND tag.name LIKE '%/%'
  AND lower(o.name) = lower(regexp_replace(tag.name, '/[^/]*$', ''));
"""
DEFAULTS = "ALTER TABLE batch ALTER undone SET DEFAULT 0"


class Migration(migrations.Migration):
    dependencies = [("contacts", "0006_walls"), ("workspaces", "0003_invitations_and_buckets")]

    operations = [
        migrations.RunSQL(TELL_APART, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="tag", name="tag_name_once"),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                models.F("workspace"), django.db.models.functions.text.Lower("name"), name="tag_path_once"
            ),
        ),
        migrations.RunSQL(PLACE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="batch", name="last_contact"),
        migrations.AddField(model_name="batch", name="undone", field=models.PositiveIntegerField(default=0)),
        migrations.CreateModel(
            name="BatchStretch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                (
                    "contacts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stretches",
                        to="contacts.batch",
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
            options={"db_table": "batch_stretch"},
        ),
        migrations.AddConstraint(
            model_name="batchstretch",
            constraint=models.UniqueConstraint(fields=("batch", "place"), name="batch_stretch_once"),
        ),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        *walls("batch_stretch"),
    ]
