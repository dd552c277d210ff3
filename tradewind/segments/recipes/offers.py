"""What each recipe would make in a workspace, what of it is there already, and how many people each tag would get."""

from collections.abc import Sequence
from dataclasses import dataclass

from tradewind.contacts.models import Tag
from tradewind.contacts.tags import tree as tag_tree
from tradewind.segments import queries, sentence, tree
from tradewind.segments.models import TagRule
from tradewind.segments.nodes import Node
from tradewind.segments.recipes import interests
from tradewind.segments.recipes.catalogue import Part, Recipe
from tradewind.workspaces.door import public_id
from tradewind.workspaces.models import Member

INTERESTS = "interests"
LIMIT_MS = 1_500
"""So long the counts of a recipe may take before they are estimated."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A tag of a recipe. `rule`: the one that it made already; `blocked`: a tag of this name that people set."""

    part: Part
    path: str
    says: str
    people: queries.Count
    rule: TagRule | None
    rule_id: str
    blocked: Tag | None


@dataclass(frozen=True, slots=True)
class Card:
    """A recipe on its page."""

    recipe: Recipe
    offers: list[Offer]

    @property
    def made(self) -> int:
        return sum(offer.rule is not None for offer in self.offers)

    @property
    def to_do(self) -> int:
        """Tags that switching on would make, or switch on again."""
        return sum(
            offer.rule.state != "on" if offer.rule else offer.blocked is None for offer in self.offers
        )  # fmt: skip


def key_of(recipe: Recipe, part: Part) -> str:
    """How a rule remembers what made it; at most 60 letters."""
    return f"{recipe.code}:{part.key}"[:60]


def path_of(recipe: Recipe, part: Part) -> str:
    """The tag's path in the reader's language; a "/" within a name is none of a path."""
    return "/".join(str(each).replace("/", "∕") for each in (recipe.dimension, part.name))


def card(recipe: Recipe, member: Member) -> Card:
    """What the recipe makes here, with counts as of now."""
    return cards((recipe,), member)[0]


def cards(recipes: Sequence[Recipe], member: Member) -> list[Card]:
    """The same of several: all conditions are counted in one walk or reading, rules and tags are read once."""
    rules = TagRule.objects.visible_to(member).select_related("tag").exclude(recipe="")
    made = {rule.recipe: rule for rule in rules}
    parts = {recipe.code: recipe.parts(member.workspace_id) for recipe in recipes}
    trees = [part.tree for some in parts.values() for part in some]
    read = iter(tree.read_all(trees, workspace_id=member.workspace_id))
    nodes = {code: [next(read) for _part in some] for code, some in parts.items()}
    people = counted(nodes, member.workspace_id)
    paths = [path_of(recipe, part) for recipe in recipes for part in parts[recipe.code]]
    there = tag_tree.find_all(member.workspace_id, paths)
    return [
        Card(
            recipe,
            [
                offer(recipe, part, node, found, made.get(key_of(recipe, part)), there)
                for part, node, found in zip(parts[recipe.code], nodes[recipe.code], people[recipe.code], strict=True)
            ],
        )
        for recipe in recipes
    ]


def counted(nodes: dict[str, list[Node]], workspace_id: int) -> dict[str, list[queries.Count]]:
    """How many people each tag would get, by recipe. Interests are counted in a reading of their own."""
    about_products = nodes.get(INTERESTS, [])
    others = [node for code, some in nodes.items() if code != INTERESTS for node in some]
    found = iter(queries.counts(others, workspace_id=workspace_id, limit_ms=LIMIT_MS) if others else ())
    of_products = (
        interests.counts(about_products, workspace_id=workspace_id, limit_ms=LIMIT_MS) if about_products else []
    )
    return {code: of_products if code == INTERESTS else [next(found) for _node in some] for code, some in nodes.items()}


def offer(
    recipe: Recipe, part: Part, node: Node, people: queries.Count, rule: TagRule | None, there: dict[str, Tag]
) -> Offer:
    path = rule.tag.name if rule else path_of(recipe, part)
    blocked = None if rule else there.get(path)
    return Offer(part, path, sentence.say(node), people, rule, public_id(rule) if rule else "", blocked)
