"""The acts that mend a finding; each says in the audit trail which finding it answers."""

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.contacts.models import Tag
from tradewind.contacts.tags import tree as tag_tree
from tradewind.lib import clock
from tradewind.segments.health import split
from tradewind.segments.health.findings import Finding, repair_tree
from tradewind.segments.health.said import REPAIR
from tradewind.segments.models import TagRule
from tradewind.segments.rules import actions
from tradewind.segments.rules.errors import RuleError
from tradewind.workspaces import audit
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member


def mend(finding: Finding, member: Member) -> str:
    """Do a finding's act; what was done, as a sentence. Raises RuleError, TagError, TreeError."""
    with transaction.atomic():
        said = ACTS[finding.act](finding.tag, member)
        audit.note(
            member, "tag.mended", finding.tag, finding.tag.name if finding.tag else str(REPAIR),
            {"finding": finding.code, "reason": finding.says},
        )  # fmt: skip
    return said


def archive(tag: Tag | None, member: Member) -> str:
    assert tag is not None
    tag_tree.archive(tag, member=member)
    return _("%(tag)s is archived. Who has it keeps it, nobody gets it any more.") % {"tag": tag.name}


def off(tag: Tag | None, member: Member) -> str:
    actions.switch_off(rule_of(tag), member=member)
    return _("The rule is off; its tags are being taken off.")


def check(tag: Tag | None, member: Member) -> str:
    TagRule.objects.filter(pk=rule_of(tag).pk).update(due_at=clock.now(), reached=0)
    return _("Everybody is being checked.")


def rule_of(tag: Tag | None) -> TagRule:
    found = TagRule.objects.filter(tag=tag).first()
    if found is None:
        raise RuleError(_("This rule is not there any more."))
    return found


def divide(tag: Tag | None, member: Member) -> str:
    """A rule-made tag beside it for each part. Not below it: a tag counts as had by who has one below, so such a rule
    would look at itself."""
    assert tag is not None
    proposal = split.best(tag.workspace_id, tag.pk)
    if proposal is None:
        raise RuleError(_("There is nothing any more by which %(tag)s could be split.") % {"tag": tag.name})
    named = {"tag": tag.name, "id": public_id(tag)}
    for value, name in proposal.values:
        tree = {"all": [named, {"field": proposal.field, "is": value}]}
        key = f"split:{tag.pk}:{proposal.field}:{value}"[:60]
        if not TagRule.objects.filter(workspace_id=tag.workspace_id, recipe=key).exists():
            made = actions.create(
                workspace=member.workspace, member=member, tag=f"{tag.name} – {name.replace('/', '∕')}", tree=tree,
                recipe=key,
            )  # fmt: skip
            actions.switch_on(made, member=member)
    return _("%(tag)s is split into %(n)s tags; rules keep them.") % {"tag": tag.name, "n": len(proposal.values)}


def repair(tag: Tag | None, member: Member) -> str:
    """The tag for people who spend much and complained, kept by a rule."""
    rule = TagRule.objects.filter(workspace_id=member.workspace_id, recipe="health:repair").first()
    rule = rule or actions.create(
        workspace=member.workspace, member=member, tag=str(REPAIR), tree=repair_tree(member.workspace_id),
        recipe="health:repair",
    )  # fmt: skip
    actions.switch_on(rule, member=member)
    return _("A rule keeps the tag “%(tag)s” now.") % {"tag": rule.tag.name}


ACTS = {"archive": archive, "off": off, "check": check, "split": divide, "repair": repair}
