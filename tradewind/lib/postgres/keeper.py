"""The keeper: starts the server as its child, waits for the last user to go, and stops the server.

Users hold a shared lock on one file. The keeper waits for the exclusive lock, which it gets only when all of them have
let go or died. While it holds that lock and stops the server, newcomers wait; then they start a server of their own.
Run as `python -m tradewind.lib.postgres.keeper BIN PGDATA RUN_FOLDER UID|- GID|-`. It uses little, so it stays small.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from tradewind.lib.lifeline import adopt_orphans, ask_kernel
from tradewind.lib.postgres.postmaster import drop_stale_file

ORPHAN_SECONDS = 5.0  # a server's processes notice within a second that their postmaster is gone


def main(server: str, data: str, run_folder: str, uid: str, gid: str) -> int:
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)  # we end when the users do, not when a terminal closes
    adopt_orphans()
    drop_stale_file(Path(data))
    postgres = _start(server, data, uid, gid)
    threading.Thread(target=_stop_after_users, args=(Path(run_folder), postgres), daemon=True).start()
    code = postgres.wait()
    _collect_orphans()
    return code


def _start(server: str, data: str, uid: str, gid: str) -> "subprocess.Popen[bytes]":
    owner = {} if uid == "-" else {"user": int(uid), "group": int(gid), "extra_groups": []}
    return subprocess.Popen(
        [str(Path(server) / "postgres"), "-D", data],
        stdin=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
        preexec_fn=_in_child,
        **owner,  # type: ignore[call-overload]
    )


def _in_child() -> None:
    for restored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(restored, signal.SIG_DFL)
    ask_kernel(signal.SIGINT)  # if the keeper is killed, a fast shutdown


def _stop_after_users(run_folder: Path, postgres: "subprocess.Popen[bytes]") -> None:
    with (run_folder / "postgres.users.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        postgres.send_signal(signal.SIGINT)
        postgres.wait()
        _collect_orphans()
        os._exit(0)  # the lock goes with us, and the next user finds the server gone


def _collect_orphans() -> None:
    """After a crash the server's own children come to us; in containers nobody else would collect them."""
    deadline = time.monotonic() + ORPHAN_SECONDS
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
