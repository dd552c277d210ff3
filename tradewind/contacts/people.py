"""Who wrote: from the identities in a webhook to contacts, in batches and safe when many write at once.

Two processes may meet the same new person at the same moment. The unique key of `identity` decides who makes the
contact: the id of a new contact is drawn first, then its identity is inserted, and only who wins inserts the contact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import psycopg

from tradewind.contacts import renumbering
from tradewind.contacts.doubles import finding as doubles
from tradewind.contacts.keys import Key, Keys, keys_of, sorted_keys
from tradewind.contacts.suppressed import suppressed_among
from tradewind.journal.actions import Line, record_many
from tradewind.lib.phone import country_of, zone_of
from tradewind.lib.text import safe_to_show

LONGEST_NAME = 200
# How old the sign of life of an identity may be before it is written again.
SEEN_AGAIN_AFTER = timedelta(days=1)

FIND = """
SELECT identity.kind, identity.scope, identity.value, identity.contact_id
FROM unnest(%b::text[], %b::bigint[], %b::text[]) AS given (kind, scope, value)
JOIN identity ON identity.workspace_id = %s AND identity.kind = given.kind AND identity.scope = given.scope
  AND identity.value = given.value
"""
DRAW_IDS = "SELECT nextval(pg_get_serial_sequence('contact', 'id')) FROM generate_series(1, %s)"
# Identities before their contact: the foreign key is checked at the commit. Sorted, so that two batches never wait for
# each other in a ring. Waits for whoever is inserting the same identity, then leaves it to them.
CLAIM = """
INSERT INTO identity (workspace_id, contact_id, kind, scope, value, is_current, seen_at)
SELECT %s, contact, kind, scope, value, true, to_timestamp(seen)
FROM unnest(%b::bigint[], %b::float8[], %b::text[], %b::bigint[], %b::text[])
  AS given (contact, seen, kind, scope, value)
ON CONFLICT (workspace_id, kind, scope, value) DO NOTHING
RETURNING kind, scope, value, contact_id
"""
MAKE = """
INSERT INTO contact (id, workspace_id, name, country, timezone, created_at, suppressed_at, suppressed_reason)
SELECT id, %s, name, country, timezone, %s, CASE WHEN reason <> '' THEN %s::timestamptz END, reason
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[])
  AS given (id, name, country, timezone, reason)
"""
MAKE_TAG_ROWS = "INSERT INTO contact_tags (contact_id, workspace_id) SELECT unnest(%b::bigint[]), %s"
FILL_NAMES = """
UPDATE contact SET name = given.name
FROM unnest(%b::bigint[], %b::text[]) AS given (id, name)
WHERE contact.id = given.id AND contact.name = '' AND given.name <> ''
"""
SEE = """
UPDATE identity SET seen_at = to_timestamp(given.seen), is_current = true
FROM unnest(%b::float8[], %b::text[], %b::bigint[], %b::text[]) AS given (seen, kind, scope, value)
WHERE identity.workspace_id = %s AND identity.kind = given.kind AND identity.scope = given.scope
  AND identity.value = given.value AND identity.seen_at < to_timestamp(given.seen) - %s
