"""Whom an event is about: phone numbers in any spelling, contacts' public ids, business-scoped user ids."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from tradewind.contacts import people
from tradewind.contacts.keys import spellings
from tradewind.lib import publicid
from tradewind.lib.phone import PhoneError, normalise

Cursor = psycopg.Cursor[Any]

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
# Our own ids have eleven letters and may begin with a digit, as a phone number does.
_ID_LIKE = re.compile(r"(?=.*[A-Za-z])[1-9A-Za-z]{11}")
_PHONE_LIKE = re.compile(r"[+＋(]|\d|tel:|whatsapp:|https?:|wa\.me", re.I)
NOBODY = "unknown_number"  # the problem of a number that can be somebody's and is nobody's

BY_PHONE = """
SELECT value, contact_id FROM identity
WHERE workspace_id = %s AND kind = 'phone' AND scope = 0 AND value = ANY(%b::text[])
"""
BY_USER_ID = """
SELECT value, contact_id FROM identity
WHERE workspace_id = %s AND kind = 'bsuid' AND value = ANY(%b::text[])
  AND scope IN (SELECT id FROM portfolio WHERE workspace_id = %s)
"""
# Whoever became part of somebody else is that one.
THERE = """
SELECT id, id FROM contact WHERE workspace_id = %s AND id = ANY(%b::bigint[])
UNION ALL
SELECT gone_id, contact_id FROM contact_merge
WHERE workspace_id = %s AND gone_id = ANY(%b::bigint[]) AND undone_at IS NULL
"""
HOME = "SELECT country FROM workspace WHERE id = %s"


@dataclass(slots=True)
class Newcomer:
    """Somebody of whom only a phone number is known."""

    phone: str | None
    bsuid: str | None = None
    username: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nobody was found: a code (uploads.words) and a sentence."""

    code: str
    sentence: str


@dataclass(slots=True)
class Found:
    """What became of the contacts that were named: their rows, or a problem each."""

    ids: dict[str, int]
    problems: dict[str, Problem]
    created: int = 0


def find(cursor: Cursor, workspace_id: int, given: Iterable[str], *, now: datetime, may_create: bool) -> Found:
    """The contact of each text. Unknown numbers become contacts when `may_create`, else a problem each."""
    wanted = set(given)
    found = Found({}, {})
    plain = [text for text in wanted if _E164.fullmatch(text)]
    found.ids |= rows_by(cursor, BY_PHONE, [workspace_id, plain]) if plain else {}
    rest = wanted - found.ids.keys()
    found.ids |= by_user_id(cursor, workspace_id, [text for text in rest if _USER_ID.fullmatch(text)])
    found.ids |= by_public_id(cursor, workspace_id, rest - found.ids.keys())
    spell_out(cursor, workspace_id, rest - found.ids.keys(), found, now=now, may_create=may_create)
    return found


def rows_by(cursor: Cursor, sql: str, values: list[Any]) -> dict[str, int]:
    cursor.execute(sql, values)
    return dict(cursor.fetchall())


def by_user_id(cursor: Cursor, workspace_id: int, texts: list[str]) -> dict[str, int]:
    return rows_by(cursor, BY_USER_ID, [workspace_id, texts, workspace_id]) if texts else {}


def by_public_id(cursor: Cursor, workspace_id: int, texts: Iterable[str]) -> dict[str, int]:
    """Ids of this workspace's contacts; an id of another workspace is nobody's here."""
    rows = {}
    for text in texts:
        try:
            rows[text] = publicid.decode("contact", text)
        except ValueError:
            continue
    if not rows:
        return {}
    wanted = sorted(set(rows.values()))
    cursor.execute(THERE, [workspace_id, wanted, workspace_id, wanted])
    there = dict(cursor.fetchall())
    return {text: there[row] for text, row in rows.items() if row in there}


def spell_out(
    cursor: Cursor, workspace_id: int, texts: Iterable[str], found: Found, *, now: datetime, may_create: bool
) -> None:
    """Numbers as people write them, and numbers that nobody has yet."""
    cursor.execute(HOME, [workspace_id])
    (home,) = cursor.fetchone() or ("",)
    numbers = {}
    for text in sorted(texts):
        if not is_phone_like(text):
            found.problems[text] = Problem("unknown_id", _("Nobody here has this id."))
            continue
        try:
            numbers[text] = normalise(text, home or None)
        except PhoneError as error:
            found.problems[text] = Problem(error.code, _(str(error)))
    known = rows_by(cursor, BY_PHONE, [workspace_id, sorted({s for n in numbers.values() for s in spellings(n)})])
    for text, number in numbers.items():
        row = next((known[each] for each in spellings(number) if each in known), None)
        if row is not None:
            found.ids[text] = row
    missing = {text: number for text, number in numbers.items() if text not in found.ids}
    if may_create:
        create(cursor, workspace_id, missing, found, now)
    else:
        found.problems |= dict.fromkeys(missing, Problem(NOBODY, _("Nobody here has this number.")))


def is_phone_like(text: str) -> bool:
    """Whether a number was meant rather than an id."""
    return _PHONE_LIKE.match(text) is not None and _ID_LIKE.fullmatch(text) is None


def create(cursor: Cursor, workspace_id: int, missing: dict[str, str], found: Found, now: datetime) -> None:
    numbers = sorted(set(missing.values()))
    newcomers: list[people.Person] = [Newcomer(number) for number in numbers]
    rows = people.find_or_create(cursor, workspace_id, 0, newcomers, now=now, source="event")
    of_number = dict(zip(numbers, rows, strict=True))
    found.ids |= {text: of_number[number] for text, number in missing.items()}
    found.created = len(set(rows))
