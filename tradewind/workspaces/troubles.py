"""Troubles of the database that pass by themselves: it is away, starting, or its disk is full."""

import psycopg
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

# Connection, resources (disk full, too many connections), operator intervention (shutdown), system error.
PASSING = ("08", "53", "57P", "58")


def is_passing(error: BaseException | None) -> bool:
    """Whether the same request may well succeed later, without anybody changing anything."""
    if not isinstance(error, DatabaseError | psycopg.Error):
        return False
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    return state.startswith(PASSING) if state else isinstance(error, OperationalError | InterfaceError)
