import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls

# Rows of the append-only tables lose a person's words when the person is erased, and only then: in a transaction that
# says so. The web role may neither update nor delete them, whatever it says.
MAY_ERASE = """
CREATE OR REPLACE FUNCTION tradewind_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('tradewind.retention', true) = 'on' AND TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF current_setting('tradewind.erasing', true) = 'on' AND TG_OP = 'UPDATE' AND TG_TABLE_NAME <> 'audit_entry' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION tradewind_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('tradewind.retention', true) = 'on' AND TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
# Whoever was erased is in no list: of them only a nameless row is left, to which their messages belong.
HIDE = """
DO $hide$
DECLARE source text;
BEGIN
  SELECT pg_get_functiondef('contacts_found'::regproc) INTO source;
  EXECUTE replace(source, $a$'c.workspace_id = $1 AND c.id < $2'$a$,
                  $b$'c.workspace_id = $1 AND c.id < $2 AND c.suppressed_reason <> ''erased'''$b$);
END $hide$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0011_search_below"),
        ("journal", "0002_journal"),
        ("workspaces", "0004_phones_shown"),
    ]
    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact_id", models.BigIntegerField()),
                ("step", models.CharField(default="queue", max_length=8)),
                ("needles", models.JSONField(default=dict)),
                ("upto", models.BigIntegerField(blank=True, null=True)),
                ("place", models.BigIntegerField(default=0)),
                ("waits_for", models.CharField(blank=True, max_length=20)),
                ("again_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="workspaces.member",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "contact_erasure",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "contact_id"), name="contact_erasure_once"),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ("queue", "heard", "rows", "bodies", "traces", "done"))),
                        name="contact_erasure_step_known",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)), fields=["again_at"], name="contact_erasure_due"
                    )
                ],
            },
        ),
        *walls("contact_erasure"),
        migrations.RunSQL(MAY_ERASE, BEFORE),
        migrations.RunSQL(HIDE, migrations.RunSQL.noop),
    ]
