from django.db import migrations

# What is told of a person beside their messages: orders, visits, tags. Without it, reading the orders of somebody with
# whom one has talked much would read every status of every message. The hot kinds do not pass the condition, so a
# message's entries pay for one comparison and nothing else.
INDEX = """
CREATE INDEX journal_of_person ON journal (contact_id, at)
WHERE contact_id IS NOT NULL AND kind NOT LIKE 'message.%'
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_journal")]
    operations = [migrations.RunSQL(INDEX, "DROP INDEX journal_of_person")]
