from importlib import import_module

from django.db import migrations

# A tag stands for itself and for what is below it, so the list's function takes several.
SEARCH = (
    import_module("tradewind.contacts.migrations.0004_search")
    .SEARCH.replace("_tag integer,", "_tags integer[],")
    .replace("IF _tag IS NOT NULL THEN", "IF _tags IS NOT NULL THEN")
    .replace("t.tags @> ARRAY[$6]", "t.tags && $6")
    .replace("AND _tag IS NULL", "AND _tags IS NULL")
    .replace("_marketing, _tag, _most", "_marketing, _tags, _most")
)
DROP = "DROP FUNCTION contacts_found"


class Migration(migrations.Migration):
    dependencies = [("contacts", "0020_imports")]
    operations = [
        migrations.RunSQL(DROP, import_module("tradewind.contacts.migrations.0004_search").SEARCH),
        migrations.RunSQL(SEARCH, DROP),
    ]
