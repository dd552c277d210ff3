"""Taking an import back: stretch by stretch, and only what nobody has touched since.

People whom it made go again, unless they have written, were written to, or were changed by somebody; what it changed
about others goes back where it still stands as the import left it.
"""

from typing import Any

import orjson
import psycopg
from django.db import transaction

from tradewind.contacts import queries
from tradewind.contacts.models import Contact, Import, ImportStretch
from tradewind.contacts.tags import assign
from tradewind.contacts.tags.assign import By, Change
from tradewind.journal.actions import record
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock

Cursor = psycopg.Cursor[Any]
# Tables of this room that hang on a contact and go with it. All others are reasons to keep the person.
OWN_TABLES = (
    "contact_standing", "contact_tags", "tag_term", "tag_change", "batch_before", "consent", "identity",
    "tag_suggestion", "fact_key", "contact_row",
)  # fmt: skip
HOLD = "SELECT id FROM contact WHERE id = ANY(%b::bigint[]) AND import_id = %s ORDER BY id FOR UPDATE"
# Entries about the person by name mean that something happened since; the import's own entry names nobody.
SINCE = "SELECT DISTINCT contact_id FROM journal WHERE contact_id = ANY(%b::bigint[]) AND at >= %s"
ALSO_SINCE = "SELECT DISTINCT contact_id FROM consent WHERE contact_id = ANY(%b::bigint[]) AND NOT proof @> %s::jsonb"
TAGGED_SINCE = """
SELECT DISTINCT contact_id FROM tag_change WHERE contact_id = ANY(%b::bigint[]) AND import_id IS DISTINCT FROM %s
  AND rule_id IS NULL
"""
STANDING = """
SELECT id, name, language, country, city, timezone, company, fields::text FROM contact
WHERE id = ANY(%b::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
BACK = """
UPDATE contact SET name = g.name, language = g.language, country = g.country, city = g.city, timezone = g.timezone,
                   company = g.company, fields = g.fields::jsonb
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[])
  AS g (id, name, language, country, city, timezone, company, fields)
