from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    """What was noted since some day (a tree tried on the past): rows come in the order of their times."""

    dependencies = [("contacts", "0057_sorted_list")]
    operations = [
        migrations.AddIndex("tagchange", BrinIndex(fields=["at"], name="tag_change_since", autosummarize=True)),
        migrations.AddIndex("consent", BrinIndex(fields=["recorded_at"], name="consent_since", autosummarize=True)),
    ]
