"""Everything that a workspace has of one person (P23), as JSON and as a page that people can read.

The sections stand in SECTIONS and are documented in docs/privacy.md; LEFT_OUT names every other table that knows the
person, and why it is not given out. A test holds the two against the database.
"""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from django.db import connection
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tradewind.contacts import timeline, words
from tradewind.contacts.models import Consent, Contact
from tradewind.lib import clock
from tradewind.workspaces import audit
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

FORMAT = "tradewind.person/1"
# By section: the table, and the SQL that gives one JSON object a row. Columns are given as they are called in the
# database; numbers of other rows come with the names that people know.
SECTIONS: dict[str, tuple[str, str]] = {
    "person": ("contact", "SELECT to_jsonb(t) FROM contact t WHERE t.id = %(id)s"),
    "identities": ("identity", "SELECT to_jsonb(t) FROM identity t WHERE t.contact_id = %(id)s ORDER BY t.id"),
    "consent": (
        "consent",
        "SELECT to_jsonb(t) || jsonb_build_object('number_name', n.name) FROM consent t"
        " LEFT JOIN number n ON n.id = t.number_id WHERE t.contact_id = %(id)s ORDER BY t.at, t.id",
    ),
    "tags": (
        "contact_tags",
        "SELECT jsonb_build_object('tag', g.name) FROM contact_tags t JOIN tag g ON g.id = ANY(t.tags)"
        " WHERE t.contact_id = %(id)s ORDER BY g.name",
    ),
    "tag_changes": (
        "tag_change",
        "SELECT to_jsonb(t) || jsonb_build_object('tag', g.name) FROM tag_change t LEFT JOIN tag g ON g.id = t.tag_id"
        " WHERE t.contact_id = %(id)s ORDER BY t.id",
    ),
    "tag_ends": (
        "tag_term",
        "SELECT to_jsonb(t) || jsonb_build_object('tag', g.name) FROM tag_term t JOIN tag g ON g.id = t.tag_id"
        " WHERE t.contact_id = %(id)s ORDER BY t.id",
    ),
    "scores": ("contact_standing", "SELECT to_jsonb(t) FROM contact_standing t WHERE t.contact_id = %(id)s"),
    "segments": (
        "segment_member",
        "SELECT jsonb_build_object('segment', s.name) FROM segment_member t JOIN segment s ON s.id = t.segment_id"
        " WHERE t.contact_id = %(id)s ORDER BY s.id",
    ),
    "messages": (
        "message",
        "SELECT to_jsonb(t) || jsonb_build_object('number_name', n.name, 'content', c.payload) FROM message t"
        " JOIN number n ON n.id = t.number_id LEFT JOIN content c ON c.id = t.content_id"
        " WHERE t.contact_id = %(id)s ORDER BY t.id",
    ),
    "windows": ("service_window", "SELECT to_jsonb(t) FROM service_window t WHERE t.contact_id = %(id)s ORDER BY t.id"),
    "campaigns": (
        "recipient",
        "SELECT to_jsonb(t) || jsonb_build_object('campaign', c.name) FROM campaign c"
        " JOIN recipient t ON t.campaign_id = c.id AND t.contact_id = %(id)s"
        " WHERE c.workspace_id = %(workspace)s ORDER BY t.id",
    ),
    "events": ("journal", "SELECT to_jsonb(t) - 'tx' FROM journal t WHERE t.contact_id = %(id)s ORDER BY t.at, t.id"),
    "changes_by_batches": (
        "batch_before",
        "SELECT to_jsonb(t) FROM batch_before t WHERE t.contact_id = %(id)s ORDER BY t.id",
    ),
    "changes_by_imports": (
        "contact_import_stretch",
        "SELECT jsonb_build_object('file', i.file_name, 'at', t.done_at, 'before', t.before -> %(id)s::text)"
        " FROM contact_import_stretch t JOIN contact_import i ON i.id = t.of_import_id"
        " WHERE t.workspace_id = %(workspace)s AND t.before ? %(id)s::text ORDER BY t.id",
    ),
    "merges": (
        "contact_merge",
        "SELECT to_jsonb(t) - 'moved' - 'horizon' - 'settled_at' FROM contact_merge t WHERE t.contact_id = %(id)s"
        " ORDER BY t.id",
    ),
    "erasure": (
        "contact_erasure",
        "SELECT to_jsonb(t) - 'needles' - 'upto' - 'place' FROM contact_erasure t WHERE t.contact_id = %(id)s",
    ),
}
# Tables with a contact_id, or of a person's messages, that are not given out.
LEFT_OUT = {
    "outbox": "The queue's own marks for a message that waits; the message itself is given.",
    "ledger_seat": "A mark of 24 hours that this person counts towards Meta's limit; it holds nothing but the number.",
    "attempt": "How the machine called Meta for a message; what came of it is given with the message.",
    "proof": "Meta's message id for an attempt; the message itself is given.",
    "second_try": "When a message that failed is tried again; the message itself is given.",
    "contact_row": "A copy in small letters of what is given as person, scores and tags, for counting segments.",
    "tester": "Which member has test messages sent to this person; the messages themselves are given.",
    "webhook_inbox": "The raw webhook from which a message was read; the message is given as it came.",
}


def collect(contact: Contact) -> dict[str, Any]:
    """The document: its keys are `format`, `made_at`, `business`, the sections, and `left_out`."""
    known = {"id": contact.pk, "workspace": contact.workspace_id}
    found: dict[str, Any] = {
        "format": FORMAT,
        "made_at": clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        "business": contact.workspace.name,
    }
    with connection.cursor() as cursor:
        for name, (_table, sql) in SECTIONS.items():
            cursor.execute(sql, known)
            found[name] = [row if isinstance(row, dict) else orjson.loads(row) for (row,) in cursor.fetchall()]
    return {**found, "left_out": LEFT_OUT}


def proofs_of(contact: Contact) -> list[tuple[Consent, Any]]:
    """The consent passport: every proof, the oldest first, with the words for its source."""
    rows = contact.consents.select_related("number", "member__user").order_by("at", "pk")
    return [(each, words.source_of(each.source)) for each in rows]


def told(contact: Contact, most: int | None = None) -> list[timeline.Moment]:
    """What was said to the person and by them, the newest first."""
    rows = contact.message_set.select_related("number", "content", "author__user", "run__campaign")
    return [timeline.moment_of(row) for row in rows.order_by("-created_at", "-pk")[:most]]


def page_of(contact: Contact, made_at: datetime) -> str:
    """One page of HTML that stands alone: to be read, printed, or kept as PDF from the browser."""
    context = {
        "contact": contact,
        "identities": list(contact.identities.order_by("pk")),
        "proofs": proofs_of(contact),
        "moments": told(contact),
        "made_at": made_at,
    }
    return render_to_string("contacts/privacy_paper.html", context)


def archive(contact: Contact, *, member: Member) -> tuple[str, bytes]:
    """The file's name and a zip of person.json, person.html and README.txt; one line in the audit trail."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as parts:
        parts.writestr("person.json", orjson.dumps(collect(contact), option=orjson.OPT_INDENT_2))
        parts.writestr("person.html", page_of(contact, clock.now()))
        parts.writestr("README.txt", readme())
    audit.note(member, "contact.exported", contact)
    return f"person-{public_id(contact)}.zip", file.getvalue()


def readme() -> str:
    lines = [
        _("person.html is for people: open it in a browser, and print it from there."),
        _("person.json is for programs: everything that is kept, section by section."),
        "",
        _("Not given out:"),
        *(f"- {table}: {why}" for table, why in LEFT_OUT.items()),
    ]
    return "\n".join(lines) + "\n"
