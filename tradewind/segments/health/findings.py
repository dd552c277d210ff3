"""What is wrong with the tags of a workspace (C10): each finding a sentence, its people, and the one act that mends it.

Codes: silent, too_large, stale, rare, alike, too_many, too_few, contradiction, mismatch.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from tradewind.contacts.models import Tag
from tradewind.segments import queries, tree
from tradewind.segments.health import figures, said, split
from tradewind.segments.health.figures import Figures, TagFigures
from tradewind.segments.models import TagRule
from tradewind.segments.names import Names
from tradewind.segments.rules import book, engine
from tradewind.workspaces.door import public_id

NAMES: dict[str, str | Promise] = {
    "contradiction": gettext_lazy("Contradictions"),
    "mismatch": gettext_lazy("Not as the rule says"),
    "too_large": gettext_lazy("Too large"),
    "alike": gettext_lazy("Look alike"),
    "silent": gettext_lazy("Silent"),
    "stale": gettext_lazy("Stale"),
    "rare": gettext_lazy("Rarely used"),
    "too_many": gettext_lazy("Too many tags"),
    "too_few": gettext_lazy("Too few tags"),
}
# What outsiders call a complaint, as an event or as the last part of a tag's path.
COMPLAINT_EVENTS = ("complaint", "complaint.opened", "complaint.created", "ticket.complaint")
COMPLAINT_TAG = re.compile(r"complain|beschwerde|reklamation|reclam|شكوى", re.IGNORECASE)
HIGH_SPEND: dict[str, Any] = {"any": [{"score": "monetary", "gte": 4}, {"field": "grade", "is": "A"}]}


@dataclass(frozen=True, slots=True)
class Finding:
    """`act` is a verb of `mending`, or "" when `url` leads to where it is mended. `data`: what the sentence names, in
    no language, so that a finding can be kept and read by anybody (`said.py`)."""

    code: str
    tag: Tag | None
    people: int
    act: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def tag_id(self) -> str:
        return public_id(self.tag) if self.tag else ""

    @property
    def says(self) -> str:
        """What is wrong, in the reader's language."""
        return said.wrong(self.code, self.data)

    @property
    def does(self) -> str:
        """The act, or where the link leads."""
        return said.mended(self.code, self.act, self.data)

    @property
    def url(self) -> str:
        return "" if self.act else said.address(self.code, self.tag_id, self.data)


def look(workspace_id: int) -> tuple[Figures, list[Finding]]:
    """All findings, the most pressing first."""
    seen = figures.read(workspace_id)
    found = [
        *contradictions(seen), *mismatches(seen),
        *(finding for each in seen.tags for finding in of_tag(each, seen)), *alike(seen), *in_all(seen),
    ]  # fmt: skip
    order = list(NAMES)
    return seen, sorted(found, key=lambda finding: order.index(finding.code))


def of_tag(each: TagFigures, seen: Figures) -> Iterator[Finding]:
    """A tag by itself: too large, else rarely used; else stale; else silent."""
    days, percent = figures.STALE_DAYS, round(each.share * 100, 1)
    if each.share > figures.TOO_LARGE:
        yield too_large(each, percent)
    elif each.share < figures.RARE and each.is_older_than(figures.SILENT_DAYS, seen.now):
        yield archiving("rare", each, {"percent": percent})
    elif each.changed_at is None and each.is_older_than(days, seen.now):
        yield archiving("stale", each)
    elif is_silent(each, seen):
        yield archiving("silent", each)


def is_silent(each: TagFigures, seen: Figures) -> bool:
    used = each.tag.used_at
    is_unused = used is None or (seen.now - used).days >= figures.SILENT_DAYS
    return is_unused and each.is_older_than(figures.SILENT_DAYS, seen.now)


def archiving(code: str, each: TagFigures, data: dict[str, Any] | None = None) -> Finding:
    """A tag that a rule keeps is mended by its rule's switch; any other is put away."""
    return Finding(code, each.tag, each.people, "archive" if each.tag.rule_id is None else "off", data or {})


def too_large(each: TagFigures, percent: float) -> Finding:
    proposal = split.best(each.tag.workspace_id, each.tag.pk)
    if proposal is None:
        return Finding("too_large", each.tag, each.people, "", {"percent": percent})
    data = {"percent": percent, "field": proposal.field, "values": [value for value, _name in proposal.values]}
    return Finding("too_large", each.tag, each.people, "split", data)


def alike(seen: Figures) -> Iterator[Finding]:
    """Tags whose last parts differ by case, blanks or a plural only: the smaller one is to be merged."""
    kept: dict[str, TagFigures] = {}
    for each in sorted(seen.tags, key=lambda each: -each.people):
        key = re.sub(r"[\W_]+", "", each.tag.label.casefold()).removesuffix("s")
        larger = kept.setdefault(key, each)
        if larger is not each and each.tag.rule_id is None and key:
            yield Finding("alike", each.tag, each.people, "", {"tag": larger.tag.name})


def in_all(seen: Figures) -> Iterator[Finding]:
    if seen.in_all > figures.MOST_TAGS:
        yield Finding("too_many", None, 0, "", {"n": seen.in_all})
    elif seen.in_all < figures.FEWEST_TAGS:
        yield Finding("too_few", None, 0, "", {"n": seen.in_all})


def contradictions(seen: Figures) -> Iterator[Finding]:
    """High spend and a recent complaint, unless the tag that mends it has a rule already."""
    wanted = repair_tree(seen.workspace_id)
    if TagRule.objects.filter(workspace_id=seen.workspace_id, recipe="health:repair", state="on").exists():
        return
    people = queries.count(tree.read(wanted, workspace_id=seen.workspace_id), workspace_id=seen.workspace_id).people
    if people:
        yield Finding("contradiction", None, people, "repair")


def repair_tree(workspace_id: int) -> dict[str, Any]:
    """Who spends much and complained within 30 days, told by an event or by a tag for complaints."""
    tags = Tag.objects.filter(workspace_id=workspace_id, archived_at=None).order_by("pk")
    told: list[dict[str, Any]] = [
        {"event": kind, "within_days": figures.COMPLAINT_DAYS} for kind in COMPLAINT_EVENTS
    ]  # fmt: skip
    told += [{"tag": tag.name, "id": public_id(tag)} for tag in tags if COMPLAINT_TAG.search(tag.label)][:10]
    return {"all": [HIGH_SPEND, {"any": told}]}


def mismatches(seen: Figures) -> Iterator[Finding]:
    """Rules of which more than 5 % of the people stand wrong, recomputed now."""
    rows = TagRule.objects.filter(workspace_id=seen.workspace_id, state="on").exclude(checked_at=None)
    names = Names(seen.workspace_id)
    for row in rows.filter(tag__archived_at=None).select_related("tag"):
        live = book.read_one(row, names)
        if live is None:
            yield Finding("mismatch", row.tag, row.people, "", {"rule": public_id(row)})
            continue
        wrong = len(engine.differing(live, seen.now))
        if wrong > figures.MATCH_ERRORS * max(engine.holders(row.workspace_id, row.tag_id), 1):
            yield Finding("mismatch", row.tag, wrong, "check", {"n": wrong})
