"""Whom an audience leaves out on purpose: people in some segments, people with some tags. Each counts by its name.

As a campaign keeps it: {"without": {"segments": [row numbers], "tags": [row numbers]}}. In the plan and on a recipient
an exclusion is a word such as "segment-5kQ…" with its public id; a person counts at the first that fits.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tradewind.campaigns.errors import AudienceError
from tradewind.campaigns.reasons import Reason
from tradewind.contacts.models import Tag
from tradewind.lib import clock
from tradewind.segments import compile
from tradewind.segments.errors import TreeError
from tradewind.segments.models import Segment
from tradewind.segments.nodes import Node
from tradewind.segments.saved import node_of
from tradewind.segments.tree import read
from tradewind.workspaces.door import public_id

MOST = 20


@dataclass(frozen=True, slots=True)
class Exclusion:
    """`sql` yields contact_id of the people to leave out."""

    word: str
    name: str
    sql: str
    params: dict[str, Any]


def clean(given: Any, workspace_id: int) -> dict[str, list[int]]:
    """{"segments": […], "tags": […]} without doubles and without what is empty. Raises AudienceError."""
    if not isinstance(given, dict):
        raise AudienceError(_("What is left out must be segments and tags."))
    kept = {}
    for kind, model in (("segments", Segment), ("tags", Tag)):
        ids = given.get(kind) or []
        if not isinstance(ids, list) or not all(isinstance(each, int) and not isinstance(each, bool) for each in ids):
            raise AudienceError(_("What is left out must be segments and tags."))
        found = set(model.objects.filter(workspace_id=workspace_id, pk__in=ids).values_list("pk", flat=True))
        if missing := set(ids) - found:
            raise AudienceError(gone(kind, len(missing)))
        if ids:
            kept[kind] = list(dict.fromkeys(ids))
    if sum(map(len, kept.values())) > MOST:
        raise AudienceError(_("At most %(most)s segments and tags can be left out.") % {"most": MOST})
    return kept


def gone(kind: str, n: int) -> str:
    if kind == "tags":
        return _("A tag that is to be left out is not there any more.")
    return _("A segment that is to be left out is not there any more.")


def compile_exclusions(given: dict[str, list[int]], workspace_id: int) -> list[Exclusion]:
    """In the order in which they count: segments, then tags. Raises AudienceError when one is gone."""
    given = clean(given, workspace_id)
    segments = Segment.objects.filter(workspace_id=workspace_id).in_bulk(given.get("segments", []))
    tags = Tag.objects.filter(workspace_id=workspace_id).in_bulk(given.get("tags", []))
    found = [of_segment(segments[pk], f"w{n}_") for n, pk in enumerate(given.get("segments", []))]
    return [*found, *(of_tag(tags[pk], f"v{n}_") for n, pk in enumerate(given.get("tags", [])))]


def of_segment(segment: Segment, prefix: str) -> Exclusion:
    sql, params = people_of(segment, prefix)
    return Exclusion(f"segment-{public_id(segment)}", segment.name, sql, params)


def of_tag(tag: Tag, prefix: str) -> Exclusion:
    node = read({"tag": tag.name, "id": public_id(tag)}, workspace_id=tag.workspace_id)
    return Exclusion(f"tag-{public_id(tag)}", tag.name, *sql_of(node, tag.workspace_id, prefix))


def people_of(segment: Segment, prefix: str) -> tuple[str, dict[str, Any]]:
    """SQL of a segment's people. Raises AudienceError, with the segment's name, when it cannot be used any more."""
    try:
        return sql_of(node_of(segment), segment.workspace_id, prefix)
    except TreeError as error:
        raise AudienceError(
            _("The segment “%(name)s” cannot be used: %(why)s") % {"name": segment.name, "why": error}
        ) from error


def sql_of(node: Node, workspace_id: int, prefix: str) -> tuple[str, dict[str, Any]]:
    return compile.contacts_sql(node, workspace_id=workspace_id, now=clock.now(), prefix=prefix)


def reason_of(word: str, name: str) -> Reason:
    """How the plan speaks of an exclusion."""
    title = _("In the segment “%(name)s”") if word.startswith("segment-") else _("With the tag “%(name)s”")
    return Reason(word, title % {"name": name}, _("You left them out"), False)


def reasons_of(plan: dict[str, Any] | None) -> list[Reason]:
    """The exclusions of a plan, in the order in which they count."""
    return [reason_of(word, name) for word, name in (plan or {}).get("exclusions", {}).items()]
