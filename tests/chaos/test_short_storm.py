"""The short form of the chaos run, as an operator starts it; CI runs the long form by the same command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import environment
from tradewind.cli.child import ROOT

MESSAGES, KILLS, DATABASE_CRASHES, SEED = 2000, 5, 1, 5
PATIENCE_SECONDS = 400

pytestmark = [pytest.mark.stack, pytest.mark.slow]


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """What the storm left: the figures that the command prints as its last line."""
    storm = {"messages": MESSAGES, "kills": KILLS, "database-crashes": DATABASE_CRASHES, "seed": SEED}
    options = [f"--{name}={value}" for name, value in storm.items()]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tradewind.cli", "chaos", "--json", *options],
        cwd=ROOT,
        env=environment(TRADEWIND_DATA=str(Path(tmp_path_factory.mktemp("chaos")))),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.stdout.strip(), done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_the_storm_raged(verdict: dict[str, int]) -> None:
    assert verdict["restarts"] >= KILLS - 1  # two blows may fall on one process before it is back
    assert verdict["instants_checked"] > 10


def test_p1_p2_nothing_is_lost(verdict: dict[str, int]) -> None:
    assert verdict["lost"] == 0
    assert verdict["accepted"] + verdict["failed"] == MESSAGES


def test_p1_p2_nobody_gets_it_twice(verdict: dict[str, int]) -> None:
    assert verdict["duplicates"] == 0


def test_p1_p2_every_doubt_is_settled(verdict: dict[str, int]) -> None:
    assert verdict["unknown"] == 0


def test_p3_everything_that_meta_told_has_become_rows(verdict: dict[str, int]) -> None:
    assert verdict["read"] == verdict["accepted"]  # everybody in this world reads


def test_p17_the_sums_hold_at_every_moment(verdict: dict[str, int]) -> None:
    assert verdict["invariant_breaks"] == 0