"""
# A user name goes from one person to another when they change it: the newest bearer has it.
NAME_USERS = """
INSERT INTO identity (workspace_id, contact_id, kind, scope, value, is_current, seen_at)
SELECT %s, contact, 'username', 0, value, true, %s FROM unnest(%b::bigint[], %b::text[]) AS given (contact, value)
ON CONFLICT (workspace_id, kind, scope, value)
DO UPDATE SET contact_id = excluded.contact_id, seen_at = excluded.seen_at
WHERE identity.contact_id <> excluded.contact_id
"""

Cursor = psycopg.Cursor[Any]


class Person(Protocol):
    """What is known of somebody; `whatsapp.webhooks.Person` is one."""

    phone: str | None
    bsuid: str | None
    username: str | None
    name: str | None


class Nobody(ValueError):
    """An event that names no person: neither phone number nor business-scoped user id."""


@dataclass(slots=True, eq=False)
class _Found:
    """A contact of this batch: one that is there, or a new one with the id that was drawn for it."""

    contact_id: int = 0
    seen_at: float = 0.0
    keys: list[Key] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)


def find_or_create(
    cursor: Cursor,
    workspace_id: int,
    portfolio_id: int,
    people: Sequence[Person],
    *,
    now: datetime,
    seen: Sequence[datetime] | None = None,
    source: str = "message",
) -> list[int]:
    """The contact id of each person, in their order; new ones are made, with all their identities.

    `seen`: when each was seen, by Meta's time (default: now). `source`: what brought the new ones. All writes are in
    the caller's transaction, and contacts of one workspace only. Raises Nobody.
    """
    if not people:
        return []
    keys = [keys_of(person, portfolio_id) for person in people]
    if any(not of_one for of_one in keys):
        raise Nobody("The event names no person: it has neither a phone number nor a user id.")
    known = contacts_of(cursor, workspace_id, {key for of_one in keys for key in of_one.looked_up})
    groups, places = gather(people, keys, known)
    for place, at in zip(places, seen or [now] * len(people), strict=True):
        groups[place].seen_at = max(groups[place].seen_at, at.timestamp())
    if pairs := linked(keys, known):
        doubles.link(cursor, workspace_id, pairs, now=now)
    new, there = [g for g in groups if not g.contact_id], [g for g in groups if g.contact_id]
    if new:
        make(cursor, workspace_id, new, now, source)
    complete(cursor, workspace_id, there, known)
    name_users(cursor, workspace_id, groups, now)
    return [groups[place].contact_id for place in places]


def contacts_of(cursor: Cursor, workspace_id: int, keys: Iterable[Key]) -> dict[Key, int]:
    """Which of these identities are known, and whose they are."""
    wanted = sorted_keys(keys)
    if not wanted:
        return {}
    cursor.execute(FIND, [*map(list, zip(*wanted, strict=True)), workspace_id])
    return {Key(kind, scope, value): contact for kind, scope, value, contact in cursor.fetchall()}


def linked(keys: Sequence[Keys], known: dict[Key, int]) -> list[tuple[int, int]]:
    """Pairs of contacts that one event names as one person: by a user id and by a number (X11)."""
    found = []
    for of_one in keys:
        bearers = [known[key] for key in of_one.looked_up if key in known]
        found += [(bearers[0], each) for each in bearers[1:] if each != bearers[0]]
    return found


def gather(people: Sequence[Person], keys: Sequence[Keys], known: dict[Key, int]) -> tuple[list[_Found], list[int]]:
    """People who share an identity, or a known contact, are one; `places` says which group each person is in."""
    groups: list[_Found] = []
    group_of: dict[Key | int, int] = {}
    places = []
    for person, of_one in zip(people, keys, strict=True):
        contact = next((known[key] for key in of_one.looked_up if key in known), 0)
        names: list[Key | int] = [*([contact] if contact else []), *of_one.looked_up]
        place = next((group_of[name] for name in names if name in group_of), None)
        if place is None:
            place = len(groups)
            groups.append(_Found(contact))
        group = groups[place]
        group.keys += [key for key in of_one.own if key not in group.keys]
        group.people.append(person)
        for name in names:
            group_of.setdefault(name, place)
        places.append(place)
    return groups, places


def make(cursor: Cursor, workspace_id: int, new: list[_Found], now: datetime, source: str) -> None:
    """Claim the first identity of each; who loses takes the winner's contact, who wins makes one."""
    cursor.execute(DRAW_IDS, [len(new)])
    for group, (contact_id,) in zip(new, cursor.fetchall(), strict=True):
        group.contact_id = contact_id
    first = {group.keys[0]: group for group in new}
    won = claim(cursor, workspace_id, first)
    lost = [key for key in first if key not in won]
    for key, contact_id in contacts_of(cursor, workspace_id, lost).items():
        first[key].contact_id = contact_id
    winners = [group for key, group in first.items() if key in won]
    if winners:
        make_contacts(cursor, workspace_id, winners, now, source)
    claim(cursor, workspace_id, {key: group for group in new for key in group.keys[1:]})


