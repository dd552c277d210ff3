"""A saved segment as a condition."""

from tradewind.segments.models import Segment
from tradewind.segments.nodes import Node, Saved
from tradewind.segments.tree import read


def node_of(segment: Segment) -> Node:
    """Its tree read now, or, when it is frozen, the people it keeps. Raises TreeError for what is gone."""
    if segment.frozen_at is not None:
        return Saved(segment.pk, segment.name, None)
    return read(segment.tree, workspace_id=segment.workspace_id)
