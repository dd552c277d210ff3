"""Waiting for the oldest running transaction: other test processes write in other databases of the same cluster."""

import time

from django.db import connection

BEHIND = """
SELECT max(tx) >= (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint FROM journal
"""


def wait_until_readable(seconds: float = 10.0) -> None:
    """Until every entry of the journal stands below all transactions that still run."""
    until = time.monotonic() + seconds
    while is_behind() and time.monotonic() < until:
        time.sleep(0.01)


def is_behind() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(BEHIND)
        return bool(cursor.fetchone()[0])
