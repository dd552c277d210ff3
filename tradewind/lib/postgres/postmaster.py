"""The running server, as its pid file tells; a file left behind by a crash counts as nothing."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")  # Linux; elsewhere `ps` tells
STATUS_LINE = 7  # counted from 0; see src/include/utils/pidfile.h in PostgreSQL's sources


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The first process of a running server."""

    pid: int
    is_ready: bool

    @property
    def is_alive(self) -> bool:
        return _is_postgres(self.pid)


def read(data: Path) -> Postmaster | None:
    """The server that runs on a data directory, or None."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    if not _is_postgres(pid):
        return None
    return Postmaster(pid, len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready")


def drop_stale_file(data: Path) -> None:
    """Removes the pid file of a dead server. PostgreSQL does so too, unless another program got the same pid."""
    if (data / "postmaster.pid").exists() and read(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)


def _is_postgres(pid: int) -> bool:
    """Whether the process lives (a zombie does not) and is a PostgreSQL server."""
    if PROC.exists():
        try:
            stat = (PROC / str(pid) / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return False
        name, _, rest = stat[stat.index("(") + 1 :].rpartition(")")
        return name in ("postgres", "postmaster") and rest.split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it lives, as another user
    told = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return Path(told.stdout.strip()).name in ("postgres", "postmaster")
