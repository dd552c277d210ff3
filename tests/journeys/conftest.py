"""One installation for all journeys, one empty one for the first run, and a browser that forgives nothing."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests import cluster
from tests.journeys import business
from tests.journeys.browser import Visitor, chromium, chromium_path
from tradewind.cli.stack import Stack

HERE = "tests/journeys/"
PROOF_SECONDS = 300.0  # half of the time in which a sign-in counts as one: a journey may take its time
ENVIRONMENT = {"TRADEWIND_ENV": "demo"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(HERE):
            item.add_marker(pytest.mark.journey)


@dataclass(frozen=True, slots=True)
class Console:
    """The sample business's console and how its owner signs in; campaigns by their public id."""

    base_url: str
    email: str
    password: str
    finished: str
    ready: str
    simulator: str = ""  # where Meta's stand-in is told what customers do


@dataclass(slots=True)
class KeptSignIn:
    """The owner's session: one sign-in serves many journeys, as long as it counts as a proof of who they are."""

    state: Any = None
    at: float = 0.0

    @property
    def is_fresh(self) -> bool:
        return self.state is not None and time.monotonic() - self.at < PROOF_SECONDS

    def keep(self, state: Any) -> None:
        self.state, self.at = state, time.monotonic()


@pytest.fixture(scope="session")
def console(django_db_setup: None) -> Iterator[Console]:
    """The sample business, its first campaign sent, everything running."""
    simulator = {"seed": business.SEED}
    with (
        cluster.fresh_database("journeys") as address,
        Stack(database_url=address, migrate=False, simulator=simulator, env=ENVIRONMENT) as stack,
    ):
        yield Console(stack.base_url, **business.furnish(stack), simulator=stack.simulator["address"])


@pytest.fixture(scope="session")
def fresh_address(django_db_setup: None) -> Iterator[str]:
    """The address of an installation that nobody has set up."""
    with (
        cluster.fresh_database("first_run") as address,
        Stack(database_url=address, migrate=False, processes={"web": 1}, env=ENVIRONMENT) as stack,
    ):
        yield stack.base_url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the session: while Playwright runs, Django takes this thread for one of an event loop."""
    if chromium_path() is None:
        pytest.skip("needs a Chromium; set TRADEWIND_CHROMIUM")
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Opens somebody's browser: `visit(address, size=PHONE, language="ar")`. No page of theirs may complain."""
    visitors: list[Visitor] = []

    def open_browser(base_url: str, **wishes: Any) -> Visitor:
        visitors.append(Visitor(browser, base_url, **wishes))
        return visitors[-1]

    yield open_browser
    for visitor in visitors:
        visitor.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


@pytest.fixture(scope="session")
def kept_sign_in() -> KeptSignIn:
    return KeptSignIn()


@pytest.fixture
def as_owner(visit: Callable[..., Visitor], console: Console, kept_sign_in: KeptSignIn) -> Callable[..., Visitor]:
    """Opens the browser of the sample business's owner, signed in: by hand now and then, else with what was kept."""

    def open_browser(**wishes: Any) -> Visitor:
        if kept_sign_in.is_fresh:
            return visit(console.base_url, storage_state=kept_sign_in.state, **wishes)
        visitor = visit(console.base_url, **wishes)
        visitor.sign_in(console.email, console.password)
        kept_sign_in.keep(visitor.signed_in())
        return visitor

    return open_browser
