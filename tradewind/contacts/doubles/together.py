"""What two people make together: columns filled in, the stricter word about marketing, tags with their history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from tradewind.contacts.models import Contact, TagChange
from tradewind.contacts.tags import assign
from tradewind.contacts.tags.assign import FOR_GOOD, By, Change
from tradewind.workspaces.models import Member

Cursor = psycopg.Cursor[Any]

# Taken from the other where they are empty.
FILLED = ("name", "language", "country", "city", "timezone", "company", "owner_id")
# Why a tag is on somebody, as the log keeps it (tags/reasons.py has the words).
BECAUSE, NO_MORE = "two contacts were merged", "a merge was undone"

# Tags that hands put on: rules decide anew about who stays.
TAGS = """
SELECT tag.id, term.until FROM contact_tags row
JOIN tag ON tag.id = ANY(row.tags) AND tag.rule_id IS NULL AND tag.archived_at IS NULL
LEFT JOIN tag_term term ON term.contact_id = row.contact_id AND term.tag_id = tag.id
WHERE row.contact_id = %s ORDER BY tag.id
"""


@dataclass(frozen=True, slots=True)
class Word:
    """How marketing stands. `needs_proof`: a younger proof says otherwise, so one has to say why."""

    state: str
    at: datetime | None
    needs_proof: bool = False


def columns(stays: Contact, goes: Contact) -> dict[str, Any]:
    """What who stays is to have, by column; marketing apart."""
    found: dict[str, Any] = {name: getattr(stays, name) or getattr(goes, name) for name in FILLED}
    found["fields"] = {**goes.fields, **stays.fields}
    found["created_at"] = min(stays.created_at, goes.created_at)
    found["last_inbound_at"] = max(filter(None, (stays.last_inbound_at, goes.last_inbound_at)), default=None)
    if stays.suppressed_at is None and goes.suppressed_at is not None:
        found["suppressed_at"], found["suppressed_reason"] = goes.suppressed_at, goes.suppressed_reason
    return found


def stricter(one: Contact, other: Contact) -> Word:
    """No beats yes, yes beats never asked."""
    both = sorted((one, other), key=lambda each: ("opted_out", "opted_in", "unknown").index(each.marketing))
    if both[0].marketing == both[1].marketing:
        return Word(one.marketing, max(filter(None, (one.marketing_at, other.marketing_at)), default=None))
    decided, against = both
    is_younger_against = against.marketing_at is not None and (
        decided.marketing_at is None or against.marketing_at > decided.marketing_at
    )
    return Word(decided.marketing, decided.marketing_at, needs_proof=is_younger_against)


def tags_of(cursor: Cursor, contact_id: int) -> dict[int, datetime | None]:
    """Tags that go with somebody, and when each ends by itself."""
    cursor.execute(TAGS, [contact_id])
    return dict(cursor.fetchall())


def put_tags(
    cursor: Cursor, stays: Contact, tags: dict[int, datetime | None], member: Member | None
) -> dict[str, list[int]]:
    """Put on those that are missing, each until when it was to be; {"put": [tags]}."""
    cursor.execute("SELECT tags FROM contact_tags WHERE contact_id = %s", [stays.pk])
    (has,) = cursor.fetchone() or ([],)
    new = {tag: until for tag, until in tags.items() if tag not in has}
    changes = [Change(stays.pk, tag, True, until or FOR_GOOD) for tag, until in new.items()]
    assign.change_many(cursor, stays.workspace_id, changes, by=by(member, BECAUSE))
    return {"put": sorted(new), "had": sorted(tags)}


def tags_back(cursor: Cursor, stays: Contact, back: Contact, told: dict[str, list[int]], member: Member | None) -> None:
    """Take off what the merge put on, unless somebody put it on anew since; give back what who is back had."""
    there = {tag.id: tag for tag in assign.lock_tags(cursor, stays.workspace_id, told.get("had", [])).values()}
    free = {tag for tag, row in there.items() if row.rule_id is None}
    last = TagChange.objects.filter(contact=stays, tag_id__in=told.get("put", [])).order_by("pk")
    ours = {row.tag_id for row in {row.tag_id: row for row in last}.values() if row.reason == BECAUSE}
    changes = [Change(stays.pk, tag, False) for tag in sorted(ours & free)]
    changes += [Change(back.pk, tag, True) for tag in sorted(free) if not there[tag].is_archived]
    assign.change_many(cursor, stays.workspace_id, changes, by=by(member, NO_MORE))


def by(member: Member | None, reason: str) -> By:
    return By(member_id=member.pk if member else None, reason=reason)
