import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from tradewind.workspaces.walls import walls

# Rows of the append-only tables belong to who stays, after a merge, and nothing else of them changes: only in a
# transaction that says so, and never by the web role, which may not update them at all.
MAY_MERGE = """
CREATE OR REPLACE FUNCTION tradewind_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('tradewind.retention', true) = 'on' AND TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME <> 'audit_entry' THEN
    IF current_setting('tradewind.erasing', true) = 'on' THEN RETURN NEW; END IF;
    IF current_setting('tradewind.merging', true) = 'on'
       AND to_jsonb(NEW) - 'contact_id' = to_jsonb(OLD) - 'contact_id' THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION tradewind_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('tradewind.retention', true) = 'on' AND TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF current_setting('tradewind.erasing', true) = 'on' AND TG_OP = 'UPDATE' AND TG_TABLE_NAME <> 'audit_entry' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0012_pending_tags"),
        ("workspaces", "0004_phones_shown"),
    ]

    operations = [
        migrations.CreateModel(
            name="Double",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("one_id", models.BigIntegerField()),
                ("other_id", models.BigIntegerField()),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("state", models.CharField(default="open", max_length=10)),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
                "db_table": "contact_double",
                "indexes": [models.Index(fields=["other_id"], name="contact_double_other")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "one_id", "other_id"), name="contact_double_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one_id__lt", models.F("other_id"))), name="contact_double_ordered"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "merged", "different"))),
                        name="contact_double_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact_id", models.BigIntegerField(db_index=True)),
                ("into_id", models.BigIntegerField()),
                ("gone_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("kept", models.JSONField(default=dict)),
                ("moved", models.JSONField(default=dict)),
                ("changed", models.JSONField(default=dict)),
                ("horizon", models.BigIntegerField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="workspaces.member"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                "db_table": "contact_merge",
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)), fields=["at"], name="contact_merge_unsettled"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("workspace", "gone_id"),
                        name="contact_merge_once",
                    )
                ],
            },
        ),
        *walls("contact_double", "contact_merge"),
        migrations.RunSQL(MAY_MERGE, BEFORE),
    ]
