"""What the builder shows of a tree: the sentence, how many fit each line, who they are, what costs most."""

from dataclasses import dataclass
from typing import Any

from tradewind.contacts.models import Contact
from tradewind.segments import queries, sentence
from tradewind.segments.builder.lines import Line, tree_of
from tradewind.segments.errors import TreeError
from tradewind.segments.models import Segment
from tradewind.segments.names import Names
from tradewind.segments.nodes import All, Node, OptedIn, WindowOpen
from tradewind.segments.tree import Reader
from tradewind.workspaces.models import Member

SAMPLE = 7
MOST_COSTS = 6
ASIDE_MS = 400
"""So long each figure beside the tree may take; it is an estimate when it takes longer."""


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
    """Everything that the page shows of these lines."""
    tree, node = understood(lines, member, inside)
    found = queries.counts_by_branch(node, workspace_id=member.workspace_id)
    people = found[lines[0].path]
    return Drawn(
        lines=lines,
        tree=tree,
        node=node,
        says=sentence.say(node),
        counts={line.n: found[counted] for line in lines if (counted := counted_at(line, found)) in found},
        everybody=queries.everybody(member.workspace_id)[0],
        ms=round(sum(count.ms for count in found.values())),
        people=people,
        opted_in=aside(All((node, OptedIn(True))), member),
        window_open=aside(All((node, WindowOpen(True))), member),
        costs=costliest(node, people, member),
        sample=sample(node, member, seed),
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


def aside(node: Node, member: Member) -> queries.Count:
    """A count beside the tree; estimated when it takes long."""
    return queries.count(node, workspace_id=member.workspace_id, limit_ms=ASIDE_MS)


def costliest(node: Node, people: queries.Count, member: Member) -> tuple[str, int] | None:
    """Of the conditions of the first group the one without which most people would fit, and how many these are."""
    if not isinstance(node, All) or not 2 <= len(node.of) <= MOST_COSTS:
        return None
    without = [(aside(All(node.of[:n] + node.of[n + 1 :]), member).people, part) for n, part in enumerate(node.of)]
    most, part = max(without, key=lambda each: each[0])
    return (said_alone(part), most) if most > people.people else None


def said_alone(part: Node) -> str:
    return sentence.clause(part, is_so=True, is_inside=False)


def sample(node: Node, member: Member, seed: int) -> list[Contact]:
    """Some of the people by chance."""
    ids = queries.sample(node, workspace_id=member.workspace_id, n=SAMPLE, seed=seed)
    rows = Contact.objects.visible_to(member).filter(pk__in=ids).select_related("standing")
    known = {row.pk: row for row in rows}
    return [known[pk] for pk in ids if pk in known]
