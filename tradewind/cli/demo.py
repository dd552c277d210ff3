"""The demo: a whole installation with a sample business; with `check`, the same without a person."""

import secrets
import signal
import threading
import time
from pathlib import Path
from typing import Any

from tradewind.cli import output
from tradewind.cli.simulated import Simulated
from tradewind.cli.stack import Stack

FIRST_TALK = 25
TALK_EVERY_SECONDS = 6.0


def run(*, check: bool, host: str, port: int, seed: int, data: Path, as_json: bool) -> int:
    """Bring the demo up and keep it up until Ctrl-C, or check it; returns the exit code."""
    began = time.monotonic()
    data = data / "demo"
    with Stack(
        data=data,
        simulator={"seed": seed, "port": port + 1 if port else 0} if port else {"seed": seed},
        env={"TRADEWIND_ENV": "demo"},
        host=host,
        port=port,
    ) as stack:
        stack.use_here()
        return check_it(stack, seed, as_json) if check else show_it(stack, seed, began)


def show_it(stack: Stack, seed: int, began: float) -> int:
    from tradewind.cli import sample

    password = password_of(stack.data)
    made = sample.make(stack.simulator, password=password, seed=seed)
    output.say(f"\nTradewind is up after {time.monotonic() - began:.0f} s:  {stack.base_url}")
    output.say(f"Sign in as  {sample.EMAIL}  with the password  {password}")
    output.say("Ctrl-C stops everything. The data stays; the next start goes on with it.\n")
    over = threading.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, lambda *_: over.set())
    talk = begin(stack, made, seed)
    over.wait()
    talk.stop()
    return 0


def check_it(stack: Stack, seed: int, as_json: bool) -> int:
    from tradewind.cli import sample
    from tradewind.cli.sample import check

    made = sample.make(stack.simulator, password=password_of(stack.data), seed=seed)
    talk = begin(stack, made, seed)
    check.wait_for_state(made.finished, "done")
    simulated = Simulated(stack.simulator["address"])
    before = len(simulated.accepted())
    result = check.launch_and_wait(sample.ready_again(made), made.owner)
    talk.stop()
    verdict = check.judge(result, len(simulated.accepted()) - before)
    output.finish({**result, "problems": verdict.problems}, as_json=True)
    return 0 if verdict.is_good else 1


def begin(stack: Stack, made: Any, seed: int) -> Any:
    """Let the first campaign go out as soon as its plan stands, and people talk."""
    from tradewind.campaigns import actions
    from tradewind.cli.sample import check
    from tradewind.cli.sample.talk import Talk
    from tradewind.simulator.world import demo_world

    if made.finished.state in ("planning", "planned"):
        check.wait_for_state(made.finished, "planned")
        actions.launch(made.finished, member=made.owner)
    talk = Talk(stack.simulator, demo_world(seed).customers, seed)
    for _ in range(FIRST_TALK):
        talk.say()
    talk.go_on(TALK_EVERY_SECONDS)
    return talk


def password_of(data: Path) -> str:
    """The sample owner's password: made once, kept with the demo's data."""
    path = data / "password.txt"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(9))
        path.chmod(0o600)
    return path.read_text().strip()
