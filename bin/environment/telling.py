"""How the set-up speaks and runs other programs. All goes to stderr: stdout belongs to the command that follows."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


class Problem(Exception):
    """The set-up cannot go on; the message says why and what to do."""


def say(line: str) -> None:
    print(f"setup: {line}", file=sys.stderr, flush=True)


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    """Runs a program silently; when it fails, `Problem` carries the end of what it said."""
    done = attempt(*command, cwd=cwd, env=env)
    if done.returncode:
        words = (done.stdout + done.stderr).strip().splitlines()
        raise Problem(f"{' '.join(map(str, command))[:200]} failed:\n" + "\n".join(words[-30:]))


def attempt(
    *command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Runs a program silently and returns how it went; one that cannot be started has code 127."""
    try:
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=None if env is None else {**os.environ, **env},
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, "", str(error))
