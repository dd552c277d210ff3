"""Making a cluster: initdb with the right locale, the application's role and database, and a proof that they serve."""

import os
import shutil
import subprocess

import psycopg

from tradewind.lib.postgres.binaries import Binaries
from tradewind.lib.postgres.errors import PostgresError
from tradewind.lib.postgres.places import Places

SUPERUSER = "postgres"
ROLE = "tradewind"  # no superuser: row-level security binds it; it makes the role that the console acts as
DATABASE = "tradewind"
EXTENSIONS = ("pg_trgm", "btree_gin")

# Sorting by code point, letters by Unicode. Macs have no C.UTF-8, but a locale of letters alone.
LOCALES = (
    ("--locale=C.UTF-8",),
    ("--locale=C.utf8",),
    ("--locale=C", "--lc-ctype=UTF-8"),
)
# With lc_ctype C PostgreSQL takes none of these for letters, and searching in them finds nothing, silently.
SCRIPTS = {"Thai": "สวัสดี", "Arabic": "مرحبا", "Chinese": "你好世界"}


def make(server: Binaries, found: Places) -> None:
    """Runs initdb beside the final folder and renames it, so that a crash leaves a whole cluster or none."""
    draft = found.home / "data.new"
    problems: list[str] = []
    for locale in LOCALES:
        problem = _initdb(server, found, locale)
        if problem is None:
            break
        problems.append(problem)
    else:
        raise PostgresError(f"PostgreSQL could not make a database in {found.home}: {problems[0]}")
    with (draft / "postgresql.conf").open("a") as file:
        file.write("\ninclude_if_exists = 'tradewind.conf'\n")
    draft.rename(found.data)


def prepare(superuser_url: str) -> None:
    """Makes role and database when they are missing, and proves that the database can search in every script."""
    with psycopg.connect(superuser_url, autocommit=True, connect_timeout=10) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE NOSUPERUSER")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            _refuse_without_contrib(connection)
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
            _refuse_blind(connection)


def unsearchable(connection: "psycopg.Connection[tuple[object, ...]]") -> list[str]:
    """The scripts in which this database finds nothing; needs pg_trgm."""
    blind = []
    for script, sample in SCRIPTS.items():
        row = connection.execute("SELECT cardinality(show_trgm(%s))", [sample]).fetchone()
        if not row or not row[0]:
            blind.append(script)
    return blind


def _initdb(server: Binaries, found: Places, locale: tuple[str, ...]) -> str | None:
    """Makes the draft; returns what went wrong, or None."""
    draft = found.home / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    done = subprocess.run(
        [
            str(server.folder / "initdb"),
            f"--pgdata={draft}",
            f"--username={SUPERUSER}",
            "--auth=trust",  # whoever reaches the socket's private folder is the owner or root
            "--encoding=UTF8",
            "--data-checksums",
            "--no-sync",
            "--no-instructions",
            *locale,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=os.environ | {"LC_ALL": "C", "TZ": "UTC"},
        **found.as_owner(),  # type: ignore[call-overload]
    )
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["initdb failed silently"])[-1]


def _refuse_without_contrib(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    rows = connection.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(EXTENSIONS)])
    missing = sorted(set(EXTENSIONS) - {str(name) for (name,) in rows})
    if missing:
        raise PostgresError(
            f"This PostgreSQL lacks the contrib modules {', '.join(missing)}. Install the package postgresql-contrib."
        )


def _refuse_blind(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    blind = unsearchable(connection)
    if blind:
        raise PostgresError(
            f"This database cannot search in {', '.join(blind)}: its locale must be C.UTF-8. "
            "Install that locale and delete the new database folder."
        )
