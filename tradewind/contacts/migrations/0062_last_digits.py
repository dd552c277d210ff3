from importlib import import_module

from django.db import migrations, models
from django.db.models.functions import Right

# People remember how a number ends. Four digits in an index part a million people into hundreds, and it stays a few
# megabytes that an import's rows fall into anywhere; the rest of what was typed is compared on the rows themselves.
# The digits come first: an index that begins with the workspace would tempt the planner wherever a workspace is new to
# its statistics, and be read from end to end for each row of an import.
BEFORE = import_module("tradewind.contacts.migrations.0057_sorted_list").SEARCH
OTHERS = "             ELSE format('i.kind = ''bsuid''"
ENDS = """             WHEN '%' THEN format('i.kind = ''phone'' AND i.scope = 0 AND right(i.value, 4) = %L AND i.value LIKE %L',
                                  right(handle, 4), handle)
"""
COMMENT = "beginnings of a phone number (+49…) or user name (@…), or a whole user id; one must fit"
SEARCH = BEFORE.replace(OTHERS, ENDS + OTHERS, 1).replace(
    COMMENT, "beginnings of a phone number (+49…) or user name (@…), ends (%4711), or a whole user id; one must fit", 1
)
DROP = "DROP FUNCTION contacts_found"
HIDE = import_module("tradewind.contacts.migrations.0040_privacy").HIDE


class Migration(migrations.Migration):
    dependencies = [("contacts", "0061_reads_cursor")]
    operations = [
        migrations.AddIndex(
            "identity",
            models.Index(
                Right("value", 4), models.F("workspace"), condition=models.Q(("kind", "phone")), name="identity_ends"
            ),
        ),
        migrations.RunSQL([DROP, SEARCH, HIDE], [DROP, BEFORE, HIDE]),
    ]
