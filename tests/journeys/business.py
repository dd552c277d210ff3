"""The sample business inside a stack that runs: made in a process of its own, which may set Django up for itself.

    python -m tests.journeys.business < simulator.json

with the environment of the stack. Prints one JSON object: `email`, `password`, `finished`, `ready` (campaigns).
"""

import json
import subprocess
import sys
from typing import Any

from tradewind.cli.child import ROOT
from tradewind.cli.stack import Stack

PASSWORD = "a lighthouse in the fog"
SEED = 7
FIRST_WORDS = 40
PATIENCE_SECONDS = 300


def furnish(stack: Stack) -> dict[str, str]:
    """Makes the sample business in `stack`, its first campaign sent and people talking; returns what was printed."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tests.journeys.business"],
        input=json.dumps(stack.simulator),
        cwd=ROOT,
        env=stack.env | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def make(simulator: dict[str, Any]) -> dict[str, str]:
    import django

    django.setup()
    from tradewind.campaigns import actions
    from tradewind.cli import sample
    from tradewind.cli.sample import check
    from tradewind.cli.sample.talk import Talk
    from tradewind.simulator.world import demo_world
    from tradewind.workspaces.door import public_id

    made = sample.make(simulator, password=PASSWORD, seed=SEED)
    for campaign in (made.finished, made.ready):
        check.wait_for_state(campaign, "planned")
    actions.launch(made.finished, member=made.owner)
    talk = Talk(simulator, demo_world(SEED).customers, SEED)
    for _ in range(FIRST_WORDS):
        talk.say()
    check.wait_for_state(made.finished, "done")
    campaigns = {"finished": public_id(made.finished), "ready": public_id(made.ready)}
    return {"email": sample.EMAIL, "password": PASSWORD, **campaigns}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make(json.load(sys.stdin))) + "\n")
