"""The command line: quick help, one JSON object at the end, sentences instead of tracebacks."""

import json
import resource

import pytest

from tests.cli.commands import last_object, run
from tradewind.cli.child import ROOT
from tradewind.cli.commands import bench
from tradewind.cli.output import Refusal


def test_help_lists_the_commands_without_delay():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0
    for command in ("up", "demo", "doctor", "migrate", "simulate", "webhooks", "chaos", "bench"):
        assert f"\n  {command} " in done.stdout
    assert after.ru_utime - before.ru_utime < 0.5


def test_without_a_command_it_helps():
    done = run()
    assert done.returncode == 2
    assert done.stdout.startswith("Usage: tradewind")


@pytest.mark.parametrize("command", ["up", "demo", "doctor", "migrate", "simulate", "webhooks parse", "chaos", "bench"])
def test_every_command_has_data_and_json(command):
    done = run(*command.split(), "--help")
    assert done.returncode == 0
    assert "--data DIR" in done.stdout
    assert "--json" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["up", "--port", "abc"], "--port"),
        (["up", "--port", "70000"], "--port"),
        (["up", "--nonsense"], "--nonsense"),
        (["webhooks", "parse"], "FILE"),
        (["simulate", "--seed", "1.5"], "--seed"),
        (["bench", "nonsense"], "There is no bench nonsense"),
        (["bench"], "choose from"),
        (["migrate", "--data", "/proc/none"], "The data folder /proc/none cannot be made"),
        (["doctor", "--data", ""], "a folder must be named"),
    ],
)
def test_misuse_is_a_sentence(arguments, sentence):
    for as_json in ([], ["--json"]):
        done = run(*arguments, *as_json)
        told = last_object(done) if as_json and done.stdout else {}
        text = json.dumps(told) + done.stdout + done.stderr
        assert done.returncode != 0
        assert sentence in text
        assert "Traceback" not in text
        if as_json:
            assert "error" in told or told["ok"] is False


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"TRADEWIND_LEASE_SECONDS": "x"}, "TRADEWIND_LEASE_SECONDS is set to 'x'"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL is set to 'mysql://x'"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, "database"),
        ({"TRADEWIND_CLOCK": "file:/none/clock"}, "The virtual clock in /none/clock cannot be read"),
        ({"TRADEWIND_ENV": "production", "TRADEWIND_SECRET_KEY": "short"}, "TRADEWIND_SECRET_KEY is too short"),
        ({"TRADEWIND_POSTGRES_BIN": "/none"}, "TRADEWIND_POSTGRES_BIN names /none"),
    ],
)
def test_wrong_settings_are_a_sentence(tmp_path, variables, sentence):
    done = run("up", "--port", "0", "--data", tmp_path, "--json", **variables)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert sentence in last_object(done)["error"]


def test_two_cannot_have_one_port(tmp_path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("up", "--port", port, "--data", tmp_path, "--json")
    assert done.returncode == 1
    assert last_object(done)["error"].startswith(f"Port {port} of 127.0.0.1 cannot be used")


def test_it_works_from_any_folder(tmp_path):
    """Modules of the folder where a person stands must not be taken for ours or Python's."""
    for name in ("json", "tradewind", "typer", "bench"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')")
    done = run("webhooks", "parse", "-", cwd=tmp_path, stdin=b"{}")
    assert "wrong module" not in done.stderr
    assert json.loads(done.stdout)["kind"] == "error"


def test_webhooks_are_read_line_by_line(tmp_path):
    body = (ROOT / "tests/payloads").rglob("*.json")
    paths = sorted(body)[:3]
    assert paths
    done = run("webhooks", "parse", *paths, "--json")
    *events, summary = (json.loads(line) for line in done.stdout.splitlines())
    assert summary["files"] == 3
    assert summary["events"] + summary["unread"] == len(events)


@pytest.mark.parametrize("garbage", [b"", b"\xff\xfe\x00{", b"[" * 20_000, b'{"entry": NaN}'])
def test_any_bytes_are_a_clear_error(garbage):
    done = run("webhooks", "parse", "-", stdin=garbage)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert all(json.loads(line)["kind"] in ("error", "unreadable") for line in done.stdout.splitlines())


def test_the_simulator_tells_how_to_reach_it_and_stops(tmp_path):
    import signal
    import subprocess
    import sys

    from tests.cli.commands import environment

    with subprocess.Popen(
        [sys.executable, "-m", "tradewind.cli", "simulate", "--seed", "7", "--json", "--data", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    ) as process:
        told = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert {"address", "token", "app_secret", "verify_token", "numbers", "customers"} <= told.keys()


def test_options_of_a_bench_are_the_parameters_of_its_run():
    def measure(
        *, messages: int = 5, share: float = 0.5, limits: bool = False, data: str | None = None, name: str = ""
    ):
        raise NotImplementedError

    read = bench.options_of
    assert read(measure, []) == {}
    assert read(measure, ["--messages", "7", "--share", "0.1", "--limits", "--name", "x"]) == {
        "messages": 7,
        "share": 0.1,
        "limits": True,
        "name": "x",
    }
    assert read(measure, ["--no-limits"]) == {"limits": False}
    for wrong in (["--messages", "x"], ["--nothing", "1"], ["loose"], ["--messages"]):
        with pytest.raises(Refusal):
            read(measure, wrong)


def test_a_made_environment_costs_no_time(tmp_path):
    """`bin/tradewind` looks at its environment each time, from any folder and through a link."""
    import subprocess

    (tmp_path / "tw").symlink_to(ROOT / "bin" / "tradewind")
    subprocess.run([ROOT / "bin" / "setup", "--quiet"], check=True)
    before = children_seconds()
    done = subprocess.run([tmp_path / "tw", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: tradewind")
    assert children_seconds() - before < 3


def children_seconds():
    """The processor's seconds of the children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
