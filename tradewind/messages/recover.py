"""After a crash: claims whose lease is over wait again; calls whose time is over are in doubt (delivery.md §1.5)."""

from typing import Any

from django.db import transaction

from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.lib.watchdog import alive
from tradewind.messages.runs import PARKED
from tradewind.messages.sql import load

BATCH = 500


def step() -> bool:
    """One batch of each; True when there may be more."""
    params = {"now": clock.now(), "most": BATCH, "parked": PARKED}
    names = ("recover_claimed", "recover_inflight", "expire_waiting", "unpark")
    return BATCH in [_count(name, params) for name in names]


def _count(name: str, params: dict[str, Any]) -> int:
    alive()
    with transaction.atomic(), hot_cursor() as cursor:
        cursor.execute(load(name), params)
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
