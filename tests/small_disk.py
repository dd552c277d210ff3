"""A file system of one's own that is small enough to be filled: a tmpfs, which takes the rights of root to mount."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(root: Path, size: str) -> Iterator[Path]:
    """Mounts it at `root`, which must not be there yet; skips the test where nothing may be mounted."""
    root.mkdir(mode=0o755)
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", root], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("A full disk needs a file system of its own, and to mount one takes the rights of root.")
        try:
            yield root
        finally:
            subprocess.run(["umount", "--lazy", root], check=True)
    finally:
        root.rmdir()
