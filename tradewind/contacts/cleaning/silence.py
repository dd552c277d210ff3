"""Who gave no sign for six months: did not write, read, react, click, visit or order (C13)."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import transaction

from tradewind.contacts import queries
from tradewind.contacts.facts.names import OWN
from tradewind.contacts.models import CleanUp, CleanUpPeople
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.workspaces import walls
from tradewind.workspaces.models import Workspace

Cursor = psycopg.Cursor[Any]
SILENT_FOR = timedelta(days=182)

# Entries about a person that are the person's own doing; facts from outside are, too.
SIGNS = ("message.received", "message.read", "message.played", "conversation.reaction")
SILENT = """
FROM contact c
WHERE c.workspace_id = %(workspace)s AND c.created_at < %(since)s AND c.suppressed_reason <> 'erased'
  AND (c.last_inbound_at IS NULL OR c.last_inbound_at < %(since)s)
  AND NOT EXISTS (
    SELECT FROM journal j WHERE j.contact_id = c.id AND j.at >= %(since)s
      AND (j.kind = ANY(%(signs)b::text[]) OR split_part(j.kind, '.', 1) <> ALL (%(own)b::text[])))
"""
WHO = f"SELECT coalesce(array_agg(c.id ORDER BY c.id), '{{}}') {SILENT}"
FIGURES = ("people", "never_wrote", "opted_in", "customers", "orders", "messages")
COUNT = """
SELECT count(*), count(*) FILTER (WHERE c.last_inbound_at IS NULL), count(*) FILTER (WHERE c.marketing = 'opted_in'),
       count(*) FILTER (WHERE s.orders > 0), coalesce(sum(s.orders), 0),
       coalesce(sum((SELECT count(*) FROM message m WHERE m.contact_id = c.id)), 0)
FROM unnest(%b::bigint[]) AS given (id) JOIN contact c ON c.id = given.id
LEFT JOIN contact_standing s ON s.contact_id = c.id
"""
# The next of those who were found then, and who of some are still silent.
NEXT = """
SELECT id FROM contact_cleanup_people p, unnest(p.contacts) AS id
WHERE p.cleanup_id = %s AND id > %s ORDER BY id LIMIT %s
"""
STILL = f"SELECT c.id {SILENT} AND c.id = ANY(%(contacts)b::bigint[]) ORDER BY c.id"


def known(workspace_id: int, since: datetime) -> dict[str, Any]:
    return {"workspace": workspace_id, "since": since, "signs": list(SIGNS), "own": sorted(OWN)}


def propose_all() -> None:
    """A proposal for each workspace in which somebody is silent; what is still open of the last one is replaced."""
    for workspace in Workspace.objects.order_by("pk"):
        propose(workspace)


def propose(workspace: Workspace) -> CleanUp | None:
    """Count who is silent now; None when nobody is."""
    now = clock.now()
    since = now - SILENT_FOR
    contacts, figures = counted(workspace.pk, since)
    with transaction.atomic():
        CleanUp.objects.filter(workspace=workspace, closed_at=None).update(closed_at=now)
        if not contacts:
            return None
        made = CleanUp.objects.create(workspace=workspace, at=now, silent_since=since, figures=figures)
        CleanUpPeople.objects.create(cleanup=made, workspace=workspace, contacts=contacts)
    return made


def counted(workspace_id: int, since: datetime) -> tuple[list[int], dict[str, int]]:
    """(who gave no sign since then, their FIGURES)."""
    with hot_cursor() as cursor:
        cursor.execute(WHO, known(workspace_id, since))
        (contacts,) = cursor.fetchone() or ([],)
        cursor.execute(COUNT, [contacts])
        return contacts, dict(zip(FIGURES, map(int, cursor.fetchone() or ()), strict=True))


def latest(workspace_id: int) -> CleanUp | None:
    """The proposal that is open."""
    return CleanUp.objects.filter(workspace_id=workspace_id, closed_at=None).order_by("-pk").first()


def page(cursor: Cursor, of: CleanUp, *, after: int, most: int) -> list[int]:
    """The next people of a proposal who are still silent, by number."""
    found: list[int] = []
    while len(found) < most and (some := following(cursor, of, after, most)):
        cursor.execute(STILL, {**known(of.workspace_id, of.silent_since), "contacts": some})
        found += [row for (row,) in cursor.fetchall()]
        after = some[-1]
    return found[:most]


def following(cursor: Cursor, of: CleanUp, after: int, most: int) -> list[int]:
    cursor.execute(NEXT, [of.pk, after, most])
    return [row for (row,) in cursor.fetchall()]


def people_of(of: CleanUp, *, after: int, most: int) -> list[int]:
    """`page` for a web page: it keeps to its workspace by itself, and the walls would keep it from the indexes."""
    with walls.outside(), hot_cursor() as cursor:
        return page(cursor, of, after=after, most=most)


def consequences(of: CleanUp) -> dict[str, int]:
    """People, orders and messages that lose their person if all are erased: counted now, or with many people as they
    were counted for the proposal."""
    if queries.is_large(of.workspace_id) and set(FIGURES) <= set(of.figures):
        return dict(of.figures)
    with walls.outside():
        return counted(of.workspace_id, of.silent_since)[1]
