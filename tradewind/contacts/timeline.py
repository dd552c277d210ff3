"""Everything that happened with a person, newest first: messages both ways, consent, tags, changes.

Messages are reached by their relation to the contact: this room stands below the one that writes them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from tradewind.contacts import words
from tradewind.contacts.facts.names import OWN
from tradewind.contacts.models import Contact, Import, ImportStretch, Tag, TagChange
from tradewind.contacts.tags import reasons
from tradewind.journal.models import Entry
from tradewind.whatsapp import payloads

PAGE = 40
# What the message itself shows already is not told again from the journal.
TOLD_BY_MESSAGES = "message."
# Tags have a log of their own, which also tells of batches and imports.
TOLD_BY_TAGS = ("contact.tagged", "contact.untagged")


@dataclass(frozen=True, slots=True)
class Moment:
    """One line. `kind`: in, out or event; `state` the ticks of an outgoing message."""

    kind: str
    at: datetime
    text: str
    icon: str = ""
    why: str = ""
    state: str = ""
    state_words: words.Words = ""
    number: str = ""
    by: str = ""
    campaign: str = ""
    is_trouble: bool = False
    is_left_out: bool = False  # it never left: no tick fits
    lang: str = ""
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    moments: list[Moment]
    before: datetime | None  # where the next page begins; None at the end


def of(contact: Contact, *, before: datetime | None = None, only: str = "") -> Timeline:
    """One page of the person's history, from `before` back. `only`: one of ONLY, "" for everything."""
    found = [moment for source in ONLY.get(only, ONLY[""]) for moment in source(contact, before)]
    found.sort(key=lambda moment: moment.at, reverse=True)
    page = found[:PAGE]
    return Timeline(page, page[-1].at if len(found) > PAGE else None)


def messages_of(contact: Contact, before: datetime | None) -> Iterable[Moment]:
    rows = contact.message_set.select_related("number", "content", "author__user", "run__campaign")
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    return [moment_of(row) for row in rows.order_by("-created_at", "-pk")[: PAGE + 1]]


def moment_of(message: Any) -> Moment:
    is_in = message.direction == "in"
    campaign = getattr(message.run, "campaign", None) if message.run_id else None
    return Moment(
        kind="in" if is_in else "out",
        at=message.created_at,
        text=text_of(message),
        why="" if is_in else words.came_of(message),
        state="" if is_in else message.state,
        state_words="" if is_in else words.STATES.get(message.state, message.state),
        number=message.number.name,
        message_id=message.pk,
        by=str(message.author) if message.author else "",
        campaign=campaign.name if campaign else "",
        is_left_out=message.state in ("skipped", "expired", "cancelled"),
        is_trouble=message.state in ("failed", "skipped", "expired", "unknown"),
        lang=str((message.content.payload if message.content_id else {}).get("language", ""))[:2],
    )


def text_of(message: Any) -> str:
    """What was read or written; for a message without words what it was."""
    if message.text:
        return str(message.text)
    if message.content_id and message.content.payload.get("components") is not None:
        return template_text(message.content.payload, message.variables or {})
    if message.payload:
        return free_form_text(message.payload)
    return str(words.KINDS.get(message.kind, message.kind))


def template_text(payload: dict[str, Any], values: dict[str, str]) -> str:
    try:
        return payloads.said_by(payload).preview(values).text
    except payloads.PayloadError:
        return str(payload.get("name", ""))


def free_form_text(payload: dict[str, Any]) -> str:
    """The words of Meta's message object: a text's body or a file's caption, else the kind."""
    kind = str(payload.get("type", ""))
    part = payload.get(kind)
    part = part if isinstance(part, dict) else {}
    found = part.get("body") or part.get("caption") or part.get("filename")
    if isinstance(found, dict):
        found = found.get("text")
    return str(found or words.KINDS.get(kind, kind))


def imports_of(contact: Contact, before: datetime | None) -> Iterable[Moment]:
    """The files that made this contact or changed them; the journal tells of all people of a file at once."""
    stretches = ImportStretch.objects.filter(workspace_id=contact.workspace_id).select_related("of_import")
    changed = stretches.filter(changed__contains=[contact.pk], undone_at=None).order_by("-done_at")[: PAGE + 1]
    found = [(each.done_at, each.of_import.file_name, False) for each in changed]
    if contact.import_id is not None:
        made = Import.objects.filter(pk=contact.import_id, workspace_id=contact.workspace_id).first()
        found += [(contact.created_at, made.file_name, True)] if made else []
    return [
        Moment(kind="event", at=at, text=str(words.imported(is_new=is_new)), icon="file-up", why=name)
        for at, name, is_new in found
        if before is None or at < before
    ]


# Entries of our own making: what was changed, agreed, scored. All others were told from outside.
OUR_OWN = reduce(or_, (Q(kind__startswith=f"{word}.") for word in sorted(OWN)))


def told_by_others(contact: Contact, before: datetime | None) -> Iterable[Moment]:
    """Orders, visits, clicks and whatever else was told from outside."""
    return events_of(contact, before, ~OUR_OWN)


def changes_of(contact: Contact, before: datetime | None) -> Iterable[Moment]:
    return events_of(contact, before, OUR_OWN)


def events_of(contact: Contact, before: datetime | None, which: Q | None = None) -> Iterable[Moment]:
    rows = Entry.objects.filter(which or Q(), contact_id=contact.pk, workspace_id=contact.workspace_id)
    rows = rows.exclude(kind__startswith=TOLD_BY_MESSAGES).exclude(kind__in=TOLD_BY_TAGS)
    if before is not None:
        rows = rows.filter(at__lt=before)
    found = []
    for row in rows.order_by("-at")[: PAGE + 1]:
        icon, happened, why = words.event_of(row.kind, row.data or {})
        found.append(Moment(kind="event", at=row.at, text=str(happened), icon=icon, why=str(why)))
    return found


def tags_of(contact: Contact, before: datetime | None) -> Iterable[Moment]:
    """Tags put on and taken off, with who did it and why."""
    rows = TagChange.objects.filter(contact=contact, workspace_id=contact.workspace_id)
    if before is not None:
        rows = rows.filter(at__lt=before)
    changes = list(rows.order_by("-pk")[: PAGE + 1])
    if not changes:
        return []
    tags = dict(Tag.objects.filter(pk__in={each.tag_id for each in changes}).values_list("pk", "name"))
    names = reasons.Names(contact.workspace_id, changes)
    return [
        Moment(
            kind="event",
            at=each.at,
            text=str(words.tag_change(each.is_on, tags.get(each.tag_id, ""))),
            icon="tag",
            why=" · ".join(filter(None, (names.of(each), reasons.reason_of(each)))),
        )
        for each in changes
    ]


Source = Callable[[Contact, datetime | None], Iterable[Moment]]
# Parts of a history that can be looked at by themselves, by the word in the address.
ONLY: dict[str, tuple[Source, ...]] = {
    "": (messages_of, events_of, tags_of, imports_of),
    "messages": (messages_of,),
    "orders": (told_by_others,),
    "changes": (changes_of, tags_of, imports_of),
}
