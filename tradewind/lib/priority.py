"""Who gives way when the processors are busy: what a person waits for (pages, webhooks) goes before what can wait.

A process that gives way takes its processes at a local database server along: work done there for the sender or for
an import is no more urgent than the sender or the import itself. Elsewhere (a server on another machine, a system
without these means) nothing happens.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

ENGINE = 10
"""Niceness of sender and worker: a tenth of the weight of a process that does not give way."""


def give_way(niceness: int, pid: int = 0) -> None:
    """Let a process (0: this one) give way to less nice ones. Linux groups processes by session: the group too."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    with suppress(OSError):
        Path(f"/proc/{pid or 'self'}/autogroup").write_text(str(niceness))


def pass_on(info: Any) -> None:
    """The server's process behind a connection (psycopg's `connection.info`) becomes as nice as this process."""
    niceness = os.getpriority(os.PRIO_PROCESS, 0)
    if niceness > 0 and info.host.startswith("/") and is_server(info.backend_pid):
        give_way(niceness, info.backend_pid)


def is_server(pid: int) -> bool:
    """Whether the number means a process of PostgreSQL here; a server in a container counts its own way."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().startswith("postgres")
    except OSError:
        return False
