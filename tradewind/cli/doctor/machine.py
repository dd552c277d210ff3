"""Checks of the machine and of what was installed on it."""

import json
import os
import platform
import shutil
import stat
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from tradewind.cli.doctor.finding import Finding, bad, ok, warn

if TYPE_CHECKING:
    from tradewind.config import Config

PACKAGE = Path(__file__).parents[2]
GIB = 1024**3
# PostgreSQL needs room for its write-ahead log (max_wal_size 2 GB) and for what comes in until somebody looks.
TOO_LITTLE_BYTES = 1 * GIB
LITTLE_BYTES = 5 * GIB
ANSWER_SECONDS = 5


def python() -> Finding:
    version = platform.python_version()
    if sys.version_info < (3, 11):  # noqa: UP036 - somebody may have made the environment by hand
        return bad("python", f"Python {version} is too old: Tradewind needs 3.11 or newer.")
    return ok("python", f"Python {version}.")


def settings(config: "Config") -> Finding:
    if config.clock:
        text = f"The clock is virtual ({config.clock}), so nothing happens at real times."
        return bad("settings", text) if config.is_production else warn("settings", text)
    if config.debug and config.is_production:
        return bad("settings", "TRADEWIND_DEBUG shows the program's insides to visitors. Switch it off.")
    return ok("settings", f"The settings fit together; the environment is {config.env}.")


def secrets(config: "Config") -> Finding:
    from tradewind.config import DEVELOPMENT_KEY, ConfigError

    try:
        keys = config.secret_keys
    except ConfigError as error:
        return bad("secrets", str(error))
    if DEVELOPMENT_KEY in keys:
        return warn("secrets", "The secret key is the known development key: use this installation for tests only.")
    path = config.data / "secret.key"
    if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return bad("secrets", f"Others may read {path}. Run: chmod 600 {path}")
    return ok(
        "secrets", f"{len(keys)} secret key{'s' if len(keys) > 1 else ''} in use. Keep a copy with your back-ups."
    )


def disk(data: Path) -> Finding:
    free = shutil.disk_usage(data).free
    told = f"{free / GIB:.1f} GB free in {data}."
    if free < TOO_LITTLE_BYTES:
        return bad("disk", f"Only {told} Make room: the database stops when the disk is full.")
    return warn("disk", f"{told} That will not last long.") if free < LITTLE_BYTES else ok("disk", told)


def assets() -> Finding:
    if (PACKAGE / "ui" / "dist" / "manifest.json").exists():
        return ok("assets", "Styles and scripts of the console are built.")
    node = shutil.which("node")
    how = "Run bin/setup." if node else "Install Node 20 or newer, or let bin/setup fetch it, and run bin/setup."
    return bad("assets", f"Styles and scripts of the console are not built. {how}")


def translations() -> Finding:
    sources = sorted((PACKAGE / "locale").glob("*/LC_MESSAGES/*.po"))
    stale = [path for path in sources if _is_stale(path.with_suffix(".mo"), path)]
    if stale:
        names = ", ".join(sorted({path.parents[1].name for path in stale}))
        return warn("translations", f"Not compiled: {names}. Those pages show English. Run bin/setup.")
    return ok("translations", f"{len({path.parents[1] for path in sources})} languages beside English.")


def public_address(config: "Config") -> Finding:
    """Whether the address that Meta is told answers; asked from here, which is nearly the same thing."""
    address = config.public_url
    if not address:
        return warn("webhooks", "TRADEWIND_PUBLIC_URL is not set: Meta cannot reach this installation with webhooks.")
    if not address.startswith("https://"):
        return warn("webhooks", f"Meta sends webhooks only to https addresses, not to {address}.")
    try:
        with urllib.request.urlopen(f"{address}/health/live", timeout=ANSWER_SECONDS):  # noqa: S310 - https, see above
            return ok("webhooks", f"{address} answers.")
    except urllib.error.HTTPError as error:
        return bad("webhooks", f"{address} answers with {error.code}: is the proxy in front set up, and Tradewind up?")
    except (OSError, ValueError) as error:
        return bad("webhooks", f"{address} does not answer ({getattr(error, 'reason', error)}).")


def processes(data: Path) -> Finding:
    alive: dict[str, int] = {}
    for path in sorted((data / "run").glob("*-*.json")):
        noted = json.loads(path.read_text())
        if _lives(noted["pid"]):
            alive[noted["kind"]] = alive.get(noted["kind"], 0) + 1
    if not alive:
        return ok("processes", "Tradewind is not running. Start it with: tradewind up")
    return ok("processes", "Running: " + ", ".join(f"{count} {kind}" for kind, count in sorted(alive.items())) + ".")


def _is_stale(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
