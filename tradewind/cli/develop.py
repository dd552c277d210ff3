"""`bin/dev`: the demo on var/dev. Processes start again when Python changes; styles and scripts build as you save."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

from tradewind.cli.child import ROOT

DATA = ROOT / "var" / "dev"
LOOK_SECONDS = 1.0


def main() -> int:
    """Runs the demo until Ctrl-C, beside a watcher of Python files and npm's own watcher."""
    building = subprocess.Popen(["npm", "run", "watch"], cwd=ROOT, stdout=subprocess.DEVNULL)
    threading.Thread(target=watch, daemon=True).start()
    try:
        command = [sys.executable, "-P", "-m", "tradewind.cli", "demo", "--data", str(DATA), *sys.argv[1:]]
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        building.terminate()
        building.wait()


def watch() -> None:
    """Ends the demo's processes when a source changes; their supervisor starts them again with the new code."""
    before = newest()
    while True:
        time.sleep(LOOK_SECONDS)
        now = newest()
        if now != before:
            before = now
            restart()


def newest() -> float:
    """When a Python file last changed."""
    return max(path.stat().st_mtime for path in (ROOT / "tradewind").rglob("*.py"))


def restart() -> None:
    """Asks web, senders and workers to end."""
    for path in DATA.rglob("run/*-*.json"):
        noted = json.loads(path.read_text())
        if noted["kind"] in ("web", "sender", "worker"):
            try:
                os.kill(noted["pid"], signal.SIGTERM)
            except ProcessLookupError:
                continue  # it ended by itself


if __name__ == "__main__":
    sys.exit(main())
