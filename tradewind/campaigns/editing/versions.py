"""Which version of its words a campaign is at, and which one each person got."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from tradewind.campaigns.bindings import FIELDS, OWN
from tradewind.campaigns.editing.models import Revision
from tradewind.campaigns.models import Campaign
from tradewind.campaigns.wording import free_of, parts_of

GOT = """
SELECT content_id, count(*) FROM message
WHERE run_id = %s AND state NOT IN ('queued', 'skipped', 'expired', 'cancelled') GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A version for the report: its words, who wrote them, and how many got it."""

    revision: Revision
    words: str
    got: int


def of(campaign: Campaign) -> dict[int, int]:
    """The version of each content; empty while the words were never changed."""
    return dict(Revision.objects.filter(campaign=campaign).values_list("content_id", "version"))


def is_changed(campaign: Campaign) -> bool:
    """Whether its words are others than those it was launched with."""
    return Revision.objects.filter(campaign=campaign).exists()


def is_getting_ready(campaign: Campaign) -> bool:
    """Whether the new words are still being put in for those who have not got it."""
    return Revision.objects.filter(campaign=campaign, ready_at=None).exists()


def told(campaign: Campaign) -> list[Told]:
    """All versions, the first one first."""
    rows = list(campaign.revisions.select_related("template", "made_by__user").order_by("version"))
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(GOT, [campaign.run_id])
        got = dict(cursor.fetchall())
    return [Told(row, words_of(row), got.get(row.content_id, 0)) for row in rows]


def words_of(row: Revision) -> str:
    """The text with what fills its places: fixed words as they are, a field by its name, with its fallback."""
    said = row.template or free_of(row.free)
    assert said is not None
    return parts_of(said).preview({each["key"]: filling(each) for each in row.bindings}).text


def filling(binding: Mapping[str, str]) -> str:
    if not binding["field"]:
        return binding["fallback"]
    name = str(FIELDS.get(binding["field"], binding["field"].removeprefix(OWN)))
    return f"‹{name}, {binding['fallback']}›" if binding["fallback"] else f"‹{name}›"
