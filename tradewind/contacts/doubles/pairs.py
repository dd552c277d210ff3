"""Two people side by side: what each has, where they differ, and who had better stay."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.contacts import queries, words
from tradewind.contacts.models import Contact, Double, Identity, Merge, Tag
from tradewind.contacts.privacy import masking
from tradewind.workspaces.models import Member

PAGE = 20
# What two people have in common; the first of them are the surest.
REASONS: dict[str, str | Promise] = {
    "linked": _("WhatsApp names both as one person"),
    "phone": _("The same number, written in two ways"),
    "email": _("The same e-mail address"),
    "username": _("The same user name"),
    "name_city": _("The same name in the same town"),
}
COUNTS = """
SELECT given.id, (SELECT count(*) FROM message WHERE contact_id = given.id),
       (SELECT count(*) FROM consent WHERE contact_id = given.id)
FROM unnest(%s::bigint[]) AS given (id)
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    contact: Contact
    phones: list[str]
    handles: list[str]
    tags: list[Tag]
    messages: int
    proofs: int
    marketing: tuple[str, words.Words]

    @property
    def shown(self) -> str:
        return self.contact.name or (self.phones or self.handles or [""])[0]

    @property
    def weight(self) -> tuple[Any, ...]:
        """Who has more history had better stay."""
        return self.messages, len(self.tags), bool(self.phones), -self.contact.created_at.timestamp()


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of both. `kind` says how it is drawn: text, day, phones, tags, state, count."""

    name: str | Promise
    kind: str
    one: Any
    other: Any

    @property
    def values(self) -> tuple[Any, Any]:
        return self.one, self.other

    @property
    def differs(self) -> bool:
        return bool(self.one != self.other)


@dataclass(frozen=True, slots=True)
class Pair:
    """`double` is None for two whom somebody chose by hand."""

    one: Side
    other: Side
    double: Double | None
    reasons: list[str | Promise]

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.one, self.other

    @property
    def keep(self) -> Side:
        """Who is proposed to stay."""
        return max(self.one, self.other, key=lambda side: side.weight)

    @property
    def rows(self) -> list[Row]:
        """What is known of either, line by line."""
        lines = [Row(name, kind, get(self.one), get(self.other)) for name, kind, get in LINES]
        keys = sorted({*self.one.contact.fields, *self.other.contact.fields})
        lines += [Row(key, "text", *(side.contact.fields.get(key, "") for side in self.sides)) for key in keys]
        return [line for line in lines if line.one or line.other]


LINES: list[tuple[str | Promise, str, Any]] = [
    (_("Name"), "text", lambda side: side.contact.name),
    (_("Phone"), "phones", lambda side: side.phones),
    (_("Also known as"), "handles", lambda side: side.handles),
    (_("City"), "text", lambda side: side.contact.city),
    (_("Country"), "text", lambda side: words.country_name(side.contact.country) if side.contact.country else ""),
    (_("Language"), "text", lambda side: words.language_name(side.contact.language) if side.contact.language else ""),
    (_("Company"), "text", lambda side: side.contact.company),
    (_("Marketing"), "state", lambda side: side.marketing),
    (_("Proofs of consent"), "count", lambda side: side.proofs),
    (_("Messages"), "count", lambda side: side.messages),
    (_("Last wrote"), "day", lambda side: side.contact.last_inbound_at),
    (_("Tags"), "tags", lambda side: side.tags),
    (_("Since"), "day", lambda side: side.contact.created_at),
]


def open_pairs(member: Member, why: str, *, below: int | None = None) -> tuple[list[Pair], int | None]:
    """One page of pairs to decide on that have this in common, the newest first; where the next page begins."""
    rows = Double.objects.visible_to(member).filter(state="open", reasons__contains=[why]).order_by("-pk")
    if below is not None:
        rows = rows.filter(pk__lt=below)
    found = list(rows[: PAGE + 1])
    return pairs_of(found[:PAGE], member), found[PAGE - 1].pk if len(found) > PAGE else None


def open_counts(member: Member) -> dict[str, int]:
    """How many pairs wait, by what they have in common, the surest first; only kinds of which there are some."""
    counts: Counter[str] = Counter()
    for reasons, n in (
        Double.objects.visible_to(member).filter(state="open").values_list("reasons").annotate(n=Count("pk"))
    ):
        counts.update(dict.fromkeys(reasons, n))
    return {why: counts[why] for why in REASONS if counts[why]}


def pairs_of(doubles: Iterable[Double], member: Member) -> list[Pair]:
    """The pairs of which both are still there."""
    doubles = list(doubles)
    sides = sides_of({pk for each in doubles for pk in (each.one_id, each.other_id)}, member)
    return [
        Pair(sides[each.one_id], sides[each.other_id], each, [REASONS[r] for r in each.reasons if r in REASONS])
        for each in doubles
        if each.one_id in sides and each.other_id in sides
    ]


def pair_of(one: Contact, other: Contact, member: Member) -> Pair:
    """Two whom somebody chose."""
    sides = sides_of({one.pk, other.pk}, member)
    return Pair(sides[one.pk], sides[other.pk], None, [])


def sides_of(ids: set[int], member: Member) -> dict[int, Side]:
    rows = Contact.objects.visible_to(member).filter(pk__in=ids).select_related("tag_row")
    tags = {tag.pk: tag for tag in queries.tags_of(member)}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [sorted(ids)])
        counts = {pk: (messages, proofs) for pk, messages, proofs in cursor.fetchall()}
    return {row.pk: side_of(row, tags, counts[row.pk], member) for row in rows.prefetch_related("identities")}


def side_of(contact: Contact, tags: dict[int, Tag], counts: tuple[int, int], member: Member) -> Side:
    identities: list[Identity] = list(contact.identities.all())
    masking.mask_identities(identities, member)
    return Side(
        contact,
        [each.value for each in identities if each.kind == "phone"],
        [each.value for each in identities if each.kind != "phone"],
        sorted(queries.tags_on(contact, tags), key=lambda tag: tag.name),
        *counts,
        words.marketing_of(contact),
    )


def lately(member: Member, since: datetime) -> list[tuple[Merge, Contact | None]]:
    """Merges that can still be undone, the latest first, with who stayed."""
    rows = Merge.objects.visible_to(member).filter(undone_at=None, at__gte=since).exclude(kept={})
    found = list(rows.select_related("member__user").order_by("-at")[:PAGE])
    people = Contact.objects.visible_to(member).in_bulk([row.contact_id for row in found])
    return [(row, people.get(row.contact_id)) for row in found]
