"""CPU time of process trees, as the kernel accounts it (Linux: /proc)."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(roots: list[int]) -> float:
    """User and system seconds of these processes and all below them, with those children that have ended."""
    return sum(own_seconds(pid) for pid in tree(roots))


def tree(roots: list[int]) -> set[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := stat_of(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children.get(pid, [])
    return found


def own_seconds(pid: int) -> float:
    fields = stat_of(pid)
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS if fields else 0.0


def stat_of(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from `state` on (field 3); empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
