"""Connections beside Django's own: for the hot paths, which speak psycopg and send arrays in binary form (`%b`)."""

from typing import Any

import psycopg
from django.db import connection, connections
from psycopg.conninfo import make_conninfo
from psycopg.types.numeric import Int8BinaryDumper

PREPARE_AFTER = 4


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
