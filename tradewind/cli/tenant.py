"""Which workspace a command works for: the one that is named, or the only one there is."""

from typing import TYPE_CHECKING

from tradewind.cli.output import Refusal

if TYPE_CHECKING:
    from tradewind.workspaces.models import Workspace


def workspace_of(name: str) -> "Workspace":
    """The workspace of that name (case does not count). Needs Django to be set up; raises Refusal."""
    from tradewind.workspaces.models import Workspace

    there = list(Workspace.objects.order_by("id")[:50])
    found = [each for each in there if each.name.casefold() == name.strip().casefold()] if name.strip() else there
    if len(found) == 1:
        return found[0]
    if not there:
        raise Refusal("There is no workspace yet. Set one up in the console first: tradewind up.")
    names = ", ".join(each.name for each in there)
    if not found:
        raise Refusal(f"There is no workspace {name}. There are: {names}.")
    raise Refusal(f"There are several workspaces. Say which with --workspace: {names}.")
