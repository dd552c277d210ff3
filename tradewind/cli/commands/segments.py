"""`tradewind segments count|members --tree FILE`: ask a tree of conditions who fits it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tradewind.cli import environment
from tradewind.cli.output import DEFAULT_DATA, AsJson, Data, Refusal, finish

if TYPE_CHECKING:
    from tradewind.segments.nodes import Node
    from tradewind.workspaces.models import Workspace

Tree = Annotated[str, typer.Option("--tree", metavar="FILE", help="The tree as JSON; - is standard input.")]
Which = Annotated[
    str, typer.Option("--workspace", metavar="NAME", help="Its name or id; needed only where there are several.")
]
LARGEST = 4 * 1024 * 1024


def add_to(app: typer.Typer) -> None:
    group = typer.Typer(help="Who fits a tree of conditions.", no_args_is_help=True, rich_markup_mode=None)
    group.command()(count)
    group.command()(members)
    app.add_typer(group, name="segments")


def count(tree: Tree, workspace: Which = "", data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Count the people who fit."""
    where, node = asked(tree, workspace, data)
    from tradewind.segments import queries

    found = queries.count(node, workspace_id=where.pk)
    finish({"people": found.people, "ms": round(found.ms, 1)}, as_json=as_json)


def members(tree: Tree, workspace: Which = "", data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Print one identity a line: the phone number, else the user id, else @user name."""
    where, node = asked(tree, workspace, data)
    from tradewind.segments import queries

    people = nameless = 0
    for _contact, identity in queries.members(node, workspace_id=where.pk):
        people += 1
        if identity:
            print(identity)
        else:
            nameless += 1
    if as_json:
        finish({"people": people, "without_identity": nameless}, as_json=True)


def asked(tree: str, workspace: str, data: Path) -> tuple["Workspace", "Node"]:
    """The workspace and the tree; Refusal for what cannot be used."""
    value = read(tree)
    environment.django(environment.of_data(data))
    from tradewind.segments.errors import TreeError
    from tradewind.segments.tree import read as read_tree

    where = workspace_of(workspace)
    try:
        return where, read_tree(value, workspace_id=where.pk)
    except TreeError as error:
        raise Refusal(error.placed) from error


def read(tree: str) -> Any:
    import orjson

    name = "standard input" if tree == "-" else tree
    try:
        body = sys.stdin.buffer.read(LARGEST + 1) if tree == "-" else beginning(Path(tree))
    except (OSError, ValueError) as error:
        raise Refusal(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if len(body) > LARGEST:
        raise Refusal(f"{name} is too large for a tree: {LARGEST // 1024 // 1024} MiB at most.")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refusal(f"{name} is no JSON: {error}.") from error


def beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def workspace_of(given: str) -> "Workspace":
    """By name or public id; the only one when nothing is given."""
    from django.db import DatabaseError

    from tradewind.lib import publicid
    from tradewind.workspaces.models import Workspace

    try:
        found = list(Workspace.objects.order_by("pk"))
    except DatabaseError as error:
        raise Refusal("This database has no tables yet. Run tradewind migrate first.") from error
    if given:
        found = [each for each in found if given in (each.name, publicid.encode("workspace", each.pk))]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refusal(f"There is no workspace “{given}”." if given else "There is no workspace yet.")
    raise Refusal(f"Say which with --workspace: {', '.join(each.name for each in found)}.")
