"""The supervisor: starts again what dies, stops everything, leaves nothing."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tradewind.cli import supervisor as supervising
from tradewind.cli.child import ROOT, Child
from tradewind.cli.output import Refusal
from tradewind.cli.supervisor import Supervisor

SLEEPS = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)
TALKS = "import time; print('first'); print('second'); import sys; print('third', file=sys.stderr); time.sleep(60)"
SLOW = """
    import json, os, signal, sys, time
    def end(*_):
        time.sleep(0.5)
        os.kill(json.load(open(RUN + "/simulator-1.json"))["pid"], 0)
        print("the simulator lives", flush=True)
        sys.exit()
    signal.signal(signal.SIGTERM, end)
    print("ready", flush=True)
    time.sleep(60)
"""


class Scene:
    """A supervisor with simple children, and what it said."""

    def __init__(self, folder):
        self.said = []
        self.supervisor = Supervisor(folder / "run", hear=lambda name, line: self.said.append((name, line)))

    def child(self, code, *, kind="worker", number=1, hear_first=None):
        code = textwrap.dedent(code).replace("RUN", repr(str(self.supervisor.run_folder)))
        command = [sys.executable, "-c", code]
        run_folder, hear = self.supervisor.run_folder, self.supervisor.hear
        child = Child(kind, number, command, dict(os.environ), run_folder, hear, hear_first=hear_first)
        self.supervisor.add(child)
        return child

    def look_until(self, condition, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.said
            self.supervisor.look()
            time.sleep(0.02)


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path)
    yield made
    made.supervisor.stop()


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pids, seconds=60):
    deadline = time.monotonic() + seconds
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [pid for pid in pids if is_alive(pid)]


def test_who_is_killed_comes_back_at_once(scene):
    child = scene.child(SLEEPS)
    scene.supervisor.start()
    for _ in range(3):
        first = child.pid
        os.kill(first, signal.SIGKILL)
        scene.look_until(lambda first=first: child.pid not in (None, first))
    assert scene.supervisor.restarts == 3
    assert ("tradewind", "worker-1 was ended by SIGKILL; starting again in 0.2 s") in scene.said


def test_who_cannot_live_is_tried_ever_more_seldom(scene):
    child = scene.child("import sys; sys.exit('no such table')")
    scene.supervisor.start()
    scene.look_until(lambda: child.failures == 3)
    pauses = [line.rpartition(" in ")[2] for name, line in scene.said if "starting again in" in line]
    assert pauses == ["0.2 s", "0.4 s", "0.8 s"]
    assert child.last_lines[-1] == "no such table"


def test_a_pause_never_grows_beyond_five_seconds(scene):
    child = scene.child("raise SystemExit(1)")
    scene.supervisor.start()
    child.process.wait()
    assert [child.plan_restart() for _ in range(7)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_it_tells_each_line_with_its_speaker(scene):
    first = []
    child = scene.child(TALKS, hear_first=first.append)
    scene.supervisor.start()
    scene.look_until(lambda: len(child.last_lines) == 2)
    assert first == ["first"]
    assert {("worker-1", "second"), ("worker-1", "third")} <= set(scene.said)


def test_others_can_read_the_pids(scene):
    children = [scene.child(SLEEPS, number=number) for number in (1, 2)]
    scene.supervisor.start()
    files = sorted(scene.supervisor.run_folder.glob("worker-*.json"))
    assert [json.loads(path.read_text())["pid"] for path in files] == [child.pid for child in children]
    scene.supervisor.stop()
    assert list(scene.supervisor.run_folder.glob("*.json")) == []


def test_stopping_is_asked_first_and_forced_later(scene, monkeypatch):
    monkeypatch.setattr(supervising, "GRACE_SECONDS", 1.0)
    gentle, stubborn, stopped = (scene.child(code, number=n) for n, code in enumerate((SLEEPS, STUBBORN, SLEEPS)))
    scene.supervisor.start()
    scene.look_until(lambda: "deaf" in stubborn.last_lines)
    os.kill(stopped.pid, signal.SIGSTOP)
    pids = [child.pid for child in (gentle, stubborn, stopped)]
    scene.supervisor.stop()
    assert wait_until_gone(pids, 0) == []
    codes = [child.process.returncode for child in (gentle, stubborn, stopped)]
    assert codes == [-signal.SIGTERM, -signal.SIGKILL, -signal.SIGTERM]
    assert ("tradewind", "worker-1 did not stop in 1 s; ending it by force") in scene.said


def test_the_simulator_stops_last(scene):
    """The sender takes half a second to end; the simulator must still be there then."""
    scene.child(SLEEPS, kind="simulator")
    sender = scene.child(SLOW, kind="sender")
    scene.supervisor.start()
    scene.look_until(lambda: "ready" in sender.last_lines)
    scene.supervisor.stop()
    assert list(sender.last_lines) == ["ready", "the simulator lives"]


def test_two_supervisors_cannot_have_one_folder(scene, tmp_path):
    scene.supervisor.start()
    scene.supervisor.note(address="http://127.0.0.1:8000")
    with pytest.raises(Refusal, match=rf"already runs on .*process {os.getpid()}, http://127.0.0.1:8000"):
        Supervisor(tmp_path / "run", hear=print).start()


CHILD = """
    import os, signal, time
    from tradewind.lib import lifeline
    lifeline.GRACE_SECONDS = 1
    lifeline.die_with_parent(int(os.environ["TRADEWIND_SUPERVISOR_PID"]))
    if DEAF:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("ready", flush=True)
    time.sleep(60)
"""
ALONE = """
    import os, sys, textwrap
    from pathlib import Path
    from tradewind.cli.child import Child
    from tradewind.cli.supervisor import Supervisor
    from tests.cli.test_supervisor import CHILD
    supervisor = Supervisor(Path(sys.argv[1]), hear=lambda name, line: print(line + chr(10), end="", flush=True))
    for number, deaf in enumerate(("False", "True")):
        command = [sys.executable, "-c", textwrap.dedent(CHILD).replace("DEAF", deaf)]
        supervisor.add(Child("worker", number, command, dict(os.environ), supervisor.run_folder, supervisor.hear))
    supervisor.start()
    supervisor.run()
"""


def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(ALONE), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            lines = [process.stdout.readline() for _ in range(4)]
            assert lines.count("ready\n") == 2
            pids = [json.loads(path.read_text())["pid"] for path in tmp_path.glob("worker-*.json")]
            assert len(pids) == 2
            assert all(is_alive(pid) for pid in pids)
        finally:
            process.kill()
    assert wait_until_gone(pids) == []
