"""Files of events beside files of people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0059_cleanup_people")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="kind",
            field=models.CharField(db_default="people", default="people", max_length=8),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=("people", "events")), name="contact_import_kind_known"
            ),
        ),
    ]
