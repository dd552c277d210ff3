"""Who a campaign is for: everybody, a tag, or pasted numbers. Later kinds add a class here and nothing else.

An audience is SQL that yields contact ids of one workspace, with its parameters, and what it could not use.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tradewind.lib.phone import PhoneError, normalise

MOST_PASTED = 100_000


class AudienceError(ValueError):
    """The audience cannot be used; the message says why, in the user's words."""


@dataclass(frozen=True, slots=True)
class Audience:
    """`sql` yields one column, contact_id. `unusable` are pasted lines with the reason each is left out."""

    sql: str
    params: dict[str, Any]
    unusable: list[tuple[str, str]] = field(default_factory=list)
    doubles: int = 0


def compile_audience(spec: dict[str, Any], *, workspace_id: int, country: str = "") -> Audience:
    """Turn an audience as kept in `Campaign.audience` into SQL. Raises AudienceError."""
    kinds = {"everybody": everybody, "tag": tagged, "pasted": pasted}
    if spec.get("kind") not in kinds:
        raise AudienceError("Choose who gets this campaign.")
    return kinds[spec["kind"]](spec, workspace_id, country)


def everybody(spec: dict[str, Any], workspace_id: int, country: str) -> Audience:
    return Audience(
        "SELECT id AS contact_id FROM contact WHERE workspace_id = %(workspace)s", {"workspace": workspace_id}
    )


def tagged(spec: dict[str, Any], workspace_id: int, country: str) -> Audience:
    return Audience(
        "SELECT contact_id FROM contact_tags WHERE workspace_id = %(workspace)s AND tags @> ARRAY[%(tag)s::int]",
        {"workspace": workspace_id, "tag": int(spec["tag"])},
    )


def pasted(spec: dict[str, Any], workspace_id: int, country: str) -> Audience:
    """Pasted lines: what is no phone number, or nobody we know, is left out by name instead of silently."""
    phones, unusable, doubles = read_lines(spec.get("text", ""), country)
    known = contacts_of(workspace_id, list(phones))
    unusable += [(line, "not_a_contact") for phone, line in phones.items() if phone not in known]
    ids = sorted(set(known.values()))
    return Audience("SELECT unnest(%(ids)s::bigint[]) AS contact_id", {"ids": ids}, unusable, doubles)


def read_lines(text: str, country: str) -> tuple[dict[str, str], list[tuple[str, str]], int]:
    """Phones by E.164 with the line each came from, unusable lines with their reason, and how many were doubles."""
    phones: dict[str, str] = {}
    unusable: list[tuple[str, str]] = []
    doubles = 0
    lines = [line.strip() for line in text.replace(";", "\n").replace(",", "\n").splitlines() if line.strip()]
    if len(lines) > MOST_PASTED:
        raise AudienceError(f"At most {MOST_PASTED:,} numbers can be pasted; these are {len(lines):,}.")
    for line in lines:
        try:
            phone = normalise(line, country)
        except PhoneError:
            unusable.append((line[:120], "not_a_number"))
            continue
        doubles += phone in phones
        phones.setdefault(phone, line[:120])
    return phones, unusable, doubles


def contacts_of(workspace_id: int, phones: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT value, contact_id FROM identity"
            " WHERE workspace_id = %s AND kind = 'phone' AND scope = 0 AND value = ANY(%s)",
            [workspace_id, phones],
        )
        return dict(cursor.fetchall())
