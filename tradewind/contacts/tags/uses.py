"""Who uses a tag: rooms above tell it here (segments, rules, campaigns), so that no tag is deleted under them."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.functional import Promise

from tradewind.contacts.models import Tag


class Use(NamedTuple):
    """Something that counts on a tag: `kind` in the reader's language ("campaign"), its name and page."""

    kind: str | Promise
    name: str
    url: str = ""


# (workspace_id, tag ids) → what uses any of them now; what is over does not count.
Finder = Callable[[int, list[int]], list[Use]]
_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """To be called once, when a room's app is ready."""
    if finder not in _finders:
        _finders.append(finder)


def of(workspace_id: int, tags: list[Tag]) -> list[Use]:
    """Everything that uses one of these tags."""
    ids = [int(tag.pk) for tag in tags]
    return [use for finder in _finders for use in finder(workspace_id, ids)] if ids else []
