"""A tree as it is kept and shown: what the user wrote, with the ids of what it names and the names as they are now.

A tag is known by its id, so a tree survives that the tag is renamed; a saved segment is named by its public id, with
its name beside it for people. What is not there any more stays as it was written, and reading it says so.
"""

from collections.abc import Mapping
from typing import Any

from tradewind.lib import publicid
from tradewind.segments.names import Names


def written(value: Any, workspace_id: int) -> Any:
    """The same tree with ids and current names. `value` may be broken: what cannot be understood stays."""
    return refreshed(value, Names(workspace_id))


def refreshed(value: Any, names: Names) -> Any:
    if not isinstance(value, Mapping):
        return value
    if "all" in value or "any" in value:
        key = "all" if "all" in value else "any"
        inner = value[key]
        return {**value, key: [refreshed(each, names) for each in inner] if isinstance(inner, list) else inner}
    if "not" in value:
        return {**value, "not": refreshed(value["not"], names)}
    if isinstance(value.get("tag"), str):
        found = names.tag(value["tag"], value.get("id"))
        return {"tag": found.name, "id": publicid.encode("tag", found.tag_id)} if found else dict(value)
    if isinstance(value.get("segment"), str):
        segment = names.segment(value["segment"])
        return {"segment": publicid.encode("segment", segment.pk), "name": segment.name} if segment else dict(value)
    if isinstance(value.get("campaign"), str):
        campaign = names.campaign(value["campaign"])
        return {**value, "name": campaign[2]} if campaign else dict(value)
    return dict(value)
