"""What the builder shows of a tree: the sentence, how many fit each line, who they are, what costs most."""

from dataclasses import dataclass
from typing import Any

from tradewind.contacts.models import Contact
from tradewind.segments import queries, sentence
from tradewind.segments.builder.lines import Line
from tradewind.segments.builder.trees import tree_of
from tradewind.segments.errors import TreeError
from tradewind.segments.models import Segment
from tradewind.segments.names import Names
from tradewind.segments.nodes import All, Node, OptedIn, WindowOpen
from tradewind.segments.tree import Reader
from tradewind.workspaces.models import Member

SAMPLE = 7
MOST_COSTS = 6


@dataclass
class Drawn:
    """A tree as it is shown. `counts` by line number; `everybody` is the whole workspace."""

    lines: list[Line]
    tree: dict[str, Any]
    node: Node
    says: str
    counts: dict[int, queries.Count]
    everybody: int
    ms: int
    people: queries.Count
    opted_in: queries.Count
    window_open: queries.Count
    costs: tuple[str, int] | None
    sample: list[Contact]

    @property
    def is_whole(self) -> bool:
        """Whether every line is filled in."""
        return not any(line.missing for line in self.lines)


def draw(lines: list[Line], member: Member, *, inside: Segment | None = None, seed: int = 0) -> Drawn:
    """Everything that the page shows of these lines; all of it is counted in one walk."""
    tree, node = understood(lines, member, inside)
    places, fewer = dict(queries.branches(node)), without(node)
    aside = [All((node, OptedIn(True))), All((node, WindowOpen(True)))]
    counted = queries.counts([*places.values(), *aside, *fewer], workspace_id=member.workspace_id)
    found = dict(zip(places, counted, strict=False))
    opted_in, window_open, *more = counted[len(places) :]
    people = found[lines[0].path]
    return Drawn(
        lines=lines,
        tree=tree,
        node=node,
        says=sentence.say(node),
        counts={line.n: found[place] for line in lines if (place := counted_at(line, found)) in found},
        everybody=queries.everybody(member.workspace_id)[0],
        ms=round(sum(count.ms for count in counted)),
        people=people,
        opted_in=opted_in,
        window_open=window_open,
        costs=costliest(node, people, more),
        sample=sample(node, member, seed) if people.people or people.is_about else [],
    )


def counted_at(line: Line, found: dict[str, queries.Count]) -> str:
    """The place whose count stands beside the line: of a group of none it is who fits any of it."""
    if not line.path.endswith("not"):
        return line.path
    return next((path for path in found if path.startswith(f"{line.path}.")), line.path)


def understood(lines: list[Line], member: Member, inside: Segment | None) -> tuple[dict[str, Any], Node]:
    """The tree of the lines that make sense; a line that makes none says why, and the rest is shown all the same."""
    while True:
        tree = tree_of(lines)
        try:
            names = Names(member.workspace_id)
            return tree, Reader(names, (inside.pk,) if inside else ()).read(tree)
        except TreeError as error:
            blamed = at_fault(lines, error.path)
            if blamed is None:
                raise
            blamed.problem = str(error)


def at_fault(lines: list[Line], path: str) -> Line | None:
    """The condition at this place of the tree."""
    fitting = [line for line in lines if line.path and not line.is_group and path.startswith(line.path)]
    return max(fitting, key=lambda line: len(line.path), default=None)


def without(node: Node) -> list[Node]:
    """The tree without each of the conditions of its first group, where there are a few of them."""
    if not isinstance(node, All) or not 2 <= len(node.of) <= MOST_COSTS:
        return []
    return [All(node.of[:n] + node.of[n + 1 :]) for n in range(len(node.of))]


def costliest(node: Node, people: queries.Count, fewer: list[queries.Count]) -> tuple[str, int] | None:
    """Of the conditions of the first group the one without which most people would fit, and how many these are."""
    if not fewer or not isinstance(node, All):
        return None
    most, part = max(zip((count.people for count in fewer), node.of, strict=True), key=lambda each: each[0])
    return (said_alone(part), most) if most > people.people else None


def said_alone(part: Node) -> str:
    return sentence.clause(part, is_so=True, is_inside=False)


def sample(node: Node, member: Member, seed: int) -> list[Contact]:
    """Some of the people by chance."""
    ids = queries.sample(node, workspace_id=member.workspace_id, n=SAMPLE, seed=seed)
    rows = Contact.objects.visible_to(member).filter(pk__in=ids).select_related("standing")
    known = {row.pk: row for row in rows}
    return [known[pk] for pk in ids if pk in known]
