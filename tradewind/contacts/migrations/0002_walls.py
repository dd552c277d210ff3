from django.db import migrations

from tradewind.workspaces.walls import append_only, walls

# Defaults for the batch SQL of the projector and of imports, which do not go through the models.
DEFAULTS = """
ALTER TABLE contact
  ALTER name SET DEFAULT '', ALTER language SET DEFAULT '', ALTER country SET DEFAULT '', ALTER city SET DEFAULT '',
  ALTER timezone SET DEFAULT '', ALTER company SET DEFAULT '', ALTER fields SET DEFAULT '{}',
  ALTER marketing SET DEFAULT 'unknown', ALTER suppressed_reason SET DEFAULT '', ALTER unreachable_count SET DEFAULT 0;
ALTER TABLE identity ALTER scope SET DEFAULT 0, ALTER is_current SET DEFAULT true;
ALTER TABLE contact_tags ALTER tags SET DEFAULT '{}';
ALTER TABLE consent ALTER purpose SET DEFAULT 'marketing', ALTER wording SET DEFAULT '', ALTER proof SET DEFAULT '{}';
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_tables"), ("workspaces", "0002_walls")]
    operations = [
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        *walls("contact", "identity", "tag", "contact_tags", "consent", "suppression"),
        *append_only("consent"),
    ]
