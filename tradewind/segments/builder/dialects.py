"""Which dialects a workspace's people speak: asked of all of them in time, else of those who came last."""

from django.core.cache import cache
from django.db.utils import OperationalError

from tradewind.contacts.queries import is_large
from tradewind.segments import queries

MOST_LISTED = 500
LIMIT_MS = 500
KEPT_SECONDS = 600
"""Of many people the answer is good for so long: each change of a line asks for it."""

SPOKEN = """
SELECT dialect FROM contact_standing WHERE workspace_id = %s AND dialect <> ''
GROUP BY dialect ORDER BY count(*) DESC, dialect LIMIT %s
"""
SPOKEN_LATELY = """
SELECT dialect FROM (
  SELECT dialect FROM contact_standing WHERE workspace_id = %s ORDER BY contact_id DESC LIMIT 20000
) AS lately WHERE dialect <> '' GROUP BY dialect ORDER BY count(*) DESC, dialect LIMIT %s
"""


def spoken(workspace_id: int) -> list[str]:
    """Their codes (de-CH), the commonest first."""
    if not is_large(workspace_id):
        return read(SPOKEN, workspace_id)
    key = f"segments.dialects:{workspace_id}"
    kept: list[str] | None = cache.get(key)
    if kept is None:
        kept = in_time(workspace_id)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def in_time(workspace_id: int) -> list[str]:
    try:
        return read(SPOKEN, workspace_id, limit_ms=LIMIT_MS)
    except OperationalError as error:
        if not queries.is_timeout(error):
            raise
        return read(SPOKEN_LATELY, workspace_id)


def read(sql: str, workspace_id: int, limit_ms: int = 0) -> list[str]:
    with queries.asking(limit_ms=limit_ms) as cursor:
        cursor.execute(sql, [workspace_id, MOST_LISTED])
        return [code for (code,) in cursor.fetchall()]
