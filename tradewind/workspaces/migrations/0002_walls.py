from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations

from tradewind.workspaces.walls import MAKE_ROLE, REFUSE_CHANGE, append_only, walls

CACHE_TABLE = """
CREATE TABLE cache_entry (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX cache_entry_expires ON cache_entry (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0001_tables")]
    operations = [
        TrigramExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(CACHE_TABLE, "DROP TABLE cache_entry"),
        migrations.RunSQL(MAKE_ROLE, migrations.RunSQL.noop),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION tradewind_append_only()"),
        *walls("workspace", column="id"),
        *walls("member", "audit_entry", "api_key"),
        *append_only("audit_entry"),
    ]