def claim(cursor: Cursor, workspace_id: int, wanted: dict[Key, _Found]) -> set[Key]:
    """Insert identities for contacts; returns those that were free."""
    if not wanted:
        return set()
    keys = sorted_keys(wanted)
    contacts, seen = [wanted[key].contact_id for key in keys], [wanted[key].seen_at for key in keys]
    cursor.execute(CLAIM, [workspace_id, contacts, seen, *map(list, zip(*keys, strict=True))])
    return {Key(kind, scope, value) for kind, scope, value, _contact in cursor.fetchall()}


def make_contacts(cursor: Cursor, workspace_id: int, groups: list[_Found], now: datetime, source: str) -> None:
    ids = [group.contact_id for group in groups]
    phones = [next((key.value for key in group.keys if key.kind == "phone"), "") for group in groups]
    reasons = suppressed_among(cursor, workspace_id, [[key.value for key in group.keys] for group in groups])
    names = [name_of(group) for group in groups]
    countries = [country_of(phone) or "" if phone else "" for phone in phones]
    zones = [zone_of(phone) or "" if phone else "" for phone in phones]
    cursor.execute(MAKE, [workspace_id, now, now, ids, names, countries, zones, reasons])
    cursor.execute(MAKE_TAG_ROWS, [ids, workspace_id])
    record_many(cursor, [Line(workspace_id, now, "contact.created", each, data={"source": source}) for each in ids])


def complete(cursor: Cursor, workspace_id: int, groups: list[_Found], known: dict[Key, int]) -> None:
    """Known contacts: identities that are new of them, a name where there was none, a sign of life now and then."""
    if not groups:
        return
    claim(cursor, workspace_id, {key: group for group in groups for key in group.keys if key not in known})
    names = {group.contact_id: name_of(group) for group in groups}
    names = {contact: name for contact, name in sorted(names.items()) if name}
    if names:
        cursor.execute(FILL_NAMES, [list(names), list(names.values())])
    seen = {key: group.seen_at for group in groups for key in group.keys if key in known}
    if seen:
        keys = sorted_keys(seen)
        columns = map(list, zip(*keys, strict=True))
        cursor.execute(SEE, [[seen[key] for key in keys], *columns, workspace_id, SEEN_AGAIN_AFTER])


def name_users(cursor: Cursor, workspace_id: int, groups: list[_Found], now: datetime) -> None:
    users = {person.username[:160]: g.contact_id for g in groups for person in g.people if person.username}
    if users:
        names = sorted(users)
        cursor.execute(NAME_USERS, [workspace_id, now, [users[name] for name in names], names])


def name_of(group: _Found) -> str:
    """The profile's name, which anybody may choose: one line, no controls, no direction tricks."""
    given = next((person.name for person in group.people if person.name), "")
    return safe_to_show(given, one_line=True)[:LONGEST_NAME]


def move(
    cursor: Cursor, workspace_id: int, portfolio_id: int, previous: Person, person: Person, *, at: datetime
) -> int:
    """Somebody changed their number or user id at that time: their contact goes on under the new one.

    Returns the contact id. Raises Nobody when neither the old nor the new identity is known.
    """
    known = contacts_of(cursor, workspace_id, keys_of(previous, portfolio_id).looked_up)
    if not known:
        return find_or_create(cursor, workspace_id, portfolio_id, [person], now=at)[0]
    contact_id = next(iter(known.values()))
    renumbering.move(cursor, workspace_id, contact_id, list(known), keys_of(person, portfolio_id).own, at)
    return contact_id
