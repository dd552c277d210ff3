# ruff: noqa: S608  SQL is put together here from our own words.
"""The narrow row says of each tag with one bit whether a person has it, and counts people who were erased as nobody.

A tag is one bit of four numbers: a tree asks for it, or for a dimension with all its tags, in a few nanoseconds. An
array has to be copied and searched, and an index of arrays makes every new tag dear. A tag gets its place among the bits
when it is made, and no other tag ever gets it; tags beyond the last place are asked of `contact_tags`.
"""

import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import ROLE, SETTING, walls

PLACES, WORD = 256, 64
WORDS = [f"tags{word}" for word in range(PLACES // WORD)]
# Names the lock of a workspace's places among all advisory locks.
GIVING = 7_462

GIVE = f"""
CREATE FUNCTION tag_place_of_tag() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM pg_advisory_xact_lock({GIVING}, hashtext(NEW.workspace_id::text));
  INSERT INTO tag_place (tag_id, workspace_id, place)
  SELECT NEW.id, NEW.workspace_id, next FROM (
    SELECT coalesce(max(place) + 1, 0) AS next FROM tag_place WHERE workspace_id = NEW.workspace_id) AS free
  WHERE next < {PLACES};
  RETURN NULL;
END $$;
CREATE TRIGGER tag_place_of_tag AFTER INSERT ON tag FOR EACH ROW EXECUTE FUNCTION tag_place_of_tag();
INSERT INTO tag_place (tag_id, workspace_id, place)
SELECT id, workspace_id, place FROM (
  SELECT id, workspace_id, row_number() OVER (PARTITION BY workspace_id ORDER BY id) - 1 AS place FROM tag) AS given
WHERE place < {PLACES};
"""

# Set-wise where many come at once, in the order of their numbers, so that two writers wait for each other; row by row,
# and only when something of it is different, where a table also changes in ways that do not matter here. Always as
# "insert or else change": that takes the way over the key, whatever plan the session has kept.
FACTS = "contact_id, workspace_id, created_at, country, language, city, marketing, fields"
FIGURES = "engagement, intent, heat, recency, frequency, monetary, orders, grade, stage"
# A row of figures or tags cannot come before its contact: `created_at` is there already.
BEFORE = "'-infinity'::timestamptz"


def take(columns: str) -> str:
    return ", ".join(f"{each.strip()} = excluded.{each.strip()}" for each in columns.split(",")[1:])


def facts(of: str) -> str:
    """Of whom was erased, a row stays (messages hang on it): it belongs to no workspace, and the sign keeps it apart."""
    return (
        f"{of}.id, CASE WHEN {of}.suppressed_reason = 'erased' THEN -{of}.workspace_id ELSE {of}.workspace_id END,"
        f" {of}.created_at, lower({of}.country), lower({of}.language), lower({of}.city), lower({of}.marketing),"
        f" {of}.fields"
    )


def figures(of: str) -> str:
    return (
        f"{of}.engagement, {of}.intent, {of}.heat, {of}.recency, {of}.frequency, {of}.monetary, {of}.orders,"
        f" lower({of}.grade), lower({of}.stage)"
    )


def bits(word: int) -> str:
    """The word's bits of all tags that a person has, over the rows of `tag_place`."""
    return f"coalesce(bit_or(1::bigint << (p.place & {WORD - 1})) FILTER (WHERE p.place / {WORD} = {word}), 0)"


ALL_BITS = ", ".join(bits(word) for word in range(len(WORDS)))
PLACED = "LEFT JOIN LATERAL unnest(b.tags) AS has (tag) ON true LEFT JOIN tag_place p ON p.tag_id = has.tag"


def of_tags(which: str) -> str:
    columns = ", ".join(WORDS)
    old, new = (", ".join(f"{of}.{word}" for word in WORDS) for of in ("contact_row", "excluded"))
    return (
        f"INSERT INTO contact_row (contact_id, workspace_id, created_at, {columns})"
        f" SELECT b.contact_id, b.workspace_id, {BEFORE}, {ALL_BITS} FROM became b {PLACED} {which}"
        " GROUP BY b.contact_id, b.workspace_id ORDER BY b.contact_id"
        f" ON CONFLICT (contact_id) DO UPDATE SET {take(f'contact_id, {columns}')} WHERE ({old}) <> ({new})"
    )


def function(name: str, statement: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n{statement};\nRETURN NULL; END $$;"


NOTHING = ", ".join(f"{word} = 0" for word in WORDS)
FUNCTIONS = "\n".join((
    function("contact_row_of_contacts", f"INSERT INTO contact_row ({FACTS}) SELECT {facts('c')} FROM became c"
             f" ORDER BY c.id ON CONFLICT (contact_id) DO UPDATE SET {take(FACTS)}"),
    function("contact_row_of_contact", f"INSERT INTO contact_row ({FACTS}) VALUES ({facts('NEW')})"
             f" ON CONFLICT (contact_id) DO UPDATE SET {take(FACTS)}"),
    function("contact_row_without_contact", "DELETE FROM contact_row WHERE contact_id = OLD.id"),
    # Everybody gets an empty row of tags at the beginning: of that there is nothing to note.
    function("contact_row_of_new_tags", of_tags("WHERE b.tags <> '{}'")),
    function("contact_row_of_tags", of_tags("")),
    function("contact_row_without_tags", f"UPDATE contact_row SET {NOTHING} WHERE contact_id = OLD.contact_id"),
    function("contact_row_of_standings", f"INSERT INTO contact_row (contact_id, workspace_id, created_at, {FIGURES})"
             f" SELECT contact_id, workspace_id, {BEFORE}, {figures('s')} FROM became s ORDER BY contact_id"
             f" ON CONFLICT (contact_id) DO UPDATE SET {take(f'contact_id, {FIGURES}')}"),
    function("contact_row_of_standing", f"INSERT INTO contact_row (contact_id, workspace_id, created_at, {FIGURES})"
             f" VALUES (NEW.contact_id, NEW.workspace_id, {BEFORE}, {figures('NEW')})"
             f" ON CONFLICT (contact_id) DO UPDATE SET {take(f'contact_id, {FIGURES}')}"),
    function("contact_row_without_standing", "UPDATE contact_row SET engagement = 0, intent = 0, heat = 0, recency = 0,"
             " frequency = 0, monetary = 0, orders = 0, grade = '', stage = '' WHERE contact_id = OLD.contact_id"),
))  # fmt: skip
OF_BEFORE = ("of_contacts", "of_contact", "without_contact", "of_tags", "without_tags", "of_standings", "of_standing",
             "without_standing")  # fmt: skip
DROP_FUNCTIONS = f"DROP FUNCTION {', '.join(f'contact_row_{name}()' for name in OF_BEFORE)} CASCADE;"


def differs(columns: str) -> str:
    old, new = (", ".join(f"{of}.{each.strip()}" for each in columns.split(",")) for of in ("OLD", "NEW"))
    return f"WHEN (({old}) IS DISTINCT FROM ({new}))"


def trigger(name: str, when: str, table: str, how: str) -> str:
    return f"CREATE TRIGGER {name}_{when.lower()} AFTER {when} ON {table} {how} EXECUTE FUNCTION {name}();"


MANY = "REFERENCING NEW TABLE AS became FOR EACH STATEMENT"
NOTED = "workspace_id, created_at, country, language, city, marketing, fields, suppressed_reason"
TRIGGERS = "\n".join((
    trigger("contact_row_of_contacts", "INSERT", "contact", MANY),
    trigger("contact_row_of_contact", "UPDATE", "contact", f"FOR EACH ROW {differs(NOTED)}"),
    trigger("contact_row_without_contact", "DELETE", "contact", "FOR EACH ROW"),
    trigger("contact_row_of_new_tags", "INSERT", "contact_tags", MANY),
    trigger("contact_row_of_tags", "UPDATE", "contact_tags", MANY),
    trigger("contact_row_without_tags", "DELETE", "contact_tags", "FOR EACH ROW"),
    trigger("contact_row_of_standings", "INSERT", "contact_standing", MANY),
    trigger("contact_row_of_standing", "UPDATE", "contact_standing", f"FOR EACH ROW {differs(FIGURES)}"),
    trigger("contact_row_without_standing", "DELETE", "contact_standing", "FOR EACH ROW"),
))  # fmt: skip

# Fields of the business's own that make a row wide are put aside (toast_tuple_target), so that the rows stay narrow for
# trees that do not ask for them.
ROWS = f"""
ALTER TABLE contact_row SET (fillfactor = 90, toast_tuple_target = 256);
INSERT INTO contact_row ({FACTS}, {FIGURES}, {", ".join(WORDS)})
SELECT {facts("c")}, coalesce(s.engagement, 0), coalesce(s.intent, 0), coalesce(s.heat, 0), coalesce(s.recency, 0),
       coalesce(s.frequency, 0), coalesce(s.monetary, 0), coalesce(s.orders, 0), coalesce(lower(s.grade), ''),
       coalesce(lower(s.stage), ''), {", ".join(f"coalesce(t.{word}, 0)" for word in WORDS)}
FROM contact c LEFT JOIN contact_standing s ON s.contact_id = c.id LEFT JOIN (
  SELECT b.contact_id, {", ".join(f"{bits(n)} AS {word}" for n, word in enumerate(WORDS))} FROM contact_tags b {PLACED}
  GROUP BY b.contact_id) AS t ON t.contact_id = c.id
ORDER BY c.id;
ANALYZE contact_row;
"""
# An erased person's row is still walled in by the workspace that it was of: the triggers write it in web requests, too.
OWN_WALL = f"""
ALTER TABLE contact_row ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON contact_row TO {ROLE}
  USING (abs(workspace_id) = (SELECT nullif(current_setting('{SETTING}', true), '')::bigint))
  WITH CHECK (abs(workspace_id) = (SELECT nullif(current_setting('{SETTING}', true), '')::bigint));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0040_privacy"),
        ("segments", "0005_contact_row"),
        ("workspaces", "0002_walls"),
    ]
    operations = [
        migrations.CreateModel(
            name="TagPlace",
            fields=[
                ("tag_id", models.IntegerField(primary_key=True, serialize=False)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="workspaces.workspace",
                    ),
                ),
                ("place", models.SmallIntegerField()),
            ],
            options={
                "db_table": "tag_place",
                "constraints": [models.UniqueConstraint(fields=["workspace", "place"], name="tag_place_once")],
            },
        ),
        *walls("tag_place"),
        migrations.RunSQL(GIVE),
        migrations.RunSQL(DROP_FUNCTIONS),
        migrations.DeleteModel("ContactRow"),
        migrations.CreateModel(
            name="ContactRow",
            fields=[  # narrow and of fixed width first: they are read without looking at what stands before them
                (
                    "contact",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="narrow_row",
                        serialize=False,
                        to="contacts.contact",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="workspaces.workspace",
                    ),
                ),
                *((word, models.BigIntegerField(db_default=0)) for word in WORDS),
                ("engagement", models.SmallIntegerField(db_default=0)),
                ("heat", models.SmallIntegerField(db_default=0)),
                ("orders", models.IntegerField(db_default=0)),
                ("created_at", models.DateTimeField()),
                ("intent", models.FloatField(db_default=0)),
                ("recency", models.SmallIntegerField(db_default=0)),
                ("frequency", models.SmallIntegerField(db_default=0)),
                ("monetary", models.SmallIntegerField(db_default=0)),
                ("marketing", models.TextField(db_default="")),
                ("country", models.TextField(db_default="")),
                ("language", models.TextField(db_default="")),
                ("grade", models.TextField(db_default="")),
                ("stage", models.TextField(db_default="")),
                ("city", models.TextField(db_default="")),
                ("fields", models.JSONField(db_default={})),
            ],
            options={
                "db_table": "contact_row",
                "indexes": [models.Index(fields=["workspace", "contact"], name="contact_row_of_workspace")],
            },
        ),
        migrations.RunSQL([OWN_WALL, FUNCTIONS, TRIGGERS, ROWS]),
    ]
