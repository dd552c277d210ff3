"""Rules as pages show them: the sentence, what stands in their way, when everybody was last looked at."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tradewind.contacts import queries as contact_queries
from tradewind.segments import sentence, tree
from tradewind.segments.errors import TreeError
from tradewind.segments.models import TagRule
from tradewind.segments.names import Names
from tradewind.segments.rules import book
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule in the list."""

    row: TagRule
    id: str
    tag_id: str
    says: str
    problem: str
    people: int

    @property
    def is_working(self) -> bool:
        """Everybody has not been looked at yet since the last change, or tags are still being taken off."""
        return (self.row.state == "on" and self.row.checked_at is None) or self.row.is_leaving


def all_of(member: Member) -> list[Shown]:
    """All rules, by their tags' names."""
    rows = list(TagRule.objects.visible_to(member).select_related("tag").order_by("tag__name"))
    people = contact_queries.people_by_tag(member.workspace_id)
    rings = ringed(rows, member.workspace_id)
    return [shown(row, people.get(row.tag_id, 0), row.pk in rings) for row in rows]


def shown(row: TagRule, people: int, is_in_ring: bool = False) -> Shown:
    said, problem = says(row)
    if is_in_ring:
        problem = _("It looks at its own tag by way of others, so it stands still.")
    elif row.tag.archived_at is not None:
        problem = _("Its tag is archived, so it stands still.")
    return Shown(row, public_id(row), public_id(row.tag), said, problem, people)


def says(row: TagRule) -> tuple[str, str]:
    """(the sentence, "") or ("", why the rule cannot be read)."""
    try:
        return sentence.say(tree.read(row.tree, workspace_id=row.workspace_id)), ""
    except TreeError as error:
        return "", str(error)


def ringed(rows: list[TagRule], workspace_id: int) -> set[int]:
    """The rules that stand still because they go round in a circle."""
    names: Any = Names(workspace_id)
    lives = [live for row in rows if row.state == "on" and (live := book.read_one(row, names)) is not None]
    looks_at = book.graph(lives)
    return {live.rule_id for live in lives if book.is_in_ring(live.rule_id, looks_at)}
