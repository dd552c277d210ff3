"""Ties a process to its parent: when the parent dies, however suddenly, the child ends too."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1  # these two from <linux/prctl.h>
PR_SET_CHILD_SUBREAPER = 36
LOOK_SECONDS = 0.5
GRACE_SECONDS = 10.0
EXIT_CODE = 71  # EX_OSERR in sysexits.h


def die_with_parent(parent: int) -> None:
    """Asks this process to end (SIGTERM) when process `parent` has ended, and ends it by force 10 s later.

    Linux's kernel asks at once; a thread that looks at the parent's pid asks elsewhere, and uses the force everywhere.
    """
    ask_kernel(signal.SIGTERM)
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def ask_kernel(with_signal: signal.Signals) -> None:
    """Linux: this process gets `with_signal` when the thread that started it ends. Survives `exec`, not `setuid`."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)


def adopt_orphans() -> None:
    """Linux: processes below this one that lose their parent become children of this one, not of process 1."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(EXIT_CODE)
