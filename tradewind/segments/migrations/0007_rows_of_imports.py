from django.db import migrations

# An import writes the narrow rows of the people it makes itself, once and whole, and says so for its transaction; by the
# triggers each row would be written twice, when the contact comes and again when its tags come.
WRITTEN = "WHEN (coalesce(current_setting('tradewind.contact_rows', true), '') <> 'written')"


def triggers(when: str) -> str:
    return "\n".join(
        f"""
        DROP TRIGGER {name}_insert ON {table};
        CREATE TRIGGER {name}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS became FOR EACH STATEMENT {when}
          EXECUTE FUNCTION {name}();
        """
        for name, table in (("contact_row_of_contacts", "contact"), ("contact_row_of_new_tags", "contact_tags"))
    )


class Migration(migrations.Migration):
    dependencies = [("segments", "0006_tag_bits")]
    operations = [migrations.RunSQL(triggers(WRITTEN), triggers(""))]
