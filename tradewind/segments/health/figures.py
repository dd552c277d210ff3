"""What the findings are made of: tags with their people, last change and last use, read in a few statements."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tradewind.contacts.models import Tag
from tradewind.lib import clock
from tradewind.segments import queries

# product.md, row C10.
SILENT_DAYS = 30
TOO_LARGE = 0.40
STALE_DAYS = 182
RARE = 0.02
MOST_TAGS, FEWEST_TAGS = 100, 30
MATCH_ERRORS = 0.05
COMPLAINT_DAYS = 30

EVERYBODY = "SELECT count(*) FROM contact_row WHERE workspace_id = %s"
PEOPLE = """
SELECT tag, count(*) FROM contact_tags, unnest(tags) AS tag WHERE workspace_id = %s GROUP BY tag
"""
LAST_CHANGES = "SELECT tag_id, max(at) FROM tag_change WHERE workspace_id = %s AND at >= %s GROUP BY tag_id"


@dataclass(frozen=True, slots=True)
class TagFigures:
    """A tag that has none below it. `people` have it now; `share` of all contacts."""

    tag: Tag
    people: int
    share: float
    changed_at: datetime | None
    """The last change within `STALE_DAYS`; None: longer ago."""

    def is_older_than(self, days: int, now: datetime) -> bool:
        return self.tag.created_at <= now - timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Figures:
    """All of a workspace at one moment; `in_all` counts every tag that is not archived, dimensions too."""

    workspace_id: int
    now: datetime
    everybody: int
    in_all: int
    tags: list[TagFigures]


def read(workspace_id: int) -> Figures:
    """Look at all tags that are in use."""
    now = clock.now()
    with queries.asking() as cursor:
        cursor.execute(EVERYBODY, [workspace_id])
        everybody = int(cursor.fetchone()[0])
        cursor.execute(PEOPLE, [workspace_id])
        people = dict(cursor.fetchall())
        cursor.execute(LAST_CHANGES, [workspace_id, now - timedelta(days=STALE_DAYS)])
        changes = dict(cursor.fetchall())
    tags = list(Tag.objects.filter(workspace_id=workspace_id, archived_at=None).order_by("name"))
    parents = {tag.parent_id for tag in tags}
    return Figures(
        workspace_id, now, everybody, len(tags),
        [
            TagFigures(tag, people.get(tag.pk, 0), people.get(tag.pk, 0) / (everybody or 1), changes.get(tag.pk))
            for tag in tags
            if tag.pk not in parents
        ],
    )  # fmt: skip
