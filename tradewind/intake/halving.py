"""Batches with a bad one in them: halve until it is alone, try it three times, put it aside, go on."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import psycopg
from django.db import DatabaseError, transaction
from django.db import Error as DjangoError

from tradewind.lib.watchdog import alive

T = TypeVar("T")

TRIES = 3
PAUSE_SECONDS = 0.02


def carefully(
    things: Sequence[T], do: Callable[[Sequence[T]], None], bury: Callable[[T, Exception, int], None]
) -> None:
    """Do things in one savepoint; if that fails, in halves, down to each alone, which is tried three times and buried.

    The database's own troubles (connection lost, disk full, deadlock) are nobody's fault here: they are raised, and the
    whole batch is done again later.
    """
    if not things:
        return
    alive()
    try:
        with transaction.atomic():
            do(things)
    except Exception as error:
        if is_passing(error):
            raise
        if len(things) > 1:
            middle = len(things) // 2
            carefully(things[:middle], do, bury)
            carefully(things[middle:], do, bury)
        else:
            try_again(things[0], do, bury, error)


def try_again(
    thing: T, do: Callable[[Sequence[T]], None], bury: Callable[[T, Exception, int], None], error: Exception
) -> None:
    for _ in range(TRIES - 1):
        time.sleep(PAUSE_SECONDS)
        try:
            with transaction.atomic():
                do([thing])
            return
        except Exception as again:
            if is_passing(again):
                raise
            error = again
    bury(thing, error, TRIES)


# Connection, rollback (deadlock), resources (disk full), lock not available, operator intervention, system error.
# Not class 54: a limit of the program that an event goes beyond is the event's own fault.
PASSING = ("08", "40", "53", "55", "57", "58")


def is_passing(error: BaseException) -> bool:
    """Whether the database, not the event, is to blame: the same batch may well succeed a moment later."""
    if isinstance(error, DjangoError) and error.__cause__ is not None:
        return is_passing(error.__cause__)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return error.sqlstate is None or error.sqlstate.startswith(PASSING)
    return isinstance(error, DjangoError) and not isinstance(error, DatabaseError)
