"""P28 on a disk that is really full: database, log of changes, output and run files of a whole installation."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import environment
from tests.small_disk import small_disk
from tradewind.cli.child import ROOT

MESSAGES, SEED = 2_400, 3  # eight seconds: some are on their way when the disk is full, however slow the machine
ROOM = "900m"
"""What PostgreSQL writes from its first start to the end of the campaign, and some room for chance."""
PATIENCE_SECONDS = 200

pytestmark = [pytest.mark.stack, pytest.mark.slow]


def test_p28_a_full_disk_stops_everything_and_loses_and_doubles_nothing() -> None:
    with small_disk(Path("/var/tmp") / f"tradewind-small-{os.getpid()}", ROOM) as data:
        found = storm(data / "installation")
    assert found["refused_while_full"] > 0, "the door took everything: the disk was not full"
    assert {503} <= set(found["pages_while_full"]) <= {200, 503}, "a page broke"
    assert (found["lost"], found["duplicates"], found["unknown"], found["invariant_breaks"]) == (0, 0, 0, 0)
    assert found["accepted"] == MESSAGES
    assert found["read"] == MESSAGES, "what was refused came again, and what was answered 200 has become rows"


def storm(data: Path) -> dict[str, int | list[int]]:
    """A campaign whose disk is full in the middle, as an operator may try it."""
    command = ["chaos", f"--messages={MESSAGES}", "--kills=0", "--database-crashes=0", "--full-disks=1"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tradewind.cli", *command, f"--seed={SEED}", f"--data={data}", "--json"],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))
