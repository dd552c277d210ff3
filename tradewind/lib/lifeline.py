"""Ties a process to its parent: when the parent dies, however suddenly, the kernel tells the child."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
LOOK_SECONDS = 0.5


def die_with_parent(parent: int, with_signal: signal.Signals = signal.SIGTERM) -> None:
    """Sends this process `with_signal` when process `parent` ends; at once if it has ended already.

    Linux does it by itself. Elsewhere a thread looks at the parent's pid, so `exec` would lose it.
    """
    if sys.platform == "linux":
        ask_kernel(with_signal)
        if os.getppid() != parent:
            os.kill(os.getpid(), with_signal)
    else:
        threading.Thread(target=_look, args=(parent, with_signal), daemon=True).start()


def ask_kernel(with_signal: signal.Signals) -> None:
    """Linux: this process gets `with_signal` when the thread that started it ends. Survives `exec`, not `setuid`."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)


def _look(parent: int, with_signal: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), with_signal)
