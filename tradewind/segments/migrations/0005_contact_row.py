# ruff: noqa: S608  SQL is put together here from our own words.
import django.contrib.postgres.fields
import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from tradewind.workspaces.walls import walls

# Set-wise where many come at once, in the order of their numbers, so that two writers wait for each other; row by row,
# and only when something of it is different, where a table also changes in ways that do not matter here. Always as
# "insert or else change": that takes the way over the key, whatever plan the session has kept.
FACTS = "contact_id, workspace_id, created_at, country, language, city, marketing, fields"
FIGURES = "engagement, intent, heat, recency, frequency, monetary, orders, grade, stage"
TAKE_FACTS = """
  workspace_id = excluded.workspace_id, created_at = excluded.created_at, country = excluded.country,
  language = excluded.language, city = excluded.city, marketing = excluded.marketing, fields = excluded.fields"""
TAKE_FIGURES = """
  engagement = excluded.engagement, intent = excluded.intent, heat = excluded.heat, recency = excluded.recency,
  frequency = excluded.frequency, monetary = excluded.monetary, orders = excluded.orders, grade = excluded.grade,
  stage = excluded.stage"""
# A row of figures or tags cannot come before its contact: `created_at` is there already.
BEFORE = "'-infinity'::timestamptz"


def facts(of: str) -> str:
    return (
        f"{of}.id, {of}.workspace_id, {of}.created_at, lower({of}.country), lower({of}.language), lower({of}.city),"
        f" lower({of}.marketing), {of}.fields"
    )


def figures(of: str) -> str:
    return (
        f"{of}.engagement, {of}.intent, {of}.heat, {of}.recency, {of}.frequency, {of}.monetary, {of}.orders,"
        f" lower({of}.grade), lower({of}.stage)"
    )


