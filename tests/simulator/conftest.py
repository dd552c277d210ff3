from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.running import Callback, Running
from tradewind.simulator.world import bench_world


@pytest.fixture(scope="session")
def shared_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Callback]]:
    """One strict bench world for all tests of a session; `running` resets it between tests."""
    world = bench_world(numbers=3, limits_lifted=False)
    callback = Callback(world.apps[0].app_secret, world.apps[0].verify_token)
    running = Running("--callback", callback.url, world=world, directory=tmp_path_factory.mktemp("world"))
    yield running, callback
    assert running.stop() == 0
    callback.close()


@pytest.fixture
def callback(shared_running: tuple[Running, Callback]) -> Callback:
    return shared_running[1]


@pytest.fixture
def running(shared_running: tuple[Running, Callback]) -> Running:
    running, callback = shared_running
    running.admin("clock", {"speed": 1})
    running.admin("reset", {})
    running.admin("subscribe", {"url": callback.url})
    callback.answers.clear()
    callback.bodies.clear()
    callback.headers.clear()
    return running


@pytest.fixture
def own_running(tmp_path: Path) -> Iterator[Running]:
    """A simulator of one's own, with the demo's world."""
    running = Running("--accept-log", str(tmp_path / "accepted.jsonl"))
    yield running
    assert running.stop() == 0
