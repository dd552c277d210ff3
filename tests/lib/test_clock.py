"""The clock: real by default, virtual when a file says so."""

import json
import time as real
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tradewind.lib import clock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    yield tmp_path / "clock.json"
    clock.forget()


def test_the_real_clock_is_the_default(monkeypatch):
    monkeypatch.delenv(clock.VARIABLE, raising=False)
    clock.forget()
    assert not clock.is_virtual()
    assert abs(clock.time() - real.time()) < 1
    assert clock.now().tzinfo is UTC


def test_a_standing_clock_stands(path):
    clock.write(path, at=NOON, speed=0)
    clock.use(f"file:{path}")
    assert clock.is_virtual()
    assert clock.now() == clock.now() == NOON


def test_a_fast_clock_runs_fast(path):
    began = real.time()
    clock.write(path, at=NOON, speed=3600)
    clock.use(f"file:{path}")
    real.sleep(0.05)
    passed = clock.now() - NOON
    assert timedelta(seconds=180) <= passed <= timedelta(seconds=3600 * (real.time() - began))


def test_a_change_of_speed_keeps_the_time(path):
    clock.write(path, at=NOON, speed=0)
    clock.write(path, speed=0)
    clock.use(f"file:{path}")
    assert clock.now() == NOON


def test_a_change_by_another_process_is_seen_after_the_interval(path):
    clock.write(path, at=NOON, speed=0)
    clock.use(f"file:{path}")
    assert clock.now() == NOON
    path.write_text(json.dumps({"anchor_real": 0, "anchor_virtual": 86400, "speed": 0}))
    real.sleep(clock.REREAD_SECONDS + 0.05)
    assert clock.now() == datetime(1970, 1, 2, tzinfo=UTC)


def test_the_environment_sets_it(path, monkeypatch):
    clock.write(path, at=NOON, speed=0)
    monkeypatch.setenv(clock.VARIABLE, f"file:{path}")
    clock.forget()
    assert clock.now() == NOON


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "nonsense", '{"anchor_real": "x", "anchor_virtual": 1, "speed": 1}']
)
def test_a_broken_file_is_an_error_with_its_name(path, content):
    path.write_text(content)
    clock.use(f"file:{path}")
    with pytest.raises(clock.ClockError, match=path.name):
        clock.now()


def test_a_missing_file_is_an_error(tmp_path):
    clock.use(f"file:{tmp_path / 'none'}")
    with pytest.raises(clock.ClockError, match="cannot be read"):
        clock.now()
    clock.forget()


def test_only_files_can_be_clocks():
    with pytest.raises(clock.ClockError, match="file:/path"):
        clock.use("http://example.org")


def test_time_does_not_run_backwards(path):
    with pytest.raises(clock.ClockError, match="backwards"):
        clock.write(path, at=NOON, speed=-1)


def test_writing_leaves_nothing_beside_the_file(path: Path):
    clock.write(path, at=NOON)
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(("speed", "seconds", "slept"), [(1, 2, 2), (1440, 1440, 1), (0, 5, 0.2), (1e9, 1, 0.001)])
def test_sleeping_is_scaled(path, speed, seconds, slept):
    clock.write(path, at=NOON, speed=speed)
    clock.use(f"file:{path}")
    assert clock.real_seconds(seconds) == slept
