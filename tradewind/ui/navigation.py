"""The rail: which pages the console has. An entry is shown when its address exists and the member may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the console. `target` is a URL name; `on_phone`: among the five of the tab bar."""

    target: str
    name: str | Promise
    icon: str
    on_phone: bool = True
    flips: bool = False  # arrows and the paper plane mirror in right-to-left
    at_end: bool = False
    searchable: bool = False
    right: str = ""  # what it takes to open it; a member without it does not see it
    holds: tuple[str, ...] = ()  # URL names of what lies in it by sense, at an address elsewhere


ENTRIES = (
    Entry(
        "contacts:list", _("Contacts"), icon="users", searchable=True, right="contacts.view", holds=("segments:list",)
    ),
    Entry(
        "campaigns:list",
        _("Campaigns"),
        icon="send",
        flips=True,
        searchable=True,
        right="campaigns.view",
        holds=("campaigns:series", "messages:files"),
    ),
    Entry("templates:list", _("Templates"), icon="message-square-text", searchable=True, right="templates.view"),
    Entry("numbers:list", _("Numbers"), icon="smartphone", right="numbers.view"),
    Entry(
        "health:index",
        _("Health"),
        icon="heart-pulse",
        on_phone=False,
        right="health.view",
        holds=("intake:dead_letters",),
    ),
    Entry(
        "settings:index",
        _("Settings"),
        icon="settings-2",
        on_phone=False,
        at_end=True,
        holds=("contacts:scores", "contacts:retention", "api_docs"),
    ),
)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry with its address, as the rail draws it."""

    entry: Entry
    url: str
    is_current: bool


def places(request: HttpRequest) -> list[Place]:
    """The entries that can be reached, the current one marked by the longest address that begins the path."""
    rights: frozenset[str] = getattr(request, "rights", frozenset())
    open_to_them = [entry for entry in ENTRIES if not entry.right or entry.right in rights]
    found = [(entry, url) for entry in open_to_them for url in address(entry.target)]
    beginnings = [
        (url, entry) for entry, _url in found for name in (entry.target, *entry.holds) for url in address(name)
    ]
    here = [(len(url), entry) for url, entry in beginnings if request.path.startswith(url)]
    current = max(here, key=itemgetter(0))[1] if here else None
    return [Place(entry, url, entry is current) for entry, url in found]


def address(target: str) -> Iterator[str]:
    """The address of a URL name, or nothing when no room offers it."""
    try:
        yield reverse(target)
    except NoReverseMatch:
        return
