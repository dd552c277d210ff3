"""What this room tells the room of contacts: who counts on a tag, and how rules are called."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.contacts.tags.uses import Use
from tradewind.segments.models import Segment, TagRule
from tradewind.segments.names import Names
from tradewind.segments.rules.shown import says
from tradewind.workspaces.door import public_id


def find(workspace_id: int, tags: list[int]) -> list[Use]:
    """The segments, and the rules that are on, whose conditions name one of these tags."""
    names, wanted = Names(workspace_id), set(tags)
    found = [
        Use(_("segment"), row.name, reverse("segments:show", args=[public_id(row)]))
        for row in Segment.objects.filter(workspace_id=workspace_id, frozen_at=None).order_by("name")
        if not wanted.isdisjoint(tags_in(row.tree, names))
    ]
    rules = TagRule.objects.filter(workspace_id=workspace_id, state="on").select_related("tag").order_by("pk")
    return found + [
        Use(_("rule"), row.tag.name, reverse("rules:show", args=[public_id(row)]))
        for row in rules
        if not wanted.isdisjoint(tags_in(row.tree, names))
    ]


def tags_in(value: Any, names: Names) -> set[int]:
    """The tags that a tree names, as far as they are there; the tree itself may be broken."""
    if isinstance(value, list):
        return {tag for each in value for tag in tags_in(each, names)}
    if not isinstance(value, dict):
        return set()
    if isinstance(value.get("tag"), str):
        found = names.tag(value["tag"], value.get("id"))
        return {found.tag_id} if found else set()
    return {tag for each in value.values() for tag in tags_in(each, names)}


def name_rules(workspace_id: int, rules: list[int]) -> dict[int, str]:
    """Rule → its sentence, for "why has this person the tag?"."""
    rows = TagRule.objects.filter(workspace_id=workspace_id, pk__in=rules)
    return {row.pk: says(row)[0] for row in rows}
