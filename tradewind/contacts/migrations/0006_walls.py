from django.db import migrations

from tradewind.workspaces.walls import append_only, walls

# Defaults for batch SQL, which does not go through the models.
DEFAULTS = """
ALTER TABLE tag_change ALTER reason SET DEFAULT '';
ALTER TABLE contact_import_reject ALTER "column" SET DEFAULT '', ALTER detail SET DEFAULT '', ALTER cells SET DEFAULT '[]';
ALTER TABLE contact_standing
  ALTER engagement SET DEFAULT 0, ALTER intent SET DEFAULT 0, ALTER heat SET DEFAULT 0, ALTER grade SET DEFAULT '',
  ALTER recency SET DEFAULT 0, ALTER frequency SET DEFAULT 0, ALTER monetary SET DEFAULT 0, ALTER stage SET DEFAULT '',
  ALTER orders SET DEFAULT 0, ALTER spent SET DEFAULT '{}', ALTER reasons SET DEFAULT '{}';
ALTER TABLE contact_field ALTER kind SET DEFAULT 'text';
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0005_tags_imports_standing"), ("workspaces", "0002_walls")]
    operations = [
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        *walls(
            "tag_term", "batch", "tag_change", "batch_before", "contact_field", "contact_standing",
            "contact_import", "contact_import_piece", "contact_import_reject",
        ),
        *append_only("tag_change"),
    ]  # fmt: skip
