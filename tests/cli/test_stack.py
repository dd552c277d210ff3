"""Whole installations: `up` as an operator runs it, and `Stack` as tests and benches use it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from tests import cluster
from tests.cli.commands import environment
from tests.cli.test_supervisor import wait_until_gone
from tradewind.cli.child import ROOT
from tradewind.cli.output import Refusal
from tradewind.cli.stack import Stack
from tradewind.lib.postgres import Cluster
from tradewind.lib.postgres.postmaster import read

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def data():
    """One data folder for all starts of `up`, so that only the first makes the tables."""
    folder = Path(tempfile.mkdtemp(prefix="tradewind-up-"))
    yield folder
    Cluster(folder).destroy()


def start(data):
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tradewind.cli", "up", "--port", "0", "--data", str(data), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(TRADEWIND_SENDER_PROCESSES="0", TRADEWIND_WORKER_PROCESSES="0"),
        start_new_session=True,
    )
    heard = []
    for line in process.stderr:
        heard.append(line)
        if "Tradewind is at" in line:
            return process, line.split()[3]
    process.communicate()
    raise AssertionError("".join(heard))


def all_pids(data):
    noted = [json.loads(path.read_text())["pid"] for path in (data / "run").glob("web-*.json")]
    postmaster = read((data / "postgres").resolve() / "data").pid
    return [*noted, postmaster, parent_of(postmaster)]


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def answer_of(address):
    with urllib.request.urlopen(f"{address}/health/live", timeout=60) as answer:
        return answer.status


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_up_leaves_nothing_however_it_ends(data, ending):
    process, address = start(data)
    assert answer_of(address) == 200
    pids = all_pids(data)
    assert len(pids) == 3
    os.killpg(process.pid, ending) if ending == signal.SIGINT else process.send_signal(ending)
    stdout, _ = process.communicate(timeout=60)
    assert wait_until_gone(pids) == []
    if ending != signal.SIGKILL:
        assert process.returncode == 0
        assert json.loads(stdout.splitlines()[-1]) == {"stopped": True, "restarts": 0}
        assert list((data / "run").glob("*.json")) == []


def test_two_cannot_run_on_one_folder(data):
    first, _ = start(data)
    try:
        told = f"already runs on .*process {first.pid}, http://"
        with pytest.raises(Refusal, match=told), Stack(data=data, processes={}, migrate=False):
            pass
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)


@pytest.fixture(scope="module")
def installation(django_db_setup_for_stacks):
    with Stack(
        simulator={"seed": 7}, processes={"web": 1}, database_url=django_db_setup_for_stacks, migrate=False
    ) as up:
        yield up


@pytest.fixture(scope="module")
def django_db_setup_for_stacks(django_db_setup, django_db_blocker):
    """A migrated database of the run's shared cluster."""
    with django_db_blocker.unblock(), cluster.fresh_database("stack") as address:
        yield address


def test_a_stack_tells_where_everything_is(installation):
    assert answer_of(installation.base_url) == 200
    assert installation.simulator["seed"] == 7
    assert len(installation.pids("web")) == 1
    assert installation.pids("sender") == []


def test_connections_wait_while_web_is_replaced(installation):
    """The supervisor holds the listening socket: who asks while web is dead waits, and gets an answer."""
    before = installation.restarts
    killed = installation.kill("web")
    assert answer_of(installation.base_url) == 200
    assert installation.pids("web") != [killed]
    assert installation.restarts == before + 1


def test_a_database_that_is_not_ours_is_not_crashed(installation):
    with pytest.raises(Refusal, match="not ours"):
        installation.crash_database()


def test_an_embedded_database_comes_back():
    with Stack(processes={}, fast=True, migrate=False) as stack:
        with psycopg.connect(stack.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        before = stack.cluster.status().pid
        stack.crash_database()
        deadline = time.monotonic() + 60
        while stack.cluster.status().pid in (before, None) and time.monotonic() < deadline:
            time.sleep(0.05)
        stack.cluster.start()
        with psycopg.connect(stack.database_url) as connection:
            assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
        data = stack.data
    assert not data.exists()


def test_a_stack_that_cannot_start_says_why(tmp_path):
    broken = {"DJANGO_SETTINGS_MODULE": "no.such.settings"}
    told = r"(?s)web-1 does not start\. Its last words:.*ModuleNotFoundError: No module named 'no'"
    stack = Stack(data=tmp_path, processes={"web": 1}, env=broken, database_url="postgresql:///x", migrate=False)
    with pytest.raises(Refusal, match=told), stack:
        pass
    assert list((tmp_path / "run").glob("web-*.json")) == []
