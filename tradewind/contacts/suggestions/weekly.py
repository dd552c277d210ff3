"""The week's messages counted for each workspace, and what a person makes of the proposals."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.contacts.errors import ContactError
from tradewind.contacts.models import TagSuggestion
from tradewind.contacts.suggestions.counting import Found, Wrote, found_in
from tradewind.contacts.tags import paths, tree
from tradewind.contacts.tags.assign import By, Change, change_many
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock, text
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

Cursor = psycopg.Cursor[Any]

WEEK = timedelta(days=7)
# Who wrote last is read first; a house that hears from more people in a week finds its subjects among these.
MOST_PEOPLE, MOST_MESSAGES_EACH = 20_000, 30
# A proposal that nobody decided on and that did not come again.
FORGOTTEN_AFTER = timedelta(days=28)

WRITTEN = """
SELECT c.id, c.language, m.text FROM (
  SELECT id, language FROM contact WHERE workspace_id = %s AND last_inbound_at >= %s
  ORDER BY last_inbound_at DESC LIMIT %s
) AS c CROSS JOIN LATERAL (
  SELECT left(text, 300) AS text FROM message
  WHERE contact_id = c.id AND direction = 'in' AND created_at >= %s AND created_at <= %s AND text <> ''
  ORDER BY id DESC LIMIT %s
) AS m
"""
# What was refused stays refused, what was accepted stays accepted.
KEEP = """
INSERT INTO tag_suggestion (workspace_id, kind, language, term, sample, people, times, state, seen_at)
SELECT %s, kind, language, term, sample, people, times, 'open', %s
FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::int[], %b::int[])
  AS g (kind, language, term, sample, people, times)
ON CONFLICT (workspace_id, kind, language, term) DO UPDATE
SET sample = excluded.sample, people = excluded.people, times = excluded.times, seen_at = excluded.seen_at
"""
FORGET = "DELETE FROM tag_suggestion WHERE workspace_id = %s AND state = 'open' AND seen_at < %s"


def suggest(workspace_id: int) -> int:
    """Count the last seven days; how many proposals stand in them. Safe to repeat."""
    now = clock.now()
    with transaction.atomic(), hot_cursor() as cursor:
        found = found_in(written(cursor, workspace_id, now))
        if found:
            rows = ((f.kind, f.language[:12], f.term, text.storable(f.sample), len(f.contacts), f.times) for f in found)
            cursor.execute(KEEP, [workspace_id, now, *map(list, zip(*rows, strict=True))])
        cursor.execute(FORGET, [workspace_id, now - FORGOTTEN_AFTER])
    return len(found)


def written(cursor: Cursor, workspace_id: int, until: datetime) -> list[Wrote]:
    since = until - WEEK
    cursor.execute(WRITTEN, [workspace_id, since, MOST_PEOPLE, since, until, MOST_MESSAGES_EACH])
    return [Wrote(*row) for row in cursor.fetchall()]


def suggest_all() -> None:
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        suggest(workspace_id)


@transaction.atomic
def accept(suggestion: TagSuggestion, *, name: str, by: Member, may_make: bool) -> int:
    """Make the tag (or take the one of that name) and put it on whoever wrote so in that week; how many they are.

    Raises errors.TagError and ContactError with a sentence.
    """
    suggestion = held(suggestion)
    (tag,) = tree.named_all(by.workspace, [paths.clean(name)], by, may_make=may_make)
    with hot_cursor() as cursor:
        people = who_wrote(written(cursor, by.workspace_id, suggestion.seen_at), suggestion)
        changes = [Change(contact, tag.pk, True) for contact in sorted(people)]
        said = By(member_id=by.pk, reason=f"wrote: {suggestion.sample}"[:200])
        count = change_many(cursor, by.workspace_id, changes, by=said) if changes else 0
    suggestion.tag = tag
    decide(suggestion, "accepted", by)
    return count


@transaction.atomic
def refuse(suggestion: TagSuggestion, *, by: Member) -> None:
    """It is not proposed again. Raises ContactError when somebody else was quicker."""
    decide(held(suggestion), "refused", by)


def held(suggestion: TagSuggestion) -> TagSuggestion:
    """The proposal as it is now, held until the transaction ends; ContactError when it is decided on."""
    row = TagSuggestion.objects.select_for_update().get(pk=suggestion.pk)
    if row.state != "open":
        raise ContactError(_("Somebody has decided on this proposal meanwhile."))
    return row


def decide(suggestion: TagSuggestion, state: str, by: Member) -> None:
    suggestion.state, suggestion.decided_at, suggestion.decided_by = state, clock.now(), by
    suggestion.save(update_fields=["state", "decided_at", "decided_by", "tag"])
    audit.note(by, f"tag.suggestion_{state}", suggestion.tag, suggestion.term)


def who_wrote(letters: Iterable[Wrote], of: TagSuggestion) -> frozenset[int]:
    same: list[Found] = [
        each for each in found_in(letters) if (each.kind, each.language, each.term) == (of.kind, of.language, of.term)
    ]
    return same[0].contacts if same else frozenset()


def proposed_name(suggestion: TagSuggestion) -> str:
    """A short name to begin with; the person changes it as they like."""
    words = suggestion.sample.replace("/", " ").split()
    return " ".join(words[:4]).strip("?؟？!. ")[:40].capitalize()


def open_ones(member: Member) -> list[TagSuggestion]:
    """What waits for a decision, of most people first."""
    return list(
        TagSuggestion.objects.visible_to(member).filter(state="open").order_by("-people", "-times", "term")[:12]
    )
