"""The server's settings: durable, moderately tuned for a shared machine, and silent about personal data."""

import os
from pathlib import Path

COMMON = {
    "listen_addresses": "",
    "port": "5432",  # only a part of the socket's name
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than our short queries
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "autovacuum_naptime": "15s",
    "autovacuum_vacuum_cost_limit": "1000",
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": "5min",
    # The log: a week of files, and no statement, parameter or detail in them, because those hold what people wrote.
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
DURABLE = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
# For tests only: a power cut would destroy the cluster. A crash of the server alone loses nothing that was committed,
# which is why synchronous_commit stays on: without fsync it costs little.
FAST = {
    "synchronous_commit": "on",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "autovacuum_naptime": "60s",
    "max_connections": "200",
}


# What a container may use, in the second and the first version of control groups; "max" or a huge number: no limit.
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
MOST_BUFFERS_MB = 1_024
"""A million people's narrow rows (`contact_row`) are some 190 MB; a table that takes more than a quarter of the buffers
is read past them, by PostgreSQL's own rule."""


def memory_mb() -> int:
    """The memory of this machine, or of the container that we are in."""
    found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in LIMITS:
        if limit.is_file() and (told := limit.read_text().strip()).isdecimal():
            found = min(found, int(told))
    return found // 2**20


def sizes(memory: int) -> dict[str, str]:
    """A quarter of the memory for the server's own buffers, up to a bound; half of it is probably cache."""
    buffers = min(max(memory // 4, 128), MOST_BUFFERS_MB)
    return {"shared_buffers": f"{buffers}MB", "effective_cache_size": f"{max(memory // 2, 256)}MB"}


def text(socket: Path, *, fast: bool) -> str:
    """The file that the server's own configuration includes; written anew at every start."""
    chosen = COMMON | sizes(memory_mb()) | (FAST if fast else DURABLE) | {"unix_socket_directories": str(socket)}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in chosen.items()]
    head = "# Written by Tradewind at every start. Put your own settings into local.conf beside this file."
    return "\n".join([head, *lines, "include_if_exists = 'local.conf'", ""])
