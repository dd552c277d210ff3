from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.messages.scene import Scene
from tests.simulator.running import Running
from tradewind.lib import clock
from tradewind.simulator.world import bench_world
from tradewind.workspaces.models import Member


@pytest.fixture(scope="session")
def shared_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A strict bench world with eight numbers for all tests of this room."""
    running = Running(world=bench_world(numbers=8, limits_lifted=False), directory=tmp_path_factory.mktemp("world"))
    yield running
    running.stop()


@pytest.fixture
def simulator(shared_simulator: Running) -> Running:
    """The simulator, reset; its accept log goes on, so that tests ask for what came after `mark`."""
    shared_simulator.admin("clock", {"speed": 1})
    shared_simulator.admin("reset", {})
    return shared_simulator


@pytest.fixture
def scene(transactional_db: None, alice: Member, simulator: Running) -> Scene:
    """Alice's business with one number at the simulator."""
    return Scene.make(alice.workspace, simulator.about)


@pytest.fixture
def quick_time(tmp_path: Path) -> Iterator[Path]:
    """A virtual clock that lives twenty seconds in one; the path of its file, for other processes."""
    path = tmp_path / "clock.json"
    clock.write(path, speed=20.0)
    clock.use(f"file:{path}")
    yield path
    clock.forget()


@pytest.fixture(autouse=True)
def _empty_journal(request: pytest.FixtureRequest) -> None:
    """The journal's table is made by SQL, so Django's flush after a test leaves it alone."""
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE journal")
