"""One PostgreSQL for the whole test run, and a database for each of its processes.

Loaded before Django reads its settings (`-p tests.cluster` in pyproject.toml). Nothing starts until a test asks for
the database. Then the first process makes the cluster and a migrated template; each process copies the template. The
cluster ends with the run, even after Ctrl-C or SIGKILL, because every process holds it (`tradewind.lib.postgres`).
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tradewind import config
from tradewind.lib import postgres

FOLDER = "TRADEWIND_TEST_FOLDER"
PREFIX = "tradewind-tests-"
TEMPLATE = "tradewind_template"


def _begin() -> Path:
    """The folder of this run; xdist's workers inherit it from the process that began the run."""
    if FOLDER not in os.environ:
        _sweep()
        os.environ[FOLDER] = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
        os.environ[f"{FOLDER}_OWNER"] = str(os.getpid())
    folder = Path(os.environ[FOLDER])
    os.environ |= {
        "TRADEWIND_ENV": "test",
        "TRADEWIND_DATA": str(folder),
        "TRADEWIND_SECRET_KEY": config.DEVELOPMENT_KEY,
        "DATABASE_URL": postgres.Cluster(folder, fast=True).url(),
        "DJANGO_SETTINGS_MODULE": "tradewind.settings",
    }
    return folder


def _sweep() -> None:
    """Deletes what killed runs left: the process that began the run is dead, and nobody holds its server."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        beginner = left.name.removeprefix(PREFIX).partition("-")[0]
        if not Path(f"/proc/{beginner}").exists() and not _is_held(left / "run" / "postgres.users.lock"):
            shutil.rmtree(left, ignore_errors=True)


def _is_held(lock: Path) -> bool:
    try:
        with lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass  # that run ended before it needed a database
    return False


CLUSTER = postgres.Cluster(_begin(), fast=True)


def database_for(worker: str) -> str:
    """Makes this process's own copy of the migrated template and returns its name."""
    CLUSTER.start()
    with (CLUSTER.folder / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists(TEMPLATE):
            _make_template()
        name = f"tradewind_{worker}"
        _copy(name)
    return name


@contextmanager
def fresh_database(purpose: str) -> Iterator[str]:
    """The address of a database with all tables and no rows, which is dropped at the end. For this process alone.

    Ask for the fixture `django_db_setup` first: it makes the template.
    """
    name = f"tradewind_{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    _copy(name)
    try:
        yield CLUSTER.url(database=name)
    finally:
        drop(name)


def _copy(name: str) -> None:
    _admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _admin(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE} STRATEGY file_copy')


def drop(name: str) -> None:
    _admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _make_template() -> None:
    from django.core.management import call_command
    from django.db import connection

    draft = f"{TEMPLATE}_draft"
    _admin(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
    _admin(f"CREATE DATABASE {draft}")
    connection.close()
    connection.settings_dict["NAME"] = draft
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    _admin(f"ALTER DATABASE {draft} RENAME TO {TEMPLATE}")


def _exists(name: str) -> bool:
    with psycopg.connect(CLUSTER.url()) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _admin(statement: str) -> None:
    with psycopg.connect(CLUSTER.url(), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that began the run ends the cluster; workers are gone by then."""
    if os.environ.get(f"{FOLDER}_OWNER") == str(os.getpid()):
        CLUSTER.destroy()
        shutil.rmtree(CLUSTER.folder, ignore_errors=True)
