"""The verbs of rules: create, change, switch on, switch off, delete. Each is one transaction that leaves its traces.

The tags themselves are set by the worker (`keeper`), within seconds.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.contacts.models import Tag
from tradewind.contacts.tags import tree as tag_tree
from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.segments.models import TagRule
from tradewind.segments.names import Names
from tradewind.segments.nodes import Node
from tradewind.segments.rules import book
from tradewind.segments.rules.book import Live
from tradewind.segments.rules.errors import RuleError
from tradewind.segments.rules.watch import watch_of
from tradewind.segments.tree import Reader
from tradewind.segments.written import written
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

MOST_RULES = 500


def create(
    *, workspace: Workspace, member: Member | None, tag: str, tree: Any, recipe: str = "", description: str = ""
) -> TagRule:
    """A rule as a draft; its tag is made when there is none of that path. Raises RuleError, TreeError, TagError."""
    read(workspace.pk, tree)
    with transaction.atomic():
        if TagRule.objects.filter(workspace=workspace).count() >= MOST_RULES:
            raise RuleError(_("There are %(most)s rules already. Delete one first.") % {"most": MOST_RULES})
        made, _is_new = tag_tree.make(workspace=workspace, name=tag, member=member, description=description)
        if TagRule.objects.filter(tag=made).exists():
            raise RuleError(_("The tag %(tag)s has a rule already.") % {"tag": made.name})
        now = clock.now()
        rule = TagRule.objects.create(
            workspace=workspace, tag=made, tree=written(tree, workspace.pk), recipe=recipe, created_by=member,
            created_at=now, changed_at=now,
        )  # fmt: skip
        note(rule, "rule.created", member)
    return rule


def change(rule: TagRule, *, tree: Any, member: Member | None) -> TagRule:
    """Another tree; a rule that is on looks at everybody anew."""
    with transaction.atomic():
        rule = locked(rule)
        node = read(rule.workspace_id, tree)
        if rule.state == "on":
            refuse_ring(rule, node)
        rule.tree, rule.changed_at, rule.version = written(tree, rule.workspace_id), clock.now(), rule.version + 1
        rule.due_at, rule.reached = clock.now(), 0
        rule.save()
        note(rule, "rule.changed", member, version=rule.version)
    return rule


def switch_on(rule: TagRule, *, member: Member | None) -> TagRule:
    """From now on the rule alone decides who has the tag. Raises RuleError, TreeError."""
    with transaction.atomic():
        rule = locked(rule)
        if rule.state == "on":
            return rule
        if rule.tag.archived_at is not None:
            raise RuleError(_("The tag %(tag)s is archived. Bring it back first.") % {"tag": rule.tag.name})
        refuse_ring(rule, read(rule.workspace_id, rule.tree))
        turn(rule, "on", is_leaving=False)
        Tag.objects.filter(pk=rule.tag_id).update(rule_id=rule.pk)
        note(rule, "rule.switched_on", member)
    return rule


def switch_off(rule: TagRule, *, member: Member | None, keeps: bool = False) -> TagRule:
    """The tags go, or stay as they are (`keeps`) and can be set by hand again."""
    with transaction.atomic():
        rule = locked(rule)
        if rule.state != "on":
            return rule
        turn(rule, "off", is_leaving=not keeps)
        if keeps:
            Tag.objects.filter(pk=rule.tag_id, rule_id=rule.pk).update(rule_id=None)
        note(rule, "rule.switched_off", member, keeps=keeps)
    return rule


def delete(rule: TagRule, *, member: Member | None) -> None:
    """Forget a rule that is not on; its tag stays."""
    with transaction.atomic():
        rule = locked(rule)
        if rule.state == "on" or rule.is_leaving:
            raise RuleError(_("Switch the rule off first, and wait until its tags are gone."))
        note(rule, "rule.deleted", member)
        rule.delete()


def turn(rule: TagRule, state: str, *, is_leaving: bool) -> None:
    rule.state, rule.is_leaving, rule.version = state, is_leaving, rule.version + 1
    rule.due_at = rule.changed_at = clock.now()
    rule.reached, rule.checked_at = 0, None
    rule.save()


def read(workspace_id: int, value: Any) -> Node:
    """The tree as nodes. Raises TreeError."""
    return Reader(Names(workspace_id)).read(value)


def refuse_ring(rule: TagRule, node: Node) -> None:
    """A tag must not decide about itself, not even by way of other rules."""
    mine = Live(rule.pk, rule.workspace_id, rule.tag_id, rule.version, node, watch_of(node))
    names = Names(rule.workspace_id)
    others = TagRule.objects.filter(workspace_id=rule.workspace_id, state="on").exclude(pk=rule.pk)
    rules = [live for other in others if (live := book.read_one(other, names)) is not None]
    if book.is_in_ring(rule.pk, book.graph([mine, *rules])):
        raise RuleError(
            _("This rule would go round in a circle: it looks at its own tag %(tag)s, directly or by other rules.")
            % {"tag": rule.tag.name}
        )


def locked(rule: TagRule) -> TagRule:
    row = TagRule.objects.select_for_update(of=("self",)).select_related("tag", "workspace").filter(pk=rule.pk).first()
    if row is None:
        raise RuleError(_("This rule is not there any more."))
    return row


def note(rule: TagRule, kind: str, member: Member | None, **data: Any) -> None:
    about = {"rule": rule.pk, "tag": rule.tag_id, "name": rule.tag.name, **data}
    record(kind, workspace_id=rule.workspace_id, member_id=member.pk if member else None, data=about)
    if member is not None:
        audit.note(member, kind, rule, rule.tag.name, data)
