"""Running the command line as a person does, in a process of its own."""

import json
import os
import subprocess
import sys

from tradewind.cli.child import ROOT


def environment(**variables):
    """The environment without what the test run set, so that commands decide for themselves."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("TRADEWIND_", "DATABASE_URL"))}
    return own | {"TRADEWIND_ENV": "test"} | variables


def run(*arguments, cwd=ROOT, stdin=b"", **variables):
    """The finished process, with stdout and stderr as text."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tradewind.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**variables),
        timeout=120,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def last_object(done):
    return json.loads(done.stdout.splitlines()[-1])
