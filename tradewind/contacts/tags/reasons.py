"""Who put a tag on somebody, why, since when and until when: for the person's page and the timeline (X6)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.contacts.models import Batch, Contact, Import, Tag, TagChange, TagTerm
from tradewind.lib import publicid
from tradewind.workspaces.models import Member

# Reasons that the program itself gives, as the log keeps them.
OWN_REASONS: dict[str, str | Promise] = {
    "its time was over": gettext_lazy("its time was over"),
    "undone": gettext_lazy("undone"),
    "the tag was deleted": gettext_lazy("the tag was deleted"),
    "the tag was merged": gettext_lazy("the tag was merged into another"),
    "the rule was switched off": gettext_lazy("the rule was switched off"),
    "two contacts were merged": gettext_lazy("two contacts were merged"),
    "silent for six months": gettext_lazy("silent for six months"),
    "a merge was undone": gettext_lazy("a merge was undone"),
}

# Rule numbers → the rule in the reader's words; the segments room tells them.
RuleNamer = Callable[[int, list[int]], dict[int, str]]
_rule_namers: list[RuleNamer] = []


def register_rules(namer: RuleNamer) -> None:
    """Say how rules are called; to be called once, when the room's app is ready."""
    if namer not in _rule_namers:
        _rule_namers.append(namer)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A tag that a person has. `change` is None for a tag from before there was a log."""

    tag: Tag
    change: TagChange | None
    until: datetime | None
    by: str  # "Alice", "the rule …", "" when nobody knows
    reason: str
    url: str = ""  # the rule, the act on many, or the import, where one can look; "" for a person's own hand
    right: str = ""  # who may look there


def of_contact(contact: Contact, tags: Iterable[Tag]) -> list[Assignment]:
    """Each of these tags of the contact with how it came about."""
    tags = list(tags)
    if not tags:
        return []
    rows = TagChange.objects.filter(contact=contact, tag_id__in=[tag.pk for tag in tags], is_on=True).order_by("pk")
    latest = {row.tag_id: row for row in rows}
    ends = dict(TagTerm.objects.filter(contact=contact).values_list("tag_id", "until"))
    names = Names(contact.workspace_id, latest.values())
    return [assignment(tag, latest.get(tag.pk), ends.get(tag.pk), names) for tag in tags]


def assignment(tag: Tag, change: TagChange | None, until: datetime | None, names: "Names") -> Assignment:
    if change is None:
        return Assignment(tag, None, until, "", "")
    return Assignment(tag, change, until, names.of(change), reason_of(change), *address_of(change, names))


def address_of(change: TagChange, names: "Names") -> tuple[str, str]:
    """(where one can see what put the tag on, who may look there); "" when nothing is there, or not any more."""
    looks = (
        (change.rule_id, names.rules, "rules:show", "tagrule", "contacts.view"),
        (change.import_id, names.imports, "contacts:import", "import", "contacts.import"),
        (change.batch_id, names.batches, "contacts:batch", "batch", "contacts.batch"),
    )
    for row, there, page, kind, right in looks:
        if row is not None and row in there:
            return reverse(page, args=[publicid.encode(kind, row)]), right
    return "", ""


def reason_of(change: TagChange) -> str:
    """The reason in the reader's language; what people wrote stays as it is."""
    return str(OWN_REASONS.get(change.reason, change.reason))


class Names:
    """Who did a change, by name: looked up once for all of them."""

    def __init__(self, workspace_id: int, changes: Iterable[TagChange]) -> None:
        found = list(changes)
        self.members = named(Member.objects.select_related("user"), workspace_id, [each.member_id for each in found])
        self.batches = named(Batch.objects, workspace_id, [each.batch_id for each in found])
        self.imports = named(Import.objects, workspace_id, [each.import_id for each in found])
        rules = sorted({each.rule_id for each in found if each.rule_id is not None})
        self.rules: dict[int, str] = {}
        for namer in _rule_namers:
            self.rules |= namer(workspace_id, rules) if rules else {}

    def of(self, change: TagChange) -> str:
        """Who or what it was: a rule, an import, a member (in a batch), or "" when nobody is named."""
        if change.rule_id is not None:
            rule = self.rules.get(change.rule_id, "")
            return _("by rule: %(rule)s") % {"rule": rule} if rule else _("by a rule")
        if change.import_id is not None:
            return _("by the import %(name)s") % {"name": self.imports.get(change.import_id, "")}
        who = str(self.members.get(change.member_id or 0, ""))
        if change.batch_id is not None:
            return _("%(name)s, for many at once") % {"name": who} if who else _("for many at once")
        return who


def named(rows: Any, workspace_id: int, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = {each for each in ids if each is not None}
    return {row.pk: row for row in rows.filter(workspace_id=workspace_id, pk__in=wanted)} if wanted else {}
