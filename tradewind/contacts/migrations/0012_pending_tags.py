import django.contrib.postgres.indexes
from django.db import migrations

# Entries of the tag index wait in a list that every search reads through and that somebody must merge now and then:
# with the usual 4 MB that is a pause of some tenths of a second for whoever happens to tag a person then.
SMALL = "ALTER INDEX contact_tags_gin SET (gin_pending_list_limit = 256)"
USUAL = "ALTER INDEX contact_tags_gin RESET (gin_pending_list_limit)"


class Migration(migrations.Migration):
    dependencies = [("contacts", "0040_privacy")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SMALL, USUAL)],
            state_operations=[
                migrations.RemoveIndex(model_name="contacttags", name="contact_tags_gin"),
                migrations.AddIndex(
                    model_name="contacttags",
                    index=django.contrib.postgres.indexes.GinIndex(
                        fields=["tags"], gin_pending_list_limit=256, name="contact_tags_gin"
                    ),
                ),
            ],
        )
    ]
