"""Somebody whose data was erased stays suppressed: only a keyed hash of each identity is left of them."""

from typing import Any

import psycopg

from tradewind.lib import crypto

PURPOSE = "suppression"

FIND = "SELECT digest, reason FROM suppression WHERE workspace_id = %s AND digest = ANY(%b::bytea[])"


def digest_of(value: str) -> bytes:
    """What `suppression.digest` holds for an identity's value (E.164 or user id)."""
    return crypto.keyed_hash(value, purpose=PURPOSE)


def suppressed_among(cursor: "psycopg.Cursor[Any]", workspace_id: int, people: list[list[str]]) -> list[str]:
    """For each person (the values of their identities) why they are suppressed, "" when they are not.

    Hashes of every key of the rotation list are looked for, so a rotation releases nobody.
    """
    digests = [[digest for value in values for digest in hashes_of(value)] for values in people]
    cursor.execute(FIND, [workspace_id, [digest for of_one in digests for digest in of_one]])
    reasons = {bytes(digest): reason for digest, reason in cursor.fetchall()}
    return [next((reasons[each] for each in of_one if each in reasons), "") for of_one in digests]


def hashes_of(value: str) -> list[bytes]:
    return crypto.keyed_hashes(value, purpose=PURPOSE)
