"""Phone numbers for who may not see them whole: the last three digits, everywhere the same."""

from collections.abc import Iterable
from typing import Protocol

from tradewind.contacts.models import Identity
from tradewind.lib.phone import PhoneError, normalise

RIGHT = "contacts.phones"
LAST = 3
HIDDEN = "•••"


class Viewer(Protocol):
    """A member, or a request."""

    @property
    def rights(self) -> frozenset[str]: ...


def sees_whole(viewer: Viewer) -> bool:
    """Whether somebody sees phone numbers whole: a right of managers, and of others unless the workspace masks them."""
    return RIGHT in viewer.rights


def shown(value: str, viewer: Viewer) -> str:
    """A phone number as this viewer may see it; "" stays ""."""
    return value if not value or sees_whole(viewer) else masked(value)


def masked(value: str) -> str:
    """•••716: enough to tell two people apart, not enough to call one."""
    return f"{HIDDEN}{value[-LAST:]}"


def masked_digits(text: str) -> str:
    """A line that somebody typed, in which a number may stand: only its last three digits are left of all of them."""
    places = [place for place, letter in enumerate(text) if letter.isdecimal()]
    hidden = set(places[:-LAST])
    return "".join("•" if place in hidden else letter for place, letter in enumerate(text))


def mask_identities(identities: Iterable[Identity], viewer: Viewer) -> None:
    """Put what the viewer may see into the rows, which must not be saved afterwards."""
    if sees_whole(viewer):
        return
    for each in identities:
        if each.kind == "phone":
            each.value = masked(each.value)


def whole_number(text: str, country: str) -> str:
    """The number that is typed in whole, in E.164; "" for a part of one. Who may not see numbers finds nobody by parts
    of them: else ten questions a digit would read any number."""
    try:
        return normalise(text, country or None)
    except PhoneError:
        return ""


def asks_for_numbers(tree: object) -> bool:
    """Whether a segment's tree has a condition on phone numbers: it would tell them piece by piece."""
    if isinstance(tree, dict):
        return tree.get("field") == "phone" or any(map(asks_for_numbers, tree.values()))
    return isinstance(tree, list) and any(map(asks_for_numbers, tree))
