"""What each recipe would make in a workspace, what of it is there already, and how many people each tag would get."""

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
    """What the recipe makes here, with counts as of now, all of them in one walk or reading."""
    rules = TagRule.objects.visible_to(member).select_related("tag").filter(recipe__startswith=f"{recipe.code}:")
    made = {rule.recipe: rule for rule in rules}
    parts = recipe.parts(member.workspace_id)
    nodes = [tree.read(part.tree, workspace_id=member.workspace_id) for part in parts]
    count = interests.counts if recipe.code == "interests" else queries.counts
    counts = count(nodes, workspace_id=member.workspace_id, limit_ms=LIMIT_MS) if nodes else []
    return Card(
        recipe,
        [
            offer(recipe, part, member, made.get(key_of(recipe, part)), node, people)
            for part, node, people in zip(parts, nodes, counts, strict=True)
        ],
    )


def offer(recipe: Recipe, part: Part, member: Member, rule: TagRule | None, node: Node, people: queries.Count) -> Offer:
    path = rule.tag.name if rule else path_of(recipe, part)
    there = None if rule else tag_tree.find(member.workspace_id, path)
    return Offer(part, path, sentence.say(node), people, rule, public_id(rule) if rule else "", there)
