"""Who may be one person: looked for each night, and told at once when Meta names two of ours as one (X11)."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import combinations
from typing import Any

import psycopg
from django.db import transaction
from django.db.models.fields.json import KeyTextTransform

from tradewind.contacts.keys import EVERYWHERE, spellings
from tradewind.contacts.models import Contact, ContactField, Identity
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.lib.phone import PhoneError, normalise
from tradewind.lib.watchdog import alive
from tradewind.workspaces.models import Workspace

Cursor = psycopg.Cursor[Any]

# More people than this who share something are no doubles, but a shared address, a family name, or a test.
MOST_ALIKE = 5
# Pairs of one kind that one look adds: a person decides on each.
MOST_PAIRS = 2_000
PHONES_AT_ONCE = 5_000

# A pair that is known gets a reason more; what was told apart stays so, unless Meta itself now says that it is one.
ADD = """
INSERT INTO contact_double AS d (workspace_id, one_id, other_id, reasons, state, found_at)
SELECT DISTINCT ON (1, 2, 3) %(workspace)s::bigint, least(a, b), greatest(a, b), ARRAY[%(reason)s::text], 'open',
       %(now)s::timestamptz
FROM unnest(%(ones)b::bigint[], %(others)b::bigint[]) AS given (a, b)
WHERE a <> b ORDER BY 1, 2, 3
ON CONFLICT (workspace_id, one_id, other_id) DO UPDATE
SET reasons = d.reasons || excluded.reasons, state = CASE WHEN %(reason)s = 'linked' THEN 'open' ELSE d.state END
WHERE NOT d.reasons @> excluded.reasons AND (d.state = 'open' OR (d.state = 'different' AND %(reason)s = 'linked'))
"""
# Those who may be meant: not erased.
ALIKE = """
SELECT array_agg(id ORDER BY id) FROM contact
WHERE workspace_id = %(workspace)s AND suppressed_reason <> 'erased' AND {shared}
GROUP BY {by} HAVING count(*) BETWEEN 2 AND %(most_alike)s ORDER BY max(id) DESC LIMIT %(most)s
"""
# A full name and a town; one name alone is many people's.
NAME_AND_CITY = ALIKE.format(
    shared="btrim(name) LIKE '%% %%' AND btrim(city) <> ''", by="lower(btrim(name)), lower(btrim(city))"
)
SAME_FIELD = ALIKE.format(
    shared="length(btrim(fields ->> %(key)s::text)) > 3", by="ltrim(lower(btrim(fields ->> %(key)s::text)), '@')"
)
# Countries whose numbers are written in two ways (keys.spellings).
TWO_WAYS = ("+52", "+54", "+55")
NUMBERS = """
SELECT id, contact_id, value FROM identity
WHERE workspace_id = %s AND kind = 'phone' AND scope = 0 AND left(value, 3) = ANY(%b::text[]) AND id > %s
ORDER BY id LIMIT %s
"""
BEARERS = (
    "SELECT value, contact_id FROM identity WHERE workspace_id = %s AND kind = 'phone' AND value = ANY(%b::text[])"
)
# Fields of the business's own that hold an address, a user name or another number, by what people call them.
EMAIL = re.compile(r"e[-_ ]?mail|^mail|courriel|correo", re.IGNORECASE)
USER_NAME = re.compile(r"user[-_ ]?name|^user$|instagram|^handle$|nutzername", re.IGNORECASE)
PHONE = re.compile(r"phone|mobile|^tel|handy|telefon|cell|whatsapp|mobil", re.IGNORECASE)


def find_all() -> None:
    """Every workspace's pairs."""
    for workspace in Workspace.objects.order_by("pk"):
        find(workspace)


def find(workspace: Workspace) -> None:
    """Look through a workspace; each way in a transaction of its own. Safe to repeat."""
    keys = list(ContactField.objects.filter(workspace=workspace).values_list("key", flat=True))
    add_alike(workspace.pk, "name_city", NAME_AND_CITY)
    for key in keys:
        if EMAIL.search(key):
            add_alike(workspace.pk, "email", SAME_FIELD, key=key)
        elif USER_NAME.search(key):
            add_alike(workspace.pk, "username", SAME_FIELD, key=key)
        elif PHONE.search(key):
            add(workspace.pk, "phone", of_field(workspace, key))
    add(workspace.pk, "phone", written_otherwise(workspace.pk))


def add_alike(workspace_id: int, reason: str, sql: str, **more: Any) -> None:
    known = {"workspace": workspace_id, "most_alike": MOST_ALIKE, "most": MOST_PAIRS, **more}
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(sql, known)
        groups = [ids for (ids,) in cursor.fetchall()]
    add(workspace_id, reason, (pair for ids in groups for pair in combinations(ids, 2)))


def add(workspace_id: int, reason: str, pairs: Iterable[tuple[int, int]]) -> None:
    found = sorted(set(pairs))[:MOST_PAIRS]
    with transaction.atomic(), hot_cursor() as cursor:
        write(cursor, workspace_id, reason, found, clock.now())
    alive()


def write(cursor: Cursor, workspace_id: int, reason: str, pairs: list[tuple[int, int]], now: datetime) -> None:
    if pairs:
        ones, others = map(list, zip(*pairs, strict=True))
        known = {"workspace": workspace_id, "reason": reason, "now": now, "ones": ones, "others": others}
        cursor.execute(ADD, known)


def link(cursor: Cursor, workspace_id: int, pairs: list[tuple[int, int]], *, now: datetime) -> None:
    """Meta named two of our contacts as one person: a user id together with a number. In the caller's transaction."""
    write(cursor, workspace_id, "linked", sorted({(min(pair), max(pair)) for pair in pairs}), now)


def written_otherwise(workspace_id: int) -> Iterator[tuple[int, int]]:
    """People whose numbers are one number in two spellings."""
    after = 0
    while True:
        with hot_cursor() as cursor:
            cursor.execute(NUMBERS, [workspace_id, list(TWO_WAYS), after, PHONES_AT_ONCE])
            rows = cursor.fetchall()
        if not rows:
            return
        after = rows[-1][0]
        others = {other: contact for _id, contact, value in rows for other in spellings(value) if other != value}
        yield from bearers(workspace_id, others)
        alive()


def bearers(workspace_id: int, wanted: dict[str, int]) -> Iterator[tuple[int, int]]:
    """(contact by number, whose number it is) for numbers that somebody else has."""
    with hot_cursor() as cursor:
        cursor.execute(BEARERS, [workspace_id, list(wanted)])
        for value, contact in cursor.fetchall():
            if contact != wanted[value]:
                yield min(contact, wanted[value]), max(contact, wanted[value])


def of_field(workspace: Workspace, key: str) -> Iterator[tuple[int, int]]:
    """Who has in a field of the business's own the number of somebody else, and no number of their own."""
    numberless = Contact.objects.filter(workspace=workspace, fields__has_key=key)
    own = Identity.objects.filter(workspace=workspace, kind="phone", scope=EVERYWHERE).values("contact_id")
    rows = numberless.exclude(pk__in=own).order_by("-pk").values_list("pk", KeyTextTransform(key, "fields"))
    rows = rows[:MOST_PAIRS]
    wanted: dict[str, int] = {}
    for contact, text in rows:
        try:
            number = normalise(str(text), workspace.country or None)
        except PhoneError:
            continue
        wanted |= dict.fromkeys(spellings(number), contact)
    yield from bearers(workspace.pk, wanted)
