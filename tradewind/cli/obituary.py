"""What a killed sender held is free at once: its supervisor has collected the process and knows that it is gone.

Without this its numbers would stand still until its leases are over. Whoever sees a sender only from afar (another
machine) cannot tell a dead one from a slow one, and waits for that.
"""

import threading

import psycopg

from tradewind.cli.hearing import Hear
from tradewind.lib import clock

CONNECT_SECONDS = 5
# A claim without an intent was surely not called. What was in flight stays as it is: it may have arrived.
SET_FREE = (
    "UPDATE lane SET lease_until = %(now)s WHERE holder LIKE %(who)s AND lease_until > %(now)s",
    "UPDATE outbox SET lease_until = %(now)s WHERE stage = 'claimed' AND holder LIKE %(who)s AND lease_until > %(now)s",
    "UPDATE beat SET detail = detail || '{\"stopped\": true}' WHERE name = 'sender' AND process LIKE %(who)s",
)


def set_free(database_url: str, mark: str) -> None:
    """End the leases of the sender that bore this mark (TRADEWIND_PROCESS_MARK). Raises psycopg.Error."""
    given = {"now": clock.now(), "who": f"%:{mark}"}
    with psycopg.connect(database_url, connect_timeout=CONNECT_SECONDS) as connection:
        for statement in SET_FREE:
            connection.execute(statement, given)


def publish(database_url: str, mark: str, hear: Hear) -> None:
    """The same in a thread; when the database is away its leases run out by themselves."""

    def work() -> None:
        try:
            set_free(database_url, mark)
        except psycopg.Error as error:
            hear("tradewind", f"the leases of a dead sender run out by themselves: {str(error).strip()}")

    threading.Thread(target=work, name="obituary", daemon=True).start()
