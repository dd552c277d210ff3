from importlib import import_module

from django.db import migrations, models

# The list narrowed to a grade: by its own index, which walks with the newest contacts.
BEFORE = import_module("tradewind.contacts.migrations.0011_search_below").SEARCH
SEARCH = BEFORE.replace("_marketing text,", "_marketing text, _grade text,").replace(
    "  IF _tags IS NOT NULL THEN",
    """  IF _grade <> '' THEN
    _where := _where || format(' AND c.id IN (SELECT s.contact_id FROM contact_standing s'
                               || ' WHERE s.workspace_id = $1 AND s.grade = %L AND s.contact_id < $2)', _grade);
  END IF;
  IF _tags IS NOT NULL THEN""",
    1,
)
DROP = "DROP FUNCTION contacts_found"


class Migration(migrations.Migration):
    dependencies = [("contacts", "0052_cleaning")]
    operations = [
        migrations.AddIndex(
            "standing",
            models.Index(
                fields=["workspace", "grade", "-contact"],
                condition=models.Q(("grade", ""), _negated=True),
                name="contact_standing_graded",
            ),
        ),
        migrations.RunSQL(DROP, BEFORE),
        migrations.RunSQL(SEARCH, DROP),
    ]
