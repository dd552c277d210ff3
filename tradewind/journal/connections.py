"""Connections beside Django's own: for the hot paths, which speak psycopg and send arrays in binary form (`%b`)."""

from typing import Any

import psycopg
from django.db import connection, connections
from psycopg.conninfo import make_conninfo
from psycopg.types.numeric import Int8BinaryDumper

PREPARE_AFTER = 4
WALKS = (
    "SELECT set_config(name, %s, true) FROM unnest('{enable_hashjoin,enable_mergejoin,enable_seqscan}'::text[]) AS name"
)


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


def by_key(cursor: "psycopg.Cursor[Any]") -> None:
    """From here to the end of the transaction (or `any_way`) every statement goes to its rows by their keys.

    Plans are kept, and one that was made while a table was small reads the whole of it for each row long after it has
    grown, until the next ANALYZE. For batches that are joined by keys, before their statements.
    """
    cursor.execute(WALKS, ["off"])


def any_way(cursor: "psycopg.Cursor[Any]") -> None:
    """The end of `by_key` before the transaction's."""
    cursor.execute(WALKS, ["on"])
