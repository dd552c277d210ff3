"""A business at Meta for the tests of rooms: a simulator with the demo's world, and Alice's app at it.

Take them with `from tests.simulated import *` in a room's conftest.
"""

from collections.abc import Iterator

import pytest

from tests.simulator.running import Callback, Running
from tradewind.numbers import access, actions
from tradewind.numbers.models import Account, App
from tradewind.workspaces.models import Member

__all__ = ["account", "app", "door", "meta", "shared_meta"]


@pytest.fixture(scope="session")
def shared_meta() -> Iterator[Running]:
    running = Running()
    yield running
    assert running.stop() == 0


@pytest.fixture
def meta(shared_meta: Running) -> Running:
    """A simulated Meta as it was in the beginning."""
    shared_meta.admin("reset", {})
    return shared_meta


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callback]:
    """An address that Meta can call; what comes is kept in `bodies`."""
    callback = Callback()
    monkeypatch.setattr(access, "callback_of", lambda app: callback.url)
    yield callback
    callback.close()


@pytest.fixture
def app(meta: Running, alice: Member) -> App:
    """Alice's app, connected."""
    return actions.connect_app(
        workspace=alice.workspace,
        meta_id=meta.about["app_id"],
        secret=meta.about["app_secret"],
        graph_url=meta.about["address"],
        member=alice,
    )


@pytest.fixture
def account(meta: Running, app: App, alice: Member) -> Account:
    """The first account of the demo's world, connected with its three numbers."""
    waba_id = meta.about["numbers"][0]["waba_id"]
    return actions.connect_account(app=app, waba_id=waba_id, token=meta.about["token"], member=alice)
