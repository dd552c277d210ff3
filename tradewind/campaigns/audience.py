"""Who a campaign is for: everybody, a tag, a saved segment, or pasted numbers; and whom it leaves out on purpose.

An audience is SQL that yields contact ids of one workspace, with its parameters, and what it could not use. Who is in
it is settled when the plan is made; a live audience is counted again at the launch.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from tradewind.campaigns import exclusions
from tradewind.campaigns.errors import AudienceError
from tradewind.campaigns.exclusions import Exclusion
from tradewind.campaigns.followups import people as followers
from tradewind.campaigns.series import people as occasions
from tradewind.campaigns.words import grouped
from tradewind.contacts.models import Tag
from tradewind.lib import clock
from tradewind.lib.phone import PhoneError, normalise
from tradewind.lib.text import safe_to_show, storable
from tradewind.segments import actions as segments
from tradewind.segments.models import Segment

MOST_PASTED = 100_000
LONGEST_RAW = 120
"""So much of a pasted line is kept to show which one it was."""
_BREAKS = re.compile("[;,\n\r\v\f\u0085\u2028\u2029،؛、，；]+")
"""What stands between pasted numbers, in the punctuation of any language."""


@dataclass(frozen=True, slots=True)
class Audience:
    """`sql` yields one column, contact_id. `unusable` are pasted lines with the reason each is left out."""

    sql: str
    params: dict[str, Any]
    unusable: list[tuple[str, str]] = field(default_factory=list)
    doubles: int = 0
    without: list[Exclusion] = field(default_factory=list)


def clean(spec: Any, *, workspace_id: int) -> dict[str, Any]:
    """The audience as `Campaign.audience` keeps it, from what a page or a program sent. Raises AudienceError."""
    kept = clean_kind(spec, workspace_id)
    if without := exclusions.clean(spec.get("without") or {}, workspace_id):
        kept["without"] = without
    if spec.get("only"):
        kept["only"] = occasions.clean(spec["only"])
    if spec.get("live") is True and kept["kind"] != "pasted":
        kept["live"] = True
    return kept


def clean_kind(spec: Any, workspace_id: int) -> dict[str, Any]:
    kind = spec.get("kind") if isinstance(spec, dict) else None
    if kind == "everybody":
        return {"kind": kind}
    if kind == "segment":
        return {"kind": kind, "segment": segment_of(spec.get("segment"), workspace_id).pk}
    if kind == "tag":
        return {"kind": kind, "tag": tag_of(spec.get("tag"), workspace_id)}
    if kind == "outcome":
        return followers.clean(spec, workspace_id)
    if kind == "pasted":
        text = storable(str(spec.get("text", "")))
        if len(lines := lines_of(text)) > MOST_PASTED:
            raise AudienceError(
                _("At most %(most)s numbers can be pasted; these are %(count)s.")
                % {"most": grouped(MOST_PASTED), "count": grouped(len(lines))}
            )
        return {"kind": kind, "text": text}
    raise AudienceError(_("Choose who gets this campaign."))


def tag_of(given: Any, workspace_id: int) -> int:
    is_id = isinstance(given, int) and not isinstance(given, bool)
    if not is_id or not Tag.objects.filter(workspace_id=workspace_id, pk=given).exists():
        raise AudienceError(_("This tag is not there any more. Choose another one."))
    return int(given)


def segment_of(given: Any, workspace_id: int) -> Segment:
    is_id = isinstance(given, int) and not isinstance(given, bool)
    found = Segment.objects.filter(workspace_id=workspace_id, pk=given).first() if is_id else None
    if found is None:
        raise AudienceError(_("This segment is not there any more. Choose another one."))
    return found


def compile_audience(spec: dict[str, Any], *, workspace_id: int, country: str = "") -> Audience:
    """Turn an audience as kept in `Campaign.audience` into SQL. Raises AudienceError when a tag or segment is gone."""
    found = compile_kind(spec, workspace_id, country)
    if only := spec.get("only"):
        sql, params = occasions.people_of(only, workspace_id)
        both = f"SELECT contact_id FROM ({found.sql}) those WHERE contact_id IN ({sql})"  # noqa: S608
        found = replace(found, sql=both, params={**found.params, **params})
    return replace(found, without=exclusions.compile_exclusions(spec.get("without", {}), workspace_id))


def compile_kind(spec: dict[str, Any], workspace_id: int, country: str) -> Audience:
    if spec["kind"] == "tag":
        tag = Tag.objects.get(pk=tag_of(spec["tag"], workspace_id))
        return tagged(tag)
    if spec["kind"] == "segment":
        return Audience(*exclusions.people_of(segment_of(spec["segment"], workspace_id), "s"))
    if spec["kind"] == "outcome":
        return Audience(*followers.people_of(spec))
    if spec["kind"] == "pasted":
        return pasted(spec["text"], workspace_id, country)
    return everybody(workspace_id)


def note_use(spec: dict[str, Any], workspace_id: int) -> None:
    """A campaign goes out: its tags and segments count as used (tag health)."""
    without = spec.get("without", {})
    used = [*without.get("segments", []), *([spec["segment"]] if spec["kind"] == "segment" else [])]
    for segment in Segment.objects.select_related("workspace").filter(workspace_id=workspace_id, pk__in=used):
        segments.used(segment)
    tags = [*without.get("tags", []), *([spec["tag"]] if spec["kind"] == "tag" else [])]
    Tag.objects.filter(workspace_id=workspace_id, pk__in=tags).update(used_at=clock.now())


def everybody(workspace_id: int) -> Audience:
    return Audience(
        "SELECT id AS contact_id FROM contact WHERE workspace_id = %(workspace)s", {"workspace": workspace_id}
    )


def tagged(tag: Tag) -> Audience:
    """People with the tag or one below it."""
    found = exclusions.of_tag(tag, "s")
    return Audience(found.sql, found.params)


def pasted(text: str, workspace_id: int, country: str) -> Audience:
    """Pasted lines: what is no phone number, or nobody we know, is left out by name instead of silently."""
    phones, unusable, doubles = read_lines(text, country)
    known = contacts_of(workspace_id, list(phones))
    unusable += [(line, "not_a_contact") for phone, line in phones.items() if phone not in known]
    people = set(known.values())
    doubles += len(known) - len(people)
    return Audience("SELECT unnest(%(ids)s::bigint[]) AS contact_id", {"ids": sorted(people)}, unusable, doubles)


def read_lines(text: str, country: str) -> tuple[dict[str, str], list[tuple[str, str]], int]:
    """Phones by E.164 with the line each came from, unusable lines with their reason, and how many were doubles."""
    phones: dict[str, str] = {}
    unusable: list[tuple[str, str]] = []
    doubles = 0
    for line in lines_of(text):
        try:
            phone = normalise(line, country)
        except PhoneError:
            unusable.append((shown(line), "not_a_number"))
            continue
        doubles += phone in phones
        phones.setdefault(phone, shown(line))
    return phones, unusable, doubles


def lines_of(text: str) -> list[str]:
    return [line for part in _BREAKS.split(text) if (line := part.strip())]


def shown(line: str) -> str:
    """The line as it can be kept and shown: no controls, no turned direction, not endless."""
    return safe_to_show(line[:1000], one_line=True)[:LONGEST_RAW]


def contacts_of(workspace_id: int, phones: list[str]) -> dict[str, int]:
    """Whose phones these are or were: who changed their number is still the same contact."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT value, contact_id FROM identity"
            " WHERE workspace_id = %s AND kind = 'phone' AND scope = 0 AND value = ANY(%s)",
            [workspace_id, phones],
        )
        return dict(cursor.fetchall())
