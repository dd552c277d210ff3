import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows of tags are made under a lock on their contact (tags.assign) or with it (people, imports): a check of each row
    would look for what is there, at a third of what the row costs. Nobody looks for tag changes by their import.
    """

    dependencies = [("contacts", "0050_doubles")]
    operations = [
        migrations.AlterField(
            "contacttags",
            "contact",
            models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="tag_row",
                serialize=False,
                to="contacts.contact",
            ),
        ),
        migrations.RemoveIndex("tagchange", "tag_change_of_import"),
    ]