def function(name: str, statement: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n{statement};\nRETURN NULL; END $$;"


FUNCTIONS = "\n".join((
    function("contact_row_of_contacts", f"INSERT INTO contact_row ({FACTS}) SELECT {facts('c')} FROM became c"
             f" ORDER BY c.id ON CONFLICT (contact_id) DO UPDATE SET {TAKE_FACTS}"),
    function("contact_row_of_contact", f"INSERT INTO contact_row ({FACTS}) VALUES ({facts('NEW')})"
             f" ON CONFLICT (contact_id) DO UPDATE SET {TAKE_FACTS}"),
    function("contact_row_without_contact", "DELETE FROM contact_row WHERE contact_id = OLD.id"),
    function("contact_row_of_tags", "INSERT INTO contact_row (contact_id, workspace_id, created_at, tags)"
             f" SELECT contact_id, workspace_id, {BEFORE}, tags FROM became ORDER BY contact_id"
             " ON CONFLICT (contact_id) DO UPDATE SET tags = excluded.tags WHERE contact_row.tags <> excluded.tags"),
    function("contact_row_without_tags", "UPDATE contact_row SET tags = '{}' WHERE contact_id = OLD.contact_id"),
    function("contact_row_of_standings", f"INSERT INTO contact_row (contact_id, workspace_id, created_at, {FIGURES})"
             f" SELECT contact_id, workspace_id, {BEFORE}, {figures('s')} FROM became s ORDER BY contact_id"
             f" ON CONFLICT (contact_id) DO UPDATE SET {TAKE_FIGURES}"),
    function("contact_row_of_standing", f"INSERT INTO contact_row (contact_id, workspace_id, created_at, {FIGURES})"
             f" VALUES (NEW.contact_id, NEW.workspace_id, {BEFORE}, {figures('NEW')})"
             f" ON CONFLICT (contact_id) DO UPDATE SET {TAKE_FIGURES}"),
    function("contact_row_without_standing", "UPDATE contact_row SET engagement = 0, intent = 0, heat = 0, recency = 0,"
             " frequency = 0, monetary = 0, orders = 0, grade = '', stage = '' WHERE contact_id = OLD.contact_id"),
))  # fmt: skip


def differs(columns: str) -> str:
    old, new = (", ".join(f"{of}.{each.strip()}" for each in columns.split(",")) for of in ("OLD", "NEW"))
    return f"WHEN (({old}) IS DISTINCT FROM ({new}))"


def trigger(name: str, when: str, table: str, how: str) -> str:
    return f"CREATE TRIGGER {name}_{when.lower()} AFTER {when} ON {table} {how} EXECUTE FUNCTION {name}();"


MANY = "REFERENCING NEW TABLE AS became FOR EACH STATEMENT"
TRIGGERS = "\n".join((
    trigger("contact_row_of_contacts", "INSERT", "contact", MANY),
    trigger("contact_row_of_contact", "UPDATE", "contact",
            f"FOR EACH ROW {differs('workspace_id, created_at, country, language, city, marketing, fields')}"),
    trigger("contact_row_without_contact", "DELETE", "contact", "FOR EACH ROW"),
    trigger("contact_row_of_tags", "INSERT", "contact_tags", MANY),
    trigger("contact_row_of_tags", "UPDATE", "contact_tags", MANY),
    trigger("contact_row_without_tags", "DELETE", "contact_tags", "FOR EACH ROW"),
    trigger("contact_row_of_standings", "INSERT", "contact_standing", MANY),
    trigger("contact_row_of_standing", "UPDATE", "contact_standing", f"FOR EACH ROW {differs(FIGURES)}"),
    trigger("contact_row_without_standing", "DELETE", "contact_standing", "FOR EACH ROW"),
))  # fmt: skip

# Fields of the business's own that make a row wide are put aside (toast_tuple_target), so that the rows stay narrow for
# trees that do not ask for them. The index of tags is made after the rows: that takes a tenth of the time.
# contact_standing_figures and contact_by_city answered what the narrow rows answer now. contact_last_heard: who wrote
# lately, without touching the wide rows.
ROWS = f"""
ALTER TABLE contact_row SET (fillfactor = 90, toast_tuple_target = 256), ALTER tags SET STORAGE MAIN;
INSERT INTO contact_row ({FACTS}, {FIGURES}, tags)
SELECT {facts("c")}, coalesce(s.engagement, 0), coalesce(s.intent, 0), coalesce(s.heat, 0), coalesce(s.recency, 0),
       coalesce(s.frequency, 0), coalesce(s.monetary, 0), coalesce(s.orders, 0), coalesce(lower(s.grade), ''),
       coalesce(lower(s.stage), ''), coalesce(t.tags, '{{}}')
FROM contact c LEFT JOIN contact_standing s ON s.contact_id = c.id LEFT JOIN contact_tags t ON t.contact_id = c.id
ORDER BY c.id;
DROP INDEX contact_standing_figures; DROP INDEX contact_by_city;
CREATE INDEX contact_last_heard ON contact (workspace_id, last_inbound_at) INCLUDE (id)
  WHERE last_inbound_at IS NOT NULL;
"""
NAMES = ("of_contacts", "of_contact", "without_contact", "of_tags", "without_tags", "of_standings", "of_standing",
         "without_standing")  # fmt: skip
AWAY = f"""
DROP FUNCTION {", ".join(f"contact_row_{name}()" for name in NAMES)} CASCADE;
DROP INDEX contact_last_heard;
CREATE INDEX contact_standing_figures ON contact_standing (workspace_id, engagement, contact_id)
  INCLUDE (intent, heat, grade, recency, frequency, monetary, stage, orders);
CREATE INDEX contact_by_city ON contact (workspace_id, lower(city)) WHERE city <> '';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0030_facts_and_standing"),
        ("segments", "0004_rules"),
        ("workspaces", "0002_walls"),
    ]
    operations = [
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
                ("created_at", models.DateTimeField()),
                ("intent", models.FloatField(db_default=0)),
                ("orders", models.IntegerField(db_default=0)),
                ("engagement", models.SmallIntegerField(db_default=0)),
                ("heat", models.SmallIntegerField(db_default=0)),
                ("recency", models.SmallIntegerField(db_default=0)),
                ("frequency", models.SmallIntegerField(db_default=0)),
                ("monetary", models.SmallIntegerField(db_default=0)),
                ("country", models.TextField(db_default="")),
                ("language", models.TextField(db_default="")),
                ("marketing", models.TextField(db_default="")),
                ("grade", models.TextField(db_default="")),
                ("stage", models.TextField(db_default="")),
                ("city", models.TextField(db_default="")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), db_default=[], size=None
                    ),
                ),
                ("fields", models.JSONField(db_default={})),
            ],
            options={
                "db_table": "contact_row",
                "indexes": [models.Index(fields=["workspace", "contact"], name="contact_row_of_workspace")],
            },
        ),
        *walls("contact_row"),
        migrations.RunSQL([FUNCTIONS, TRIGGERS, ROWS], [AWAY]),
        migrations.AddIndex("contactrow", GinIndex(fields=["tags"], name="contact_row_tags")),
    ]
