"""Connections beside Django's own: for the hot paths, which speak psycopg and send arrays in binary form (`%b`)."""

import time
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection, connections
from psycopg.conninfo import make_conninfo
from psycopg.types.numeric import Int8BinaryDumper

PREPARE_AFTER = 4
PLANS_LAST_SECONDS = 2.0
_planned: "WeakKeyDictionary[psycopg.Connection[Any], float]" = WeakKeyDictionary()
"""Since when a connection's plans are kept."""


def address(*, name: str = "tradewind") -> str:
    """libpq's address of the database that Django uses; `name` is shown in pg_stat_activity."""
    known = connections["default"].settings_dict
    parts = {
        "dbname": known["NAME"],
        "user": known["USER"],
        "password": known["PASSWORD"],
        "host": known["HOST"],
        "port": known["PORT"],
    }
    options = {key: value for key, value in known["OPTIONS"].items() if isinstance(value, str | int)}
    given = {key: value for key, value in parts.items() if value}
    return make_conninfo("", **{**options, **given, "application_name": name})


def hot_cursor() -> "psycopg.Cursor[Any]":
    """A server-side cursor on Django's connection of this thread: same transaction, `%b` allowed.

    Django's own cursors bind on the client and know only `%s`. Statements that come again are prepared, so that each is
    planned a few times and no more; for that all integers go out as bigint, whatever their size.
    """
    connection.ensure_connection()
    driver = connection.connection
    driver.prepare_threshold = PREPARE_AFTER
    cursor = psycopg.Cursor(driver)
    cursor.adapters.register_dumper(int, Int8BinaryDumper)
    return cursor


def young_plans(cursor: "psycopg.Cursor[Any]") -> None:
    """Plans of this connection that are older than some seconds are made anew when they are next used.

    Plans are kept, and one that was made while a table was small goes through the whole of it for each row long after
    it has grown, until the next ANALYZE. For transactions of hot loops, before their statements.
    """
    now = time.monotonic()
    if now - _planned.get(cursor.connection, 0.0) > PLANS_LAST_SECONDS:
        _planned[cursor.connection] = now
        cursor.execute("DISCARD PLANS")
