"""Reads for the contacts' pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import QuerySet

from tradewind.contacts import words
from tradewind.contacts.models import Consent, Contact, Identity, Tag
from tradewind.contacts.privacy import masking
from tradewind.workspaces import walls
from tradewind.workspaces.models import Member

MOST_CONSENTS = 20
# With so many people at most a page counts anew what all of them must be looked at for: some tenths of a second.
FEW = 20_000
MORE_THAN = "SELECT count(*) > %s FROM (SELECT FROM contact WHERE workspace_id = %s LIMIT %s) AS counted"


def is_large(workspace_id: int) -> bool:
    """Whether there are so many people that what looks at all of them is the worker's."""
    with walls.outside(), connection.cursor() as cursor:
        cursor.execute(MORE_THAN, [FEW, workspace_id, FEW + 1])
        return bool(cursor.fetchone()[0])


def tags_of(member: Member) -> QuerySet[Tag]:
    return Tag.objects.visible_to(member).order_by("name")


@dataclass(frozen=True, slots=True)
class Row:
    """A contact in the list."""

    contact: Contact
    phone: str
    handle: str  # what stands in for a phone number that we do not know
    tags: list[Tag]
    marketing: tuple[str, words.Words]


def rows_of(contacts: Iterable[Contact], tags: dict[int, Tag], viewer: Member) -> list[Row]:
    """The rows of a page as this member may see them; the contacts come with their identities and tag rows."""
    contacts = list(contacts)
    for contact in contacts:
        masking.mask_identities(contact.identities.all(), viewer)
    return [
        Row(
            contact,
            address_of(contact.identities.all(), "phone"),
            address_of(contact.identities.all(), "username") or address_of(contact.identities.all(), "bsuid"),
            tags_on(contact, tags),
            words.marketing_of(contact),
        )
        for contact in contacts
    ]


def address_of(identities: Iterable[Identity], kind: str) -> str:
    """The current identity of that kind, the one seen last; "" when there is none."""
    found = [each for each in identities if each.kind == kind and each.is_current]
    return max(found, key=lambda each: (each.seen_at, each.pk)).value if found else ""


def tags_on(contact: Contact, tags: dict[int, Tag]) -> list[Tag]:
    row = getattr(contact, "tag_row", None)
    return [tags[pk] for pk in row.tags if pk in tags] if row else []


def consents_of(contact: Contact) -> QuerySet[Consent]:
    """The proofs, the deciding one first."""
    return contact.consents.select_related("number", "member__user").order_by("-at", "-pk")[:MOST_CONSENTS]


def windows_of(contact: Contact) -> list[Any]:
    """The service windows with each number, the one open longest first."""
    rows = contact.servicewindow_set.select_related("number").order_by("-closes_at")
    return [window for window in rows if window.number.removed_at is None]


# One walk over the narrow rows counts all tags; with a million it takes some tenths of a second, so it is kept a while.
COUNT = """
SELECT tag, count(*)::int FROM contact_tags, unnest(tags) AS tag WHERE workspace_id = %s GROUP BY tag
"""
COUNTED_FOR_SECONDS, KEPT_FOR_SECONDS = 60, 30 * 86_400


# Of tags with others below: people who have any of the family, each once. The families are gathered first (OFFSET):
# with a million people it would else be done anew for each of them.
COUNT_FAMILIES = """
SELECT f.root, (SELECT count(*)::int FROM contact_tags t WHERE t.workspace_id = %s AND t.tags && f.ids)
FROM (
  SELECT top.id AS root, array_agg(tag.id) AS ids FROM tag top JOIN tag ON tag.workspace_id = top.workspace_id
    AND (tag.id = top.id OR starts_with(tag.name, top.name || '/'))
  WHERE top.id = ANY(%s::int[]) GROUP BY top.id OFFSET 0
) f
"""


def people_by_tag(workspace_id: int) -> dict[int, int]:
    """How many people have each tag, or one below it (row number → people), at most a minute old.

    Of many people it is what was counted last, and the worker counts anew meanwhile: nobody waits for it but the first.
    """
    found, is_fresh = kept_counts(workspace_id)
    if found is not None and not is_fresh and is_large(workspace_id):
        from tradewind.contacts import jobs  # which import this module

        jobs.ask_for_tag_counts(workspace_id)
        return found
    return found if found is not None and is_fresh else count_tags(workspace_id)


def count_tags(workspace_id: int) -> dict[int, int]:
    """Count them now, and keep it."""
    with walls.outside(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 2")
        cursor.execute(COUNT, [workspace_id])
        found = dict(cursor.fetchall())
        parents = Tag.objects.filter(workspace_id=workspace_id, parent__isnull=False).values("parent_id").distinct()
        cursor.execute(COUNT_FAMILIES, [workspace_id, [row["parent_id"] for row in parents]])
        found |= dict(cursor.fetchall())
    cache.set(counts_key(workspace_id), found, KEPT_FOR_SECONDS)
    cache.set(fresh_key(workspace_id), True, COUNTED_FOR_SECONDS)
    return found


def kept_counts(workspace_id: int) -> tuple[dict[int, int] | None, bool]:
    """(what was counted last, whether that is less than a minute ago)."""
    keys = counts_key(workspace_id), fresh_key(workspace_id)
    kept = cache.get_many(keys)
    return kept.get(keys[0]), keys[1] in kept


def counts_key(workspace_id: int) -> str:
    return f"contacts.people_by_tag:{workspace_id}"


def fresh_key(workspace_id: int) -> str:
    return f"contacts.people_by_tag.fresh:{workspace_id}"


def forget_counts(workspace_id: int) -> None:
    """Count anew at the next question, of many people soon after it: a member has just changed a tag."""
    cache.delete(fresh_key(workspace_id))
