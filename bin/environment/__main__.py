"""Makes the environment of a clone; run by bin/setup with any Python, so it uses the standard library only."""

import argparse
import fcntl
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import assets
import packages
import translations
from telling import Problem, say


def main() -> int:
    options = argparse.ArgumentParser(prog="bin/setup", description="Makes everything that Tradewind needs.")
    options.add_argument("root", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--dev", action="store_true", help="with the tools for tests and checks")
    options.add_argument("--quiet", action="store_true", help="say something only when there is something to do")
    asked = options.parse_args()
    try:
        changed = make(asked.root, dev=asked.dev)
    except Problem as problem:
        print(f"setup: {problem}", file=sys.stderr)
        return 1
    if not changed and not asked.quiet:
        say("Everything is fresh.")
    return 0


def make(root: Path, *, dev: bool) -> bool:
    """Does what is not done yet; returns whether that was anything."""
    if is_fresh(root, dev=dev):
        return False
    with (root / ".setup.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits, and then finds everything done
        if is_fresh(root, dev=dev):
            return False
        _make_parts(root, dev=dev)
    return True


def _make_parts(root: Path, *, dev: bool) -> None:
    """Python packages and, beside them, the assets if the machine has a Node; what needs the packages comes after."""
    with ThreadPoolExecutor(max_workers=1) as aside:
        early = aside.submit(_make_part, assets, root, dev=dev) if assets.has_node() else None
        _make_part(packages, root, dev=dev)
        if early:
            early.result()
        for part in (assets, translations):
            _make_part(part, root, dev=dev)


def _make_part(part: ModuleType, root: Path, *, dev: bool) -> None:
    if not part.is_fresh(root, dev=dev):
        part.make(root, dev=dev)


def is_fresh(root: Path, *, dev: bool) -> bool:
    return all(part.is_fresh(root, dev=dev) for part in (packages, assets, translations))


sys.exit(main())
