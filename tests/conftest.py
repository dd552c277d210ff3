"""What every test may ask for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import cluster
from tradewind.lib import clock, priority

pytest_plugins = ["tests.distribution", "tests.people"]


def pytest_configure() -> None:
    """Sender and worker give way; beside tests that do not they would get a tenth of a processor.

    How long examples take to be drawn tells of the machine, not of what is tested.
    """
    priority.give_way(priority.ENGINE)
    settings.register_profile("crowded", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("crowded")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """Gives this process its own migrated database; takes the place of pytest-django's, which migrates every time."""
    from django.db import connections

    with django_db_blocker.unblock():
        name = cluster.database_for(worker_id)
        connections["default"].settings_dict["NAME"] = name
        connections["default"].settings_dict["TEST"]["NAME"] = name
        yield
        connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def _templates_unwatched(django_test_environment: None) -> None:
    """Django's test client keeps a copy of the context of every template and component of a page, for questions that
    few tests here ask (they take `page_contexts`). Without that a page takes half the time."""
    from django.template.base import Template
    from django.test.utils import _TestState

    Template._render = _TestState.saved_data.template_render


@pytest.fixture
def page_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that ask an answer for its `context`."""
    from django.template.base import Template
    from django.test.utils import instrumented_test_render

    monkeypatch.setattr(Template, "_render", instrumented_test_render)


@pytest.fixture(autouse=True)
def _journal_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """The journal's tables are made by SQL, so Django's flush after a test that commits leaves them alone."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    if commits:
        request.getfixturevalue("transactional_db")
    yield
    if commits:
        from django.db import connection

        connection.close()  # whatever the test did to it
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE journal, event_day")


class Time:
    """A clock for one test: it stands where it is set until it is moved."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def set(self, at: datetime, *, speed: float = 0.0) -> None:
        clock.write(self.path, at=at, speed=speed)

    def move(self, seconds: float) -> None:
        """Moves the clock on (or back), and lets it stand there."""
        clock.write(self.path, at=clock.time() + seconds, speed=0.0)


@pytest.fixture
def still_time(tmp_path: Path) -> Iterator[Time]:
    """A virtual clock that stands still at noon UTC on 2 March 2026, a Monday."""
    time = Time(tmp_path / "clock.json")
    time.set(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    clock.use(f"file:{time.path}")
    yield time
    clock.forget()
