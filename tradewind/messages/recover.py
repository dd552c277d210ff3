"""After a crash: claims whose lease is over wait again; calls whose time is over are in doubt (delivery.md §1.5)."""

from typing import Any

import psycopg
from django.db import connection, transaction

from tradewind.lib import clock
from tradewind.messages.sql import load

BATCH = 500


def step() -> bool:
    """One batch of each; True when there may be more."""
    params = {"now": clock.now(), "most": BATCH}
    freed, doubted, late = (_count(name, params) for name in ("recover_claimed", "recover_inflight", "expire_waiting"))
    return BATCH in (freed, doubted, late)


def _count(name: str, params: dict[str, Any]) -> int:
    connection.ensure_connection()
    with transaction.atomic(), psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(load(name), params)
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
