"""The rules that are on, read and in order: a rule that looks at a rule-made tag comes after the rule that makes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter

from django.db.models import Count, Max, Sum

from tradewind.lib import logs
from tradewind.segments.errors import TreeError
from tradewind.segments.models import TagRule
from tradewind.segments.names import Names
from tradewind.segments.nodes import Node
from tradewind.segments.rules.watch import Watch, watch_of
from tradewind.segments.tree import Reader

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Live:
    """A rule that is on, with its tree read."""

    rule_id: int
    workspace_id: int
    tag_id: int
    version: int
    node: Node
    watch: Watch


Book = dict[int, list[Live]]
"""By workspace, in the order in which they are to be checked."""


def fingerprint() -> tuple[int, int, datetime | None]:
    """Changes whenever a rule is switched on, off or changed."""
    found = TagRule.objects.filter(state="on").aggregate(n=Count("pk"), versions=Sum("version"), last=Max("changed_at"))
    return found["n"], found["versions"] or 0, found["last"]


def read_all() -> Book:
    """Every workspace's rules. What cannot be read, and rings, are left out: their tags stay as they are."""
    by_workspace: dict[int, list[Live]] = {}
    names: dict[int, Names] = {}
    for rule in TagRule.objects.filter(state="on", tag__archived_at=None).order_by("pk"):
        known = names.setdefault(rule.workspace_id, Names(rule.workspace_id))
        live = read_one(rule, known)
        if live is not None:
            by_workspace.setdefault(rule.workspace_id, []).append(live)
    return {workspace: in_order(rules) for workspace, rules in by_workspace.items()}


def read_one(rule: TagRule, names: Names) -> Live | None:
    try:
        node = Reader(names).read(rule.tree)
    except TreeError as error:
        log.warning("a rule cannot be read", rule=rule.pk, error=error.placed)
        return None
    return Live(rule.pk, rule.workspace_id, rule.tag_id, rule.version, node, watch_of(node))


def in_order(rules: list[Live]) -> list[Live]:
    """Makers of tags before those who look at them, without rings."""
    looks_at = graph(rules)
    ringed = {rule.rule_id for rule in rules if is_in_ring(rule.rule_id, looks_at)}
    known = {rule.rule_id: rule for rule in rules if rule.rule_id not in ringed}
    order = TopologicalSorter({each: looks_at[each] & known.keys() for each in known}).static_order()
    return [known[each] for each in order]


def graph(rules: Iterable[Live]) -> dict[int, set[int]]:
    """Rule → the rules whose tags it looks at."""
    rules = list(rules)
    makers = {rule.tag_id: rule.rule_id for rule in rules}
    return {rule.rule_id: {makers[tag] for tag in rule.watch.tags if tag in makers} for rule in rules}


def is_in_ring(rule: int, looks_at: dict[int, set[int]]) -> bool:
    """Whether following what it looks at leads back to it."""
    seen: set[int] = set()
    ahead = list(looks_at.get(rule, ()))
    while ahead:
        each = ahead.pop()
        if each == rule:
            return True
        if each not in seen:
            seen.add(each)
            ahead += looks_at.get(each, ())
    return False
