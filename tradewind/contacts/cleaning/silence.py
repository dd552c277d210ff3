"""Who gave no sign for six months: did not write, read, react, click, visit or order (C13)."""

from datetime import datetime, timedelta
from typing import Any

import psycopg

from tradewind.contacts import queries
from tradewind.contacts.facts.names import OWN
from tradewind.contacts.models import CleanUp
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
FIGURES = ("people", "never_wrote", "opted_in", "customers", "orders", "messages")
COUNT = f"""
SELECT count(*), count(*) FILTER (WHERE last_inbound_at IS NULL), count(*) FILTER (WHERE marketing = 'opted_in'),
       count(*) FILTER (WHERE s.orders > 0), coalesce(sum(s.orders), 0),
       coalesce(sum((SELECT count(*) FROM message m WHERE m.contact_id = silent.id)), 0)
FROM (SELECT c.id, c.last_inbound_at, c.marketing {SILENT}) silent
LEFT JOIN contact_standing s ON s.contact_id = silent.id
"""  # noqa: S608  our own words
PAGE = f"SELECT c.id {SILENT} AND c.id > %(after)s ORDER BY c.id LIMIT %(most)s"


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
    figures = counted(workspace.pk, since)
    CleanUp.objects.filter(workspace=workspace, closed_at=None).update(closed_at=now)
    if not figures["people"]:
        return None
    return CleanUp.objects.create(workspace=workspace, at=now, silent_since=since, figures=figures)


def counted(workspace_id: int, since: datetime) -> dict[str, int]:
    """The FIGURES of who gave no sign since then."""
    with hot_cursor() as cursor:
        cursor.execute(COUNT, known(workspace_id, since))
        return dict(zip(FIGURES, map(int, cursor.fetchone() or [0] * len(FIGURES)), strict=True))


def latest(workspace_id: int) -> CleanUp | None:
    """The proposal that is open."""
    return CleanUp.objects.filter(workspace_id=workspace_id, closed_at=None).order_by("-pk").first()


def page(cursor: Cursor, of: CleanUp, *, after: int, most: int) -> list[int]:
    """The next people of a proposal who are still silent, by number."""
    cursor.execute(PAGE, {**known(of.workspace_id, of.silent_since), "after": after, "most": most})
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
        return counted(of.workspace_id, of.silent_since)
