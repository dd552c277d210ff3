"""The names in a tree, looked up in one workspace: tags, segments, campaigns, colleagues, fields."""

import re
from functools import cached_property
from typing import Any

from django.db import connection

from tradewind.contacts.models import ContactField, Tag
from tradewind.lib import publicid
from tradewind.lib.phone import PhoneError, normalise
from tradewind.lib.zones import usable
from tradewind.segments.models import Segment, TagPlace
from tradewind.segments.nodes import Tagged
from tradewind.workspaces.models import Member, Workspace

_BETWEEN = re.compile(r"[\s().\-/]")
# By table: the room of campaigns stands above this one.
CAMPAIGN = "SELECT id, run_id, name FROM campaign WHERE workspace_id = %s AND id = %s"


class Names:
    """Look-ups for one reading; what many leaves ask for is read once."""

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        self._segments: dict[str, Segment | None] = {}

    @cached_property
    def _place(self) -> tuple[str, str]:
        rows = Workspace.objects.filter(pk=self.workspace_id).values_list("timezone", "country")
        return rows.first() or ("UTC", "")

    @property
    def zone(self) -> str:
        """The time zone in which this workspace's days begin."""
        return usable(self._place[0])

    def phone(self, text: str) -> str:
        """A number in E.164 when it is a whole one, else what was typed without blanks and brackets."""
        try:
            return normalise(text, self._place[1] or None)
        except PhoneError:
            return _BETWEEN.sub("", text)

    @cached_property
    def _tags(self) -> dict[str, tuple[int, str]]:
        """Folded path → (row, path)."""
        rows = Tag.objects.filter(workspace_id=self.workspace_id).values_list("pk", "name")
        return {fold(name): (pk, name) for pk, name in rows}

    @cached_property
    def _paths(self) -> dict[int, str]:
        return dict(self._tags.values())

    @cached_property
    def _places(self) -> dict[int, int]:
        return dict(TagPlace.objects.filter(workspace_id=self.workspace_id).values_list("tag_id", "place"))

    @cached_property
    def _kinds(self) -> dict[str, str]:
        rows = ContactField.objects.filter(workspace_id=self.workspace_id).values_list("key", "kind")
        return {key: kind for key, kind in rows if kind != "text"}

    def tag(self, name: str, public_id: Any = None) -> Tagged | None:
        """The tag with all below it; the id wins over the name."""
        pk = row_of("tag", public_id)
        path = self._paths.get(pk) if pk is not None else None
        found = (pk, path) if pk is not None and path is not None else self._tags.get(fold(name))
        if found is None:
            return None
        below = f"{fold(found[1])}/"
        ids = sorted([found[0], *(pk for folded, (pk, _) in self._tags.items() if folded.startswith(below))])
        places = tuple(self._places[pk] for pk in ids if pk in self._places)
        return Tagged(found[1], found[0], tuple(ids), places, tuple(pk for pk in ids if pk not in self._places))

    def kind_of_field(self, key: str) -> str:
        """number, date or yes_no; "" when the field is a text or nobody has said: then the operand decides."""
        return self._kinds.get(key, "")

    def segment(self, name: str) -> Segment | None:
        """By public id, else by name."""
        if name not in self._segments:
            rows = Segment.objects.filter(workspace_id=self.workspace_id)
            pk = row_of("segment", name)
            self._segments[name] = (rows.filter(pk=pk).first() if pk is not None else None) or rows.filter(
                name=name
            ).first()
        return self._segments[name]

    def campaign(self, public_id: Any) -> tuple[int, int | None, str] | None:
        """(row, run, name)."""
        pk = row_of("campaign", public_id)
        if pk is None:
            return None
        with connection.cursor() as cursor:
            cursor.execute(CAMPAIGN, [self.workspace_id, pk])
            found: tuple[int, int | None, str] | None = cursor.fetchone()
        return found

    def member(self, given: str) -> int | None:
        """A colleague's row, by email address or public id."""
        rows = Member.objects.filter(workspace_id=self.workspace_id, removed_at=None)
        pk = row_of("member", given)
        if pk is not None and rows.filter(pk=pk).exists():
            return pk
        return rows.filter(user__email__iexact=given.strip()).values_list("pk", flat=True).first()


def fold(name: str) -> str:
    """A tag's path for comparing: no case, single spaces."""
    return " ".join(name.split()).lower()


def row_of(kind: str, public_id: Any) -> int | None:
    try:
        return publicid.decode(kind, public_id) if isinstance(public_id, str) else None
    except ValueError:
        return None