WHERE contact.id = g.id
"""
# A tag that this import put on, and that nobody has touched since.
PUT_ON = """
SELECT DISTINCT ON (contact_id, tag_id) contact_id, tag_id, is_on AND import_id IS NOT DISTINCT FROM %s
FROM tag_change WHERE contact_id = ANY(%b::bigint[]) ORDER BY contact_id, tag_id, id DESC
"""
# A word about marketing that the import brought is taken back with its proof: the person never said it.
UNSAY = "DELETE FROM consent WHERE contact_id = ANY(%b::bigint[]) AND proof @> %s::jsonb RETURNING contact_id"
STAND_AGAIN = """
UPDATE contact SET marketing = coalesce(last.state, 'unknown'), marketing_at = last.at
FROM unnest(%b::bigint[]) AS g (id)
LEFT JOIN LATERAL (
  SELECT state, at FROM consent WHERE contact_id = g.id AND purpose = 'marketing' ORDER BY at DESC, id DESC LIMIT 1
) last ON true
WHERE contact.id = g.id
"""
NAMES = ("name", "language", "country", "city", "timezone", "company")


def run(of: Import) -> None:
    """Undo all stretches, the last first; may be called again after a crash."""
    while stretch := of.stretches.filter(undone_at=None).order_by("-place").first():
        with transaction.atomic(), hot_cursor() as cursor:
            undo_stretch(cursor, of, stretch)
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=of.pk)
        row.state, row.undone_at = "undone", clock.now()
        row.save(update_fields=["state", "undone_at"])
        record(
            "import.undone",
            workspace_id=row.workspace_id,
            member_id=row.member_id,
            data={"import": row.pk, "file": row.file_name, "kept": row.counts.get("kept", 0)},
        )
    queries.forget_counts(of.workspace_id)


def undo_stretch(cursor: Cursor, of: Import, stretch: ImportStretch) -> None:
    gone, kept = unmake(cursor, of, stretch.created)
    changed_back = change_back(cursor, of, stretch)
    stretch.undone_at = clock.now()
    stretch.before = {}
    stretch.save(update_fields=["undone_at", "before"])
    row = Import.objects.select_for_update().get(pk=of.pk)
    said = {"removed": gone, "kept": kept, "changed_back": changed_back}
    row.counts = {**row.counts, **{name: row.counts.get(name, 0) + count for name, count in said.items()}}
    row.save(update_fields=["counts"])


def unmake(cursor: Cursor, of: Import, contacts: list[int]) -> tuple[int, int]:
    """Delete the people whom it made, but for those with whom something has happened since: (gone, kept)."""
    if not contacts:
        return 0, 0
    cursor.execute(HOLD, [contacts, of.pk])
    there = {row[0] for row in cursor.fetchall()}
    kept = touched(cursor, of, sorted(there))
    gone = sorted(there - kept)
    if gone:
        # The import's proofs of people who go are no proofs of anything: the append-only trigger lets deletions pass.
        cursor.execute("SET LOCAL tradewind.retention = 'on'")
        for table in (*(name for name in OWN_TABLES if name in tables_of_contacts()), "contact"):
            column = "id" if table == "contact" else "contact_id"
            cursor.execute(f"DELETE FROM {table} WHERE {column} = ANY(%b::bigint[])", [gone])  # noqa: S608  # type: ignore[arg-type]
        cursor.execute("SET LOCAL tradewind.retention = 'off'")
    return len(gone), len(kept)


def touched(cursor: Cursor, of: Import, contacts: list[int]) -> set[int]:
    """Those who wrote, were written to, are in a campaign, or were changed by somebody since."""
    if not contacts:
        return set()
    ours = orjson.dumps({"import": of.pk}).decode()
    cursor.execute(SINCE, [contacts, of.started_at])
    found = {row[0] for row in cursor.fetchall()}
    cursor.execute(ALSO_SINCE, [contacts, ours])
    found |= {row[0] for row in cursor.fetchall()}
    cursor.execute(TAGGED_SINCE, [contacts, of.pk])
    found |= {row[0] for row in cursor.fetchall()}
    for table in tables_of_contacts() - set(OWN_TABLES):
        cursor.execute(f"SELECT DISTINCT contact_id FROM {table} WHERE contact_id = ANY(%b::bigint[])", [contacts])  # noqa: S608  # type: ignore[arg-type]
        found |= {row[0] for row in cursor.fetchall()}
    return found


def tables_of_contacts() -> set[str]:
    """Tables of all rooms whose rows belong to a contact, told by the models themselves."""
    return {
        relation.related_model._meta.db_table
        for relation in Contact._meta.related_objects
        if relation.field.column == "contact_id"
    }


def change_back(cursor: Cursor, of: Import, stretch: ImportStretch) -> int:
    """Give back what it changed about people who were there."""
    if not stretch.changed:
        return 0
    cursor.execute(STANDING, [sorted(stretch.changed)])
    rows = []
    for id, *values, fields in cursor.fetchall():
        before = stretch.before.get(str(id), {})
        old = [before[n][0] if n in before and before[n][1] == v else v for n, v in zip(NAMES, values, strict=True)]
        rows.append([id, *old, orjson.dumps(fields_back(orjson.loads(fields), before.get("fields", {}))).decode()])
    if rows:
        cursor.execute(BACK, [list(column) for column in zip(*rows, strict=True)])
    tags_back(cursor, of, stretch.changed)
    consent_back(cursor, of, stretch.changed)
    return len(rows)


def fields_back(fields: dict[str, Any], before: dict[str, list[Any]]) -> dict[str, Any]:
    for key, (old, new) in before.items():
        if fields.get(key) == new:
            fields[key] = old
    return {key: value for key, value in fields.items() if value is not None}


def tags_back(cursor: Cursor, of: Import, contacts: list[int]) -> None:
    cursor.execute(PUT_ON, [of.pk, contacts])
    changes = [Change(contact, tag, False) for contact, tag, is_ours in cursor.fetchall() if is_ours]
    try:
        with transaction.atomic():
            assign.change_many(cursor, of.workspace_id, changes, by=By(import_id=of.pk, reason=of.file_name))
    except assign.TagGone:
        there = set(assign.lock_tags(cursor, of.workspace_id, {change.tag_id for change in changes}))
        left = [change for change in changes if change.tag_id in there]
        assign.change_many(cursor, of.workspace_id, left, by=By(import_id=of.pk, reason=of.file_name))


def consent_back(cursor: Cursor, of: Import, contacts: list[int]) -> None:
    cursor.execute("SET LOCAL tradewind.retention = 'on'")
    cursor.execute(UNSAY, [contacts, orjson.dumps({"import": of.pk}).decode()])
    unsaid = sorted({row[0] for row in cursor.fetchall()})
    cursor.execute("SET LOCAL tradewind.retention = 'off'")
    if unsaid:
        cursor.execute(STAND_AGAIN, [unsaid])
