"""A tree as the people of a batch (contacts/tags/selections.py): {"tree": {"segment": "…"}} and any other tree."""

from typing import Any

from tradewind.contacts.errors import ContactError
from tradewind.contacts.tags.selections import Sql
from tradewind.lib import clock
from tradewind.segments import compile, tree
from tradewind.segments.errors import TreeError


def by_tree(value: Any, workspace_id: int) -> Sql:
    """Who fits now. Raises ContactError when the tree cannot be read (any more)."""
    try:
        node = tree.read(value, workspace_id=workspace_id)
    except TreeError as error:
        raise ContactError(str(error)) from error
    return Sql(*compile.contacts_sql(node, workspace_id=workspace_id, now=clock.now()))
