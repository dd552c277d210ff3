"""What is wrong with the tags of a workspace (C10): each finding a sentence, its people, and the one act that mends it.

Codes: silent, too_large, stale, rare, alike, too_many, too_few, contradiction, mismatch.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.contacts.models import Tag
from tradewind.segments import queries, tree
from tradewind.segments.health import figures, split
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
REPAIR = gettext_lazy("VIP repair")
HIGH_SPEND: dict[str, Any] = {"any": [{"score": "monetary", "gte": 4}, {"field": "grade", "is": "A"}]}


@dataclass(frozen=True, slots=True)
class Finding:
    """`act` is a verb of `mending`, or "" when `url` leads to where it is mended. `says` is what is wrong."""

    code: str
    tag: Tag | None
    people: int
    says: str
    act: str
    does: str
    url: str = ""

    @property
    def tag_id(self) -> str:
        return public_id(self.tag) if self.tag else ""


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
        says = _("%(percent)s %% of all people have it; a tag that is worth keeping has 2 %% or more.")
        yield archiving("rare", each, says % {"percent": percent})
    elif each.changed_at is None and each.is_older_than(days, seen.now):
        yield archiving("stale", each, _("Nobody got it or lost it for half a year."))
    elif is_silent(each, seen):
        yield archiving("silent", each, _("No campaign or segment has used it for 30 days."))


def is_silent(each: TagFigures, seen: Figures) -> bool:
    used = each.tag.used_at
    is_unused = used is None or (seen.now - used).days >= figures.SILENT_DAYS
    return is_unused and each.is_older_than(figures.SILENT_DAYS, seen.now)


def archiving(code: str, each: TagFigures, says: str) -> Finding:
    """A tag that a rule keeps is mended by its rule's switch; any other is put away."""
    if each.tag.rule_id is not None:
        return Finding(code, each.tag, each.people, says, "off", _("Switch its rule off"))
    return Finding(code, each.tag, each.people, says, "archive", _("Archive"))


def too_large(each: TagFigures, percent: float) -> Finding:
    says = _("%(percent)s %% of all people have it, so it tells little.") % {"percent": percent}
    proposal = split.best(each.tag.workspace_id, each.tag.pk)
    if proposal is None:
        return Finding(
            "too_large", each.tag, each.people, says, "", _("See the people"),
            f"{reverse('contacts:list')}?tag={public_id(each.tag)}",
        )  # fmt: skip
    said = {"field": proposal.name, "values": ", ".join(name for _value, name in proposal.values)}
    says = f"{says} {_('Its people differ most by %(field)s: %(values)s.') % said}"
    return Finding("too_large", each.tag, each.people, says, "split", _("Split it"))


def alike(seen: Figures) -> Iterator[Finding]:
    """Tags whose last parts differ by case, blanks or a plural only: the smaller one is to be merged."""
    kept: dict[str, TagFigures] = {}
    for each in sorted(seen.tags, key=lambda each: -each.people):
        key = re.sub(r"[\W_]+", "", each.tag.label.casefold()).removesuffix("s")
        larger = kept.setdefault(key, each)
        if larger is not each and each.tag.rule_id is None and key:
            says = _("It looks like %(tag)s.") % {"tag": larger.tag.name}
            url = reverse("contacts:tag", args=[public_id(each.tag)])
            yield Finding("alike", each.tag, each.people, says, "", _("Merge the two"), url)


def in_all(seen: Figures) -> Iterator[Finding]:
    said = {"n": seen.in_all}
    if seen.in_all > figures.MOST_TAGS:
        says = _("There are %(n)s tags; with more than 100 nobody finds the right one.") % said
        yield Finding("too_many", None, 0, says, "", _("Look at all tags"), reverse("contacts:tags"))
    elif seen.in_all < figures.FEWEST_TAGS:
        says = _("There are %(n)s tags; with fewer than 30 a business knows little of its people.") % said
        yield Finding("too_few", None, 0, says, "", _("Look at the recipes"), reverse("recipes:list"))


def contradictions(seen: Figures) -> Iterator[Finding]:
    """High spend and a recent complaint, unless the tag that mends it has a rule already."""
    wanted = repair_tree(seen.workspace_id)
    if TagRule.objects.filter(workspace_id=seen.workspace_id, recipe="health:repair", state="on").exists():
        return
    people = queries.count(tree.read(wanted, workspace_id=seen.workspace_id), workspace_id=seen.workspace_id).people
    if people:
        says = _("They spend much and complained lately. They need somebody before they need an offer.")
        yield Finding("contradiction", None, people, says, "repair", _("Keep a tag “%(tag)s”") % {"tag": REPAIR})


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
            says = _("Its rule cannot be read any more, so the tag stands still.")
            yield Finding("mismatch", row.tag, row.people, says, "", _("Open the rule"), url_of(row))
            continue
        wrong = len(engine.differing(live, seen.now))
        if wrong > figures.MATCH_ERRORS * max(engine.holders(row.workspace_id, row.tag_id), 1):
            says = _("%(n)s people have it or lack it against its rule.") % {"n": wrong}
            yield Finding("mismatch", row.tag, wrong, says, "check", _("Check everybody now"))


def url_of(row: TagRule) -> str:
    return reverse("rules:show", args=[public_id(row)])
