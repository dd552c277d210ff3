"""Waiting in tests, for what really is awaited and never just for a while."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection

# A whole test of another process may stand in between: its transaction lasts as long as it does.
LONGEST_SECONDS = 60.0
LOOK_SECONDS = 0.01

IS_BEHIND = "SELECT max(tx) >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM journal"
WRITERS = """
SELECT datname, pid, now() - xact_start, left(query, 80) FROM pg_stat_activity WHERE backend_xid IS NOT NULL
ORDER BY age(backend_xid) DESC
"""


def wait_until(done: Callable[[], Any], otherwise: str, seconds: float = LONGEST_SECONDS) -> Any:
    """What `done` returns, once that is true; fails with `otherwise` when it takes too long."""
    until = time.monotonic() + seconds
    while not (result := done()):
        assert time.monotonic() < until, f"after {seconds:.0f} s {otherwise}"
        time.sleep(LOOK_SECONDS)
    return result


def wait_until_readable(seconds: float = LONGEST_SECONDS) -> None:
    """Until the journal's readers may read all that has been written; call it before a step that reads the journal.

    They read below the oldest transaction that still writes, and that may be one of another database of the cluster:
    the other processes of the test run have theirs there. Only for tests with `django_db(transaction=True)`: in the
    others the test itself is such a transaction.
    """
    assert not connection.in_atomic_block, "this test's own transaction holds the journal back"
    until = time.monotonic() + seconds
    while asked(IS_BEHIND) == [(True,)]:
        assert time.monotonic() < until, f"the journal is held back by {asked(WRITERS)}"
        time.sleep(LOOK_SECONDS)


def asked(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
