"""Files that nobody needs: handed in, and used by nothing for ninety days.

What a message that left had on top or on its cards is kept with it; what else a file is for, rooms above say
(`register`).
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction

from tradewind.lib import clock

UNUSED_FOR = timedelta(days=90)
AT_ONCE = 20  # files may be large, and each goes with all its pieces

# → row numbers of the files that something names, in all workspaces.
Finder = Callable[[], set[int]]
_finders: list[Finder] = []

UNUSED = """
SELECT f.id FROM media_file f
WHERE f.created_at < %(before)s AND f.id <> ALL (%(named)s::bigint[])
  AND NOT EXISTS (SELECT FROM content c WHERE c.workspace_id = f.workspace_id
                    AND c.payload #>> '{header_media,file}' = f.id::text)
  AND NOT EXISTS (SELECT FROM content c, jsonb_array_elements(c.payload -> 'card_media') card
                  WHERE c.workspace_id = f.workspace_id AND card ->> 'file' = f.id::text)
ORDER BY f.id LIMIT %(most)s FOR UPDATE OF f SKIP LOCKED
"""
# The pieces and uploads first: nothing in the database takes them along by itself.
FORGET = (
    "DELETE FROM media_piece WHERE file_id = ANY(%s)",
    "DELETE FROM media_upload WHERE file_id = ANY(%s)",
    "DELETE FROM media_file WHERE id = ANY(%s)",
)


def register(finder: Finder) -> None:
    """To be called once, when a room's app is ready."""
    if finder not in _finders:
        _finders.append(finder)


def step() -> bool:
    """Let some of them go; True when there may be more."""
    if not _finders:
        return False
    named = sorted(set().union(*(finder() for finder in _finders)))
    # In one transaction: a file without its pieces would be taken for whole by whoever hands it in again.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNUSED, {"before": clock.now() - UNUSED_FOR, "named": named, "most": AT_ONCE})
        gone = [row for (row,) in cursor.fetchall()]
        forget(gone)
    return len(gone) == AT_ONCE


def forget(files: list[int]) -> None:
    """Delete these rows with all that hangs on them; to be called in a transaction."""
    with connection.cursor() as cursor:
        for statement in FORGET if files else ():
            cursor.execute(statement, [files])
