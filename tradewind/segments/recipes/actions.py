"""Switching a recipe on: its tags and rules are made, those that are there already are switched on again."""

from django.db import transaction

from tradewind.contacts.tags import tree as tag_tree
from tradewind.segments.models import TagRule
from tradewind.segments.recipes.catalogue import Recipe
from tradewind.segments.recipes.offers import key_of, path_of
from tradewind.segments.rules import actions
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member


def switch_on(recipe: Recipe, *, member: Member) -> tuple[int, list[str]]:
    """(rules switched on now, paths left alone because people set these tags by hand). Doing it again does nothing.

    A rule that was changed since keeps its change. Raises RuleError, TreeError, TagError.
    """
    switched, left_alone = 0, []
    with transaction.atomic():
        rules = TagRule.objects.filter(workspace_id=member.workspace_id, recipe__startswith=f"{recipe.code}:")
        made = {rule.recipe: rule for rule in rules}
        for part in recipe.parts(member.workspace_id):
            rule, path = made.get(key_of(recipe, part)), path_of(recipe, part)
            if rule is None and tag_tree.find(member.workspace_id, path) is not None:
                left_alone.append(path)
                continue
            rule = rule or actions.create(
                workspace=member.workspace, member=member, tag=path, tree=part.tree, recipe=key_of(recipe, part)
            )
            if rule.state != "on":
                actions.switch_on(rule, member=member)
                switched += 1
        if switched:
            audit.note(member, "recipe.switched_on", None, str(recipe.name), {"recipe": recipe.code, "rules": switched})
    return switched, left_alone
