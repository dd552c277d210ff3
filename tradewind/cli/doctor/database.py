"""Checks of the database: reachable, new enough, able to search in every script, with the rights we need."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tradewind.cli.doctor.finding import Finding, bad, ok, warn

if TYPE_CHECKING:
    import psycopg

    from tradewind.config import Config

    Connection = psycopg.Connection[Any]

CONNECT_SECONDS = 5
# The sender stops when the machine's clock and the database's are further apart than this (delivery.md, "Claim").
CLOCK_SECONDS = 2.0


def checks(config: "Config") -> Iterator[Finding]:
    """Checks one after the other; the first that makes the others pointless ends them."""
    import psycopg

    from tradewind.cli import environment
    from tradewind.lib.postgres import PostgresError

    try:
        address = environment.database(config)
        with psycopg.connect(address, connect_timeout=CONNECT_SECONDS, autocommit=True) as connection:
            yield version(connection, _place(config, connection))
            yield locale(connection)
            yield contrib(connection)
            yield rights(connection)
            yield clock(connection)
        yield migrations(config)
    except PostgresError as error:
        yield bad("database", str(error))
    except psycopg.Error as error:
        yield bad("database", f"The database cannot be used: {str(error).strip()}")


def version(connection: "Connection", place: str) -> Finding:
    from tradewind.lib.postgres.binaries import OLDEST

    number = connection.info.server_version
    if number < OLDEST * 10_000:
        return bad("database", f"PostgreSQL {number // 10_000} is too old: Tradewind needs {OLDEST} or newer.")
    return ok("database", f"PostgreSQL {number // 10_000}.{number % 10_000}, {place}.")


def locale(connection: "Connection") -> Finding:
    from tradewind.lib.postgres.bootstrap import unsearchable

    encoding, letters = _one(
        connection,
        "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()",
    )
    if encoding != "UTF8":
        return bad("locale", f"The database's encoding is {encoding}. Make it anew with encoding UTF8.")
    if _one(connection, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")[0]:
        blind = unsearchable(connection)
        if blind:
            return bad("locale", f"Searching finds nothing in {', '.join(blind)}. Make the database with C.UTF-8.")
    elif letters in ("C", "POSIX"):
        return bad("locale", f"With locale {letters} searching finds only ASCII. Make the database with C.UTF-8.")
    return ok("locale", f"Encoding {encoding}, letters by {letters}: every script can be searched.")


def contrib(connection: "Connection") -> Finding:
    from tradewind.lib.postgres.bootstrap import EXTENSIONS

    rows = connection.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(EXTENSIONS)])
    missing = sorted(set(EXTENSIONS) - {name for (name,) in rows})
    if missing:
        return bad("modules", f"PostgreSQL lacks {', '.join(missing)}. Install the package postgresql-contrib.")
    return ok("modules", f"{' and '.join(EXTENSIONS)} are there.")


def rights(connection: "Connection") -> Finding:
    role, above_walls, may_create = _one(
        connection,
        "SELECT rolname, rolsuper OR rolbypassrls, has_database_privilege(current_database(), 'CREATE')"
        " FROM pg_roles WHERE rolname = current_user",
    )
    if not may_create:
        return bad("rights", f"Role {role} may not create tables. Make it the owner of the database.")
    if above_walls:
        return warn("rights", f"Role {role} stands above row-level security. Use a role without superuser rights.")
    return ok("rights", f"Role {role} may do what is needed, and row-level security binds it.")


def clock(connection: "Connection") -> Finding:
    before = time.time()
    there = float(_one(connection, "SELECT extract(epoch FROM clock_timestamp())")[0])
    apart = abs(there - (before + time.time()) / 2)
    if apart > CLOCK_SECONDS:
        return bad(
            "clock", f"The database's clock is {apart:.1f} s off this machine's. Set both by NTP; nothing is sent."
        )
    return ok("clock", f"The clocks of machine and database agree within {max(apart, 0.001) * 1000:.0f} ms.")


def migrations(config: "Config") -> Finding:
    from tradewind.cli import environment
    from tradewind.cli.commands.migrate import pending

    environment.django(config)
    waiting = pending()
    if waiting:
        return warn("tables", f"{len(waiting)} changes of the tables are pending. Run: tradewind migrate")
    return ok("tables", "The tables are up to date.")


def _place(config: "Config", connection: "Connection") -> str:
    from tradewind.lib.postgres import Cluster

    if config.database_url:
        return f"at {connection.info.host or 'the given address'}"
    status = Cluster(config.data).status()
    if status.folder.is_relative_to(config.data):
        return f"embedded in {status.folder}"
    return f"embedded in {status.folder}, because the account {status.account} cannot reach {config.data}"


def _one(connection: "Connection", statement: str) -> tuple[Any, ...]:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return tuple(row)
